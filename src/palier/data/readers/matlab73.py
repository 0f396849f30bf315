"""MATLAB ``.mat`` files of version 7.3: HDF5 with MATLAB's own conventions.

Arrays are stored transposed, text as character codes, and every dataset bears its class in the attribute
``MATLAB_class``.
"""

from typing import Any

from palier.data.candidates import Candidates
from palier.data.readers.hdf5 import Node, candidates_in
from palier.data.source import Source

__all__ = ["candidates"]

_NUMERIC = frozenset(["double", "single", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"])
_MAX_TEXT = 1024


def candidates(source: Source) -> Candidates:
    """Return the channels of a MATLAB 7.3 file."""
    return candidates_in(source, "matlab", _look_at)


def _look_at(node: Node) -> str | float | None:
    """Return text or a single number that a dataset holds, and say what MATLAB says it is."""
    node.skip = node.name.startswith("#")  # references and the subsystem
    matlab_class = _text(node.dataset.attrs.get("MATLAB_class"))
    if node.dataset.attrs.get("MATLAB_empty"):
        node.reason = "empty"
    elif matlab_class == "char" and node.dataset.size <= _MAX_TEXT and node.dataset.dtype.kind == "u":
        return "".join(map(chr, node.dataset[()].ravel(order="C").tolist()))
    elif matlab_class and matlab_class not in _NUMERIC:
        node.reason = {"cell": "cell array", "logical": "logical values", "char": "text"}.get(matlab_class, "object")
    return None


def _text(value: Any) -> str:
    return value.decode("ascii", "replace") if isinstance(value, bytes) else str(value or "")
