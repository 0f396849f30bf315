"""NumPy files: .npy as a memory map, .npz member by member; no pickle is ever loaded."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from palier.data.contents import Contents
from palier.data.hostile import check_size, translated
from palier.data.tables import Array, contents_of_arrays

__all__ = ["read"]


def read(path: Path) -> Contents:
    """Find the waveforms of a NumPy file."""
    with path.open("rb") as file:
        magic = file.read(4)
    if magic[:2] == b"PK":
        return contents_of_arrays(_members(path), source=path.name)
    with translated(path, "a NumPy array"):
        mapped = np.load(path, mmap_mode="r", allow_pickle=False)
    return contents_of_arrays([Array(path.stem, mapped.shape, mapped.dtype, lambda: mapped)], source=path.name)


def _members(path: Path) -> list[Array]:
    arrays = []
    with translated(path, "a NumPy archive"), zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if not info.filename.endswith(".npy"):
                continue
            with archive.open(info) as member:
                version = np.lib.format.read_magic(member)
                reader = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
                shape, _, dtype = reader(member)
            arrays.append(Array(info.filename[:-4], shape, dtype, _loader(path, info, shape, dtype)))
    return arrays


def _loader(path: Path, info: zipfile.ZipInfo, shape: tuple[int, ...], dtype: np.dtype) -> Callable[[], np.ndarray]:
    def load() -> np.ndarray:
        declared = int(np.prod(shape, dtype=object)) * dtype.itemsize
        check_size(path, max(info.file_size, declared), f"array {info.filename}")
        with translated(path, "a NumPy archive"), zipfile.ZipFile(path) as archive, archive.open(info) as member:
            return np.asarray(np.lib.format.read_array(member, allow_pickle=False))

    return load
