"""Windows of a dataset's records as a model is fed them, block by block and kept on disk."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np
from jaxtyping import Float, Int

from palier import __version__
from palier.errors import ParameterError
from palier.models.inputs import FeatureInput, Level, raw_features
from palier.models.predictor import Windows

if TYPE_CHECKING:
    from palier.data.cache import DerivedCache
    from palier.data.store import Dataset

__all__ = ["Block", "FeatureSource", "WaveformSource", "WindowPlan", "blocks", "count_windows"]

#: Records computed and kept together.
_RECORDS = 64


@dataclass(frozen=True, slots=True)
class WindowPlan:
    """How records are cut, and what is done to them before."""

    window: int
    """Samples."""
    hop: int
    """Samples."""
    channel: int = 0
    noise: str = "clean"
    """Noise variant, ``clean`` for none; it is laid over the whole record."""
    noise_seed: int = 0


@dataclass(frozen=True, slots=True)
class FeatureSource:
    """Windows become all features of a set."""

    feature_set: str
    version: str
    speed: Literal["refuse", "estimate"] = "refuse"
    speed_range_hz: tuple[float, float] = (10.0, 100.0)
    line_orders: tuple[tuple[str, float], ...] = ()
    level: Level = "keep"

    @classmethod
    def of(cls, spec: FeatureInput) -> "FeatureSource":
        """Return the source of a model's input."""
        return cls(spec.feature_set, spec.version, spec.speed, spec.speed_range_hz, spec.line_orders, spec.level)

    @property
    def key(self) -> dict[str, str]:
        """What the numbers depend on."""
        key = {"features": self.feature_set, "version": self.version, "speed": self.speed}
        if self.speed == "estimate":
            key["speed_range_hz"] = repr(self.speed_range_hz)
        if self.level != "keep":
            key["level"] = self.level
        if self.line_orders:
            key["line_orders"] = repr(self.line_orders)
        return key

    def numbers(self, windows: Windows) -> Float[np.ndarray, "window number"]:
        """Return the numbers of each window."""
        return raw_features(
            windows,
            feature_set=self.feature_set,
            speed=self.speed,
            speed_range_hz=self.speed_range_hz,
            line_orders=self.line_orders,
            level=self.level,
        )


@dataclass(frozen=True, slots=True)
class WaveformSource:
    """Windows stay waveforms, at another rate."""

    rate_hz: float
    samples: int
    level: Level = "keep"

    @property
    def key(self) -> dict[str, str]:
        """What the numbers depend on."""
        return {"waveform": f"{self.rate_hz!r}", "samples": str(self.samples), "level": self.level}

    def numbers(self, windows: Windows) -> Float[np.ndarray, "window number"]:
        """Return the numbers of each window."""
        from palier.models.inputs import WaveformInput

        return WaveformInput(self.rate_hz, self.samples, self.level).prepare(windows)


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The windows of some records."""

    records: Int[np.ndarray, " window"]
    """Row of the dataset's index that each window belongs to."""
    places: Int[np.ndarray, " window"]
    """Number of the window within its record."""
    numbers: Float[np.ndarray, "window number"]


def count_windows(n_samples: int, plan: WindowPlan) -> int:
    """Return how many whole windows a record holds."""
    return 0 if n_samples < plan.window else 1 + (n_samples - plan.window) // plan.hop


def blocks(
    dataset: "Dataset",
    records: Sequence[int] | Int[np.ndarray, " record"],
    *,
    plan: WindowPlan,
    source: FeatureSource | WaveformSource,
    cache: "DerivedCache | None" = None,
    workers: int = 1,
    on_progress: Callable[[int], None] | None = None,
) -> Iterator[Block]:
    """Yield the windows of `records`, ascending, a block of records at a time.

    Memory holds one block per worker. With a cache, a block computed once is read the next time.

    Raises
    ------
    ParameterError
        If a record is shorter than a window.
    """
    wanted = np.unique(np.asarray(records, np.int64))
    length = dataset.index.column("n_samples")
    short = [int(r) for r in wanted if length[r] < plan.window]
    if short:
        name = dataset.index.column("record_id")[short[0]]
        raise ParameterError(
            f"{len(short)} records are shorter than a window of {plan.window} samples, the first is {name}; "
            "choose a shorter window"
        )
    if not len(wanted):
        return
    numbers = [wanted[wanted // _RECORDS == b] for b in np.unique(wanted // _RECORDS)]
    # a waveform is cheap to read again and large to keep
    kept = cache if isinstance(source, FeatureSource) else None
    job = partial(_block, dataset, plan=plan, source=source, cache=kept)
    if workers > 1 and len(numbers) > 1:
        yield from _parallel(job, numbers, workers, on_progress)
        return
    for part in numbers:
        yield job(part)
        if on_progress is not None:
            on_progress(len(part))


def _parallel(
    job: Callable[[Int[np.ndarray, " record"]], Block],
    parts: list[Int[np.ndarray, " record"]],
    workers: int,
    on_progress: Callable[[int], None] | None,
) -> Iterator[Block]:
    """Run blocks in processes, in order, with no more under way than there are workers (and one waiting for each)."""
    from collections import deque
    from concurrent.futures import Future, ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        under_way: deque[tuple[int, Future[Block]]] = deque()
        queue = deque(parts)
        try:
            while queue or under_way:
                while queue and len(under_way) < 2 * workers:
                    part = queue.popleft()
                    under_way.append((len(part), pool.submit(job, part)))
                n, done = under_way.popleft()
                yield done.result()
                if on_progress is not None:
                    on_progress(n)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _block(
    dataset: "Dataset",
    records: Int[np.ndarray, " record"],
    *,
    plan: WindowPlan,
    source: FeatureSource | WaveformSource,
    cache: "DerivedCache | None",
) -> Block:
    length = dataset.index.column("n_samples")
    counts = [count_windows(int(length[r]), plan) for r in records]
    if cache is None:
        numbers = _compute(dataset, records, plan, source)
    else:
        from palier.data.cache import CacheKey

        key = CacheKey(
            content=dataset.card.content_hash,
            kind="windows",
            parameters={
                **source.key,
                "window": plan.window,
                "hop": plan.hop,
                "channel": plan.channel,
                "noise": plan.noise,
                "noise_seed": plan.noise_seed,
                "records": _named(records),
            },
            code_version=__version__,
        )
        numbers = cache.get_or_compute(key, lambda: _compute(dataset, records, plan, source))
    return Block(
        records=np.repeat(records, counts),
        places=np.concatenate([np.arange(c) for c in counts]),
        numbers=numbers,
    )


def _named(records: Int[np.ndarray, " record"]) -> str:
    first, last = int(records[0]), int(records[-1])
    return f"{first}-{last}" if last - first + 1 == len(records) else ",".join(map(str, records))


def _compute(
    dataset: "Dataset", records: Int[np.ndarray, " record"], plan: WindowPlan, source: FeatureSource | WaveformSource
) -> Float[np.ndarray, "window number"]:
    cut = [record_windows(dataset, int(r), plan) for r in records]
    parts = []
    for rate_hz in dict.fromkeys(w.sampling_rate_hz for w in cut):
        same = [w for w in cut if w.sampling_rate_hz == rate_hz]
        together = Windows(
            np.concatenate([w.samples for w in same]), rate_hz, np.concatenate([w.speed_hz for w in same])
        )
        parts.append((rate_hz, source.numbers(together)))
    if len(parts) == 1:
        return parts[0][1]
    rates = np.repeat([w.sampling_rate_hz for w in cut], [len(w.samples) for w in cut])
    numbers = np.empty((len(rates), parts[0][1].shape[1]), parts[0][1].dtype)
    for rate_hz, values in parts:
        numbers[rates == rate_hz] = values
    return numbers


def record_windows(dataset: "Dataset", record: int, plan: WindowPlan) -> Windows:
    """Cut one record into windows, after the noise variant is laid over it."""
    column = dataset.index.column
    rate_hz, speed_hz = float(column("sampling_rate_hz")[record]), column("speed_hz")[record]
    if not rate_hz > 0:
        raise ParameterError(f"record {column('record_id')[record]} states no sampling rate; import it with one")
    x = dataset.window(record, 0, int(column("n_samples")[record]))
    if plan.channel >= len(x):
        raise ParameterError(
            f"record {column('record_id')[record]} has {len(x)} channels, and channel {plan.channel} was asked for"
        )
    x = x[plan.channel]
    if plan.noise != "clean":
        from palier.data.transforms import NoiseSpec, apply_noise, record_rng

        spec = NoiseSpec.parse(plan.noise)
        rng = record_rng(plan.noise_seed, str(column("record_id")[record]), spec)
        x = apply_noise(x, spec=spec, sampling_rate_hz=rate_hz, rng=rng)
    n = count_windows(len(x), plan)
    cut = np.lib.stride_tricks.sliding_window_view(x, plan.window)[:: plan.hop][:n]
    speed = float("nan") if speed_hz is None else float(speed_hz)
    return Windows(np.ascontiguousarray(cut), rate_hz, np.full(n, speed))
