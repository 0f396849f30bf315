"""The records of another source at one sampling rate."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from palier.core.dataset import LabelledRecord, RecordSource
from palier.errors import ParameterError

__all__ = ["ResampledSource"]


@dataclass(frozen=True, slots=True)
class ResampledSource:
    """Resamples every record, so that sets of different rates can be learnt from and tested together.

    A rate that was stated wrongly stays wrong: audit the recordings first.

    Raises
    ------
    ParameterError
        If the rate is not positive.
    """

    source: RecordSource
    sampling_rate_hz: float

    def __post_init__(self) -> None:
        if not 0 < self.sampling_rate_hz < float("inf"):
            raise ParameterError(f"the rate to resample to is {self.sampling_rate_hz} Hz; allowed is a positive number")

    @property
    def description(self) -> Mapping[str, Any]:
        """That of the source, and the rate."""
        return {**self.source.description, "resampled_to_hz": self.sampling_rate_hz}

    def __len__(self) -> int:
        return len(self.source)

    def record(self, index: int) -> LabelledRecord:
        """Read one record and resample it."""
        from palier.dsp import resample

        made = self.source.record(index)
        recording = made.recording
        rate_hz = recording.require_rate()
        if rate_hz == self.sampling_rate_hz:
            return made
        done = resample(recording.samples, sampling_rate_hz=rate_hz, target_rate_hz=self.sampling_rate_hz)
        samples = np.ascontiguousarray(done.samples, np.float32)
        note = f"resampled from {rate_hz:g} to {self.sampling_rate_hz:g} Hz; sha256 is of the resampled samples"
        provenance = replace(
            recording.provenance,
            sha256=hashlib.sha256(samples.data).hexdigest(),
            notes=(*recording.provenance.notes, note),
        )
        return replace(
            made,
            recording=replace(
                recording, samples=samples, sampling_rate_hz=self.sampling_rate_hz, provenance=provenance
            ),
        )
