"""What the web process asks of the library, imported when it is asked."""

from dataclasses import dataclass, field
from functools import lru_cache
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from palier.errors import ParameterError

if TYPE_CHECKING:
    from palier.models.onnx_predictor import OnnxPredictor

__all__ = ["Library"]

#: Values of one request to a model: 64 MiB of float32.
_MOST_VALUES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Library:
    """See `palier.app.ports.Science`."""

    threads: int = field(default=1)

    def simulation(self, kind: str, spec: dict[str, Any]) -> dict[str, Any]:
        """Check the fields of a simulation and return all of them."""
        from palier.simulate import spec_from

        return spec_from({**spec, "kind": kind}).as_json()

    def choices(self) -> dict[str, Any]:
        """Return what can be chosen for datasets."""
        from palier.data.export import EXPORT_FORMATS
        from palier.simulate import LAYERS

        return {
            "kinds": {kind: self.simulation(kind, {}) for kind in ("rolling", "journal")},
            "layers": [{"name": v.name, "text": v.text, "default": v.default} for v in LAYERS.values()],
            "formats": list(EXPORT_FORMATS),
        }

    def estimate(self, spec: dict[str, Any]) -> dict[str, float]:
        """Return records, bytes and seconds on one core, measured on a few records."""
        from palier.simulate import estimate, spec_from

        cost = estimate(spec_from(spec), trials=3)
        return {"records": cost.records, "bytes": cost.size_bytes, "seconds": cost.seconds}

    def dataset_record(
        self, folder: Path, row: int, *, points: int
    ) -> tuple[dict[str, Any], np.ndarray, np.ndarray, np.ndarray, float | None]:
        """Return a record's labels and facts, times, minima and maxima of its first channel, and its rate in Hz."""
        from palier.data.store import open_dataset

        dataset = open_dataset(folder)
        try:
            record = dataset.record(row)
        finally:
            dataset.close()
        recording = record.recording
        rate_hz = recording.sampling_rate_hz
        x = recording.samples[0]
        block = max(1, -(-len(x) // points))
        starts = np.arange(0, len(x), block)
        facts = {
            "row": row,
            "fault": record.label,
            "severity": record.severity,
            "speed_hz": recording.speed_hz,
            "unit": recording.unit,
            "channel": recording.channel_names[0],
            "channels": list(recording.channel_names),
            "n_samples": recording.n_samples,
            "source": recording.provenance.source,
        }
        return facts, starts / (rate_hz or 1.0), np.minimum.reduceat(x, starts), np.maximum.reduceat(x, starts), rate_hz

    def catalogue(self) -> tuple[dict[str, Any], ...]:
        """Return the models that can be trained."""
        from palier.models.catalogue import MODELS

        return tuple(
            {
                "name": entry.name,
                "text": entry.text,
                "input": entry.input,
                "family": entry.family,
                "parameters": dict(entry.parameters),
                "ranges": {name: list(bounds) for name, bounds in entry.ranges.items()},
            }
            for entry in MODELS.values()
        )

    def model_metadata(self, folder: Path) -> dict[str, Any]:
        """Return inputs and outputs of a bundle in the terms of the Open Inference Protocol."""
        card = _predictor(folder, self.threads).card
        return {
            "inputs": [
                {"name": "samples", "datatype": "FP32", "shape": [-1, card.window_samples]},
                {"name": "speed_hz", "datatype": "FP64", "shape": [-1]},
            ],
            "outputs": [{"name": "probabilities", "datatype": "FP64", "shape": [-1, len(card.classes)]}],
            "parameters": {
                "classes": list(card.classes),
                "sampling_rate_hz": card.sampling_rate_hz,
                "window_s": card.window_s,
                "unit": card.unit,
                "bearing_kind": card.kind,
                "simulated": card.synthetic,
            },
        }

    def infer(self, folder: Path, inputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Run a bundle on windows of samples and the shaft speed of each."""
        from palier.models.predictor import Windows

        predictor = _predictor(folder, self.threads)
        card = predictor.card
        given = {str(tensor["name"]): tensor for tensor in inputs}
        if unknown := sorted(set(given) - {"samples", "speed_hz"}):
            raise ParameterError(f"inputs {', '.join(unknown)}; allowed are samples and speed_hz")
        if "samples" not in given:
            raise ParameterError("the input samples is missing; give windows of shape [n, samples]")
        samples = _array(given["samples"], np.float32)
        if samples.ndim != 2 or samples.shape[1] != card.window_samples or len(samples) == 0:
            raise ParameterError(
                f"samples have shape {list(samples.shape)}; this model takes [n, {card.window_samples}]: "
                f"{card.window_s:g} s at {card.sampling_rate_hz:g} Hz"
            )
        speed_hz = np.full(len(samples), np.nan)
        if "speed_hz" in given:
            speed_hz = _array(given["speed_hz"], np.float64)
            if speed_hz.shape != (len(samples),) or not (speed_hz > 0).all():
                raise ParameterError(
                    f"speed_hz has shape {list(speed_hz.shape)}; allowed is one positive speed for each of "
                    f"{len(samples)} windows"
                )
        scores = predictor.scores(Windows(samples, card.sampling_rate_hz, speed_hz))
        return [
            {
                "name": "probabilities",
                "datatype": "FP64",
                "shape": list(scores.shape),
                "data": [float(v) for v in scores.ravel()],
                "parameters": {"classes": list(card.classes)},
            }
        ]


@lru_cache(maxsize=8)
def _predictor(folder: Path, threads: int) -> "OnnxPredictor":
    """Open a bundle, its checksums proved; a folder of artefacts never changes, so that its path names its content."""
    from palier.models.bundle import open_bundle
    from palier.models.onnx_predictor import OnnxPredictor

    bundle = open_bundle(folder)
    return OnnxPredictor(bundle.card, bundle.path / "model.onnx", threads=threads)


def _array(tensor: dict[str, Any], kind: type[np.floating[Any]]) -> np.ndarray:
    shape = tuple(int(n) for n in tensor["shape"])
    if any(n < 0 for n in shape) or prod(shape) > _MOST_VALUES:
        raise ParameterError(f"{tensor['name']} has shape {list(shape)}; allowed are up to {_MOST_VALUES:,} values")
    try:
        flat = np.asarray(tensor["data"], np.float64).ravel()
    except (TypeError, ValueError):
        raise ParameterError(f"the data of {tensor['name']} are no numbers") from None
    if flat.size != prod(shape):
        raise ParameterError(f"{tensor['name']} has {flat.size} values for shape {list(shape)}")
    if not np.isfinite(flat).all():
        raise ParameterError(f"{tensor['name']} holds NaN or infinite values; allowed are finite numbers")
    return flat.astype(kind).reshape(shape)
