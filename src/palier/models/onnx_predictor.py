"""Serve a bundle with the ONNX runtime alone."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float

from palier.core.faults import BearingKind
from palier.errors import BundleError
from palier.models.bundle import BundleCard, ModelBundle
from palier.models.predictor import Windows

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

__all__ = ["OnnxPredictor"]

#: Numbers given to the runtime at once: what it makes of more falls out of the processor's cache.
_NUMBERS = 2**15
_MOST_ROWS = 256


class OnnxPredictor:
    """Serve an ONNX graph; the runtime session is opened at the first use.

    Parameters
    ----------
    card : BundleCard
    graph : bytes or Path
        The graph, or the file that holds it.
    threads : int
        Of the runtime.
    """

    def __init__(self, card: BundleCard, graph: bytes | Path, *, threads: int = 1) -> None:
        self.card = card
        self.graph = graph
        self.threads = threads

    @classmethod
    def of(cls, bundle: ModelBundle) -> "OnnxPredictor":
        """Return the predictor of an opened bundle."""
        return cls(bundle.card, bundle.path / "model.onnx")

    @property
    def classes(self) -> tuple[str, ...]:
        """Keys of the taxonomy, in the order of the scores."""
        return self.card.classes

    @property
    def kind(self) -> BearingKind:
        """Kind of bearing it was made for."""
        return self.card.kind

    def scores(self, windows: Windows) -> Float[np.ndarray, "window class"]:
        """Return probabilities, float64, each row summing to one."""
        return self.scores_of(self.card.input.prepare(windows))

    def scores_of(self, prepared: Float[np.ndarray, "window number"]) -> Float[np.ndarray, "window class"]:
        """Return the probabilities of numbers that are already prepared."""
        rows = min(_MOST_ROWS, max(1, _NUMBERS // max(1, prepared.shape[1])))
        parts = [
            self._session.run(["probabilities"], {"x": prepared[i : i + rows]})[0]
            for i in range(0, len(prepared), rows)
        ]
        scores = np.concatenate(parts).astype(np.float64) if parts else np.zeros((0, len(self.classes)))
        if scores.shape[1:] != (len(self.classes),) or not np.isfinite(scores).all():
            raise BundleError(
                f"{self.card.name}: the graph gives {scores.shape[1:]} scores or no numbers, and the bundle names "
                f"{len(self.classes)} classes; train the model again"
            )
        return np.asarray(scores / scores.sum(axis=1, keepdims=True))

    @cached_property
    def _session(self) -> "InferenceSession":
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.log_severity_level = 3
        graph = self.graph if isinstance(self.graph, bytes) else str(self.graph)
        errors: Any = onnxruntime.capi.onnxruntime_pybind11_state
        try:
            return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        except (errors.Fail, errors.InvalidProtobuf, errors.InvalidGraph, errors.NotImplemented) as error:
            raise BundleError(f"{self.card.name}: its graph cannot be run ({error}); train the model again") from error
