"""MATLAB files: version 5 (and 4) through SciPy, version 7.3 as the HDF5 file it is."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np

from palier.data.contents import Contents
from palier.data.hostile import check_size, translated
from palier.data.readers import hdf5
from palier.data.tables import Array, contents_of_arrays

__all__ = ["read"]

_CLASSES = {
    "double": "f8", "single": "f4", "int8": "i1", "int16": "i2", "int32": "i4", "int64": "i8",
    "uint8": "u1", "uint16": "u2", "uint32": "u4", "uint64": "u8", "logical": "?", "char": "U1",
}  # fmt: skip
_DEEPEST = 6
_MOST_FIELDS = 4096


def read(path: Path) -> Contents:
    """Find the waveforms of a MATLAB file; only the chosen variable is ever decompressed."""
    with path.open("rb") as file:
        head = file.read(520)
    if b"MATLAB 7.3" in head[:128] or head[512:520] == b"\x89HDF\r\n\x1a\n" or head[:8] == b"\x89HDF\r\n\x1a\n":
        return hdf5.read(path)
    return contents_of_arrays(_arrays(path), source=path.name)


def _arrays(path: Path) -> list[Array]:
    from scipy.io.matlab import whosmat

    with translated(path, "a MATLAB file"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # duplicate variable names: the last one counts, as in MATLAB
        listing = [(str(n), tuple(int(s) for s in shape), str(kind)) for n, shape, kind in whosmat(path)]
    arrays: list[Array] = []
    for name, shape, kind in listing:
        if kind == "struct":
            arrays += _struct_arrays(path, name)
        else:
            dtype = np.dtype(_CLASSES.get(kind, "O"))
            arrays.append(Array(name, shape, dtype, _loader(path, name, shape, dtype)))
            if dtype.kind in "fiu" and np.prod(shape) >= 2:
                arrays[-1] = _probe_complex(path, arrays[-1])
    return arrays


def _loader(path: Path, name: str, shape: tuple[int, ...], dtype: np.dtype) -> Any:  # noqa: ANN401 - a closure
    def load() -> np.ndarray:
        check_size(path, int(np.prod(shape, dtype=object)) * dtype.itemsize, f"variable {name}")
        return np.asarray(_variable(path, name))

    return load


def _variable(path: Path, name: str) -> Any:  # noqa: ANN401 - whatever MATLAB stored
    from scipy.io.matlab import loadmat

    with translated(path, "a MATLAB file"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return loadmat(path, variable_names=[name], struct_as_record=False, squeeze_me=False)[name]


def _probe_complex(path: Path, array: Array) -> Array:
    """Complex arrays are listed by their real class: their flag is found only when they are read."""
    load = array.load

    def checked() -> np.ndarray:
        value = load()
        if np.iscomplexobj(value):
            from palier.errors import ReadError

            raise ReadError(
                f"{path.name}: {array.name} holds complex numbers; allowed are real ones: export the waveform itself"
            )
        return value

    return Array(array.name, array.shape, array.dtype, checked, array.unit)


def _struct_arrays(path: Path, name: str) -> list[Array]:
    found: list[Array] = []
    size = path.stat().st_size
    check_size(path, size * 4, f"structure {name}, which must be read whole,")
    _walk(_variable(path, name), name, 0, found)
    return found


def _walk(value: Any, name: str, depth: int, found: list[Array]) -> None:  # noqa: ANN401 - whatever MATLAB stored
    """Collect the numeric fields of a structure, a structure array or a cell of them."""
    if depth > _DEEPEST or len(found) > _MOST_FIELDS:
        return
    if isinstance(value, np.ndarray) and value.dtype == object:
        flat = value.reshape(-1)
        for i, item in enumerate(flat[:_MOST_FIELDS]):
            _walk(item, name if flat.size == 1 else f"{name}[{_label(item, i)}]", depth + 1, found)
    elif hasattr(value, "_fieldnames"):
        for field in value._fieldnames:
            _walk(getattr(value, field), f"{name}.{field}", depth + 1, found)
    elif isinstance(value, np.ndarray):
        found.append(Array(name, value.shape, value.dtype, lambda: value))


def _label(item: Any, i: int) -> str:  # noqa: ANN401 - whatever MATLAB stored
    own = getattr(item, "Name", None)
    if isinstance(own, np.ndarray) and own.dtype.kind == "U" and own.size == 1:
        return str(own.reshape(-1)[0])
    return str(i)
