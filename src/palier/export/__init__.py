"""A fitted model as an ONNX graph, and the proof that both say the same."""

from palier.export.onnx import to_onnx
from palier.export.parity import Parity, check_parity

__all__ = ["Parity", "check_parity", "to_onnx"]
