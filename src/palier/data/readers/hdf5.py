"""HDF5 files of any layout, MATLAB 7.3 among them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from palier.core.units import parse_unit
from palier.data.contents import Contents
from palier.data.hostile import check_size, translated
from palier.data.tables import Array, contents_of_arrays
from palier.errors import ParameterError

__all__ = ["read"]

_MOST_OBJECTS = 10_000


def read(path: Path) -> Contents:
    """Find the waveforms among the datasets; only the chosen one is read."""
    import h5py

    arrays: list[Array] = []
    attributes: dict[str, object] = {}
    with translated(path, "an HDF5 file"), h5py.File(path, "r") as file:
        attributes.update(_plain(file.attrs))

        def visit(name: str, item: Any) -> bool | None:  # noqa: ANN401 - h5py has no types
            if isinstance(item, h5py.Dataset) and item.shape is not None:
                own = _plain(item.attrs)
                if item.size and item.size >= 64:
                    for key, value in own.items():
                        attributes.setdefault(key, value)
                arrays.append(
                    Array(name, tuple(item.shape), item.dtype, _loader(path, name), _unit(own, attributes))
                )
            return True if len(arrays) >= _MOST_OBJECTS else None

        file.visititems(visit)
    return contents_of_arrays(arrays, source=path.name, attributes=attributes)


def _loader(path: Path, name: str) -> Callable[[], np.ndarray]:
    def load() -> np.ndarray:
        import h5py

        with translated(path, "an HDF5 file"), h5py.File(path, "r") as file:
            dataset = file[name]
            check_size(path, dataset.size * dataset.dtype.itemsize, f"dataset {name}")
            return np.asarray(dataset[()])

    return load


def _plain(attributes: Any) -> dict[str, object]:  # noqa: ANN401 - h5py has no types
    plain: dict[str, object] = {}
    for key, value in attributes.items():
        if isinstance(value, np.ndarray) and value.size == 1:
            value = value.reshape(-1)[0]  # noqa: PLW2901 - unwrapped
        if isinstance(value, bytes):
            value = value.decode("utf-8", "replace")  # noqa: PLW2901 - decoded
        if isinstance(value, str | int | float | np.number):
            plain[str(key)] = value
    return plain


def _unit(own: dict[str, object], file: dict[str, object]) -> Any:  # noqa: ANN401 - Unit or None
    for key in ("unit", "units", "Unit", "Units"):
        text = own.get(key, file.get(key))
        if isinstance(text, str):
            try:
                return parse_unit(text)
            except ParameterError:
                return None
    return None
