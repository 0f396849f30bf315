"""Windows of a stored dataset for PyTorch, which is imported only when a loader is made."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from jaxtyping import Float32, Float64, Int64

from palier.data.store import Dataset
from palier.errors import MissingToolError, ParameterError

if TYPE_CHECKING:
    from torch import Tensor
    from torch.utils.data import DataLoader

__all__ = ["TorchBatch", "WindowBatch", "WindowView", "window_loader"]

_LARGEST_SEED: Final = 2**63


@dataclass(frozen=True, slots=True, eq=False)
class WindowBatch:
    """Some windows, as they come from the dataset."""

    samples: Float32[np.ndarray, "window time"]
    class_index: Int64[np.ndarray, " window"]
    """-1 where the class is not known."""
    record: Int64[np.ndarray, " window"]
    start: Int64[np.ndarray, " window"]
    speed_hz: Float64[np.ndarray, " window"]


@dataclass(frozen=True, slots=True, eq=False)
class TorchBatch:
    """The same as tensors."""

    samples: "Tensor"
    """float32, shape (window, time)."""
    class_index: "Tensor"
    record: "Tensor"
    start: "Tensor"
    speed_hz: "Tensor"

    def pin_memory(self) -> "TorchBatch":
        """Return the batch in page-locked memory, as ``DataLoader(pin_memory=True)`` asks for."""
        return TorchBatch(*(getattr(self, name).pin_memory() for name in self.__slots__))


class WindowView:
    """A map-style dataset: window `k` of the windows of some records, in the records' order.

    Loaders that ask for a whole batch at once (``__getitems__``) get a `WindowBatch`, read in one go.

    Parameters
    ----------
    dataset : Dataset
    records : sequence of int
        Rows of the index, such as the training side of a fold.
    window_s, hop_s : float
        As in `Dataset.iterate`.
    channel : int

    Raises
    ------
    UndeclaredError
        If the sampling rate of a record is not known.
    ParameterError
        If windows of the records differ in their number of samples, or a record is shorter than a window.
    """

    def __init__(
        self,
        dataset: Dataset,
        records: Sequence[int] | np.ndarray,
        *,
        window_s: float,
        hop_s: float | None = None,
        channel: int = 0,
    ) -> None:
        self.dataset, self.channel = dataset, channel
        rows = np.asarray(records, np.int64)
        starts = [dataset.window_starts(int(i), window_s=window_s, hop_s=hop_s) for i in rows]
        lengths = {round(window_s * float(rate)) for rate in dataset.index.column("sampling_rate_hz")[rows]}
        if len(lengths) != 1:
            raise ParameterError(
                f"windows of {window_s} s have {sorted(lengths)} samples in these records; allowed is one length: "
                "choose records of one sampling rate, or resample them"
            )
        self.n_samples = lengths.pop()
        self.record = np.repeat(rows, [len(s) for s in starts])
        self.start = np.concatenate([np.arange(s.start, s.stop, s.step, dtype=np.int64) for s in starts])
        self._class = dataset.index.column("class_index").astype(np.int64)
        self._speed_hz = dataset.index.column("speed_hz")

    def __len__(self) -> int:
        return len(self.record)

    def __getitem__(self, k: int) -> WindowBatch:
        return self.__getitems__([k])

    def __getitems__(self, numbers: Sequence[int]) -> WindowBatch:
        """Return several windows at once."""
        k = np.asarray(numbers, np.int64)
        record, start = self.record[k], self.start[k]
        samples = self.dataset.windows(record, start, self.n_samples, channel=self.channel)
        return WindowBatch(samples, self._class[record], record, start, self._speed_hz[record])


def _tensors(batch: WindowBatch) -> TorchBatch:
    import torch

    return TorchBatch(*(torch.from_numpy(getattr(batch, name)) for name in WindowBatch.__slots__))


def window_loader(
    view: WindowView, *, batch_size: int, seed: int | None, workers: int = 0, **options: Any
) -> "DataLoader[TorchBatch]":
    """Return a PyTorch loader over a view.

    Parameters
    ----------
    view : WindowView
    batch_size : int
        At least 1.
    seed : int or None
        The order of the windows depends on it alone: the first pass over the loader, the second and so on are each the
        same whatever the number of workers. None keeps the view's order.
    workers : int
        Processes that read; 0 reads in this one.
    **options
        Further arguments of ``torch.utils.data.DataLoader``.

    Raises
    ------
    MissingToolError
        If PyTorch is not installed.
    ParameterError
        If an argument is outside its range.
    """
    if batch_size < 1 or workers < 0 or not (seed is None or 0 <= seed < _LARGEST_SEED):
        raise ParameterError(
            f"batch_size, workers and seed are {batch_size}, {workers} and {seed}; allowed are at least 1, at least 0, "
            "and 0 to 2⁶³ - 1 or None"
        )
    try:
        import torch
        from torch.utils.data import DataLoader
    except ImportError as error:
        raise MissingToolError("a loader needs PyTorch; install it: pip install palier[deep]") from error
    generator = torch.Generator().manual_seed(0 if seed is None else seed)
    loader: DataLoader[TorchBatch] = DataLoader(
        view,  # type: ignore[arg-type]  # any object with a length and items will do
        batch_size=batch_size,
        shuffle=seed is not None,
        generator=generator,
        num_workers=workers,
        collate_fn=_tensors,  # type: ignore[arg-type]  # what `__getitems__` gave, which is no list
        **options,
    )
    return loader
