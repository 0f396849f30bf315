"""Fit one model by one recipe: everything that learns, learns from the training side alone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float, Int

from palier.core.faults import BearingKind, classes_of
from palier.core.split import Fold, Split
from palier.errors import ParameterError
from palier.models.catalogue import build_model, model_entry, require_packages
from palier.models.inputs import FeatureInput, ModelInput, WaveformInput
from palier.models.window_table import Block, FeatureSource, WaveformSource, WindowPlan, blocks
from palier.training.recipe import Recipe

if TYPE_CHECKING:
    from palier.data.cache import DerivedCache
    from palier.data.store import Dataset

__all__ = ["FittedModel", "fit", "plan_of", "side_of_windows"]

#: Prepared training windows that are kept for comparing and describing.
_EXAMPLES = 1024

#: A feature that varies by less than this share of its value is rounding, not information.
_LEAST_SPREAD = 1e-5


@dataclass(frozen=True, slots=True, eq=False)
class FittedModel:
    """A fitted estimator and everything a bundle has to say about it."""

    recipe: Recipe
    estimator: Any
    """With ``predict_proba`` on prepared numbers; its classes are places in `classes`."""
    classes: tuple[str, ...]
    kind: BearingKind
    input: ModelInput
    sampling_rate_hz: float
    plan: WindowPlan
    unit: str | None
    seed: int
    n_records: int
    n_windows: int
    """Of all variants together."""
    speed_range_hz: tuple[float, float] | None
    """Of the training records; None where none of them states its speed."""
    examples: Float[np.ndarray, "window number"]
    """A few prepared training windows, to compare an export with."""


@dataclass(frozen=True, slots=True)
class _Facts:
    kind: BearingKind
    classes: tuple[str, ...]
    rate_hz: float
    unit: str | None


def fit(
    recipe: Recipe,
    dataset: "Dataset",
    split: Split,
    *,
    fold: Fold,
    seed: int,
    cache: "DerivedCache | None" = None,
    workers: int = 1,
    on_progress: Callable[[int, int], None] | None = None,
) -> FittedModel:
    """Fit a model on the training side of a fold.

    Centre, scale, choice of features and the classifier learn from the training windows alone; of a split of the level
    ``window`` these are the windows that are not on test.

    Parameters
    ----------
    recipe : Recipe
    dataset : Dataset
    split : Split
    fold : Fold
        One of the split's.
    seed : int
        The same seed gives the same model.
    cache : DerivedCache, optional
        Where features are kept.
    workers : int
        Processes that compute features.
    on_progress : callable, optional
        Called with the records done and all records, counting each variant.

    Raises
    ------
    ParameterError
        If records differ in rate or unit, lack a label, or fewer than two classes are left.
    MissingToolError
        If the packages that the model needs are not installed; before anything is computed.
    """
    require_packages(recipe.model)
    facts = _facts(dataset, fold, recipe)
    plan, source = plan_of(recipe, dataset, fold, facts.rate_hz)
    variants = ("clean", *recipe.augment)
    done, total = 0, len(fold.train) * len(variants)

    def advance(n: int) -> None:
        nonlocal done
        done += n
        if on_progress is not None:
            on_progress(done, total)

    labels = dataset.index.column("label")
    xs, ys = [], []
    for noise in variants:
        varied = WindowPlan(plan.window, plan.hop, plan.channel, noise, noise_seed=recipe.augment_seed)
        for block in blocks(
            dataset, fold.train, plan=varied, source=source, cache=cache, workers=workers, on_progress=advance
        ):
            keep = ~side_of_windows(dataset, split, block)
            xs.append(block.numbers[keep])
            ys.append(np.array([facts.classes.index(labels[r]) for r in block.records[keep]], np.int64))
    x, y = np.concatenate(xs), np.concatenate(ys)
    spec, prepared = _prepare(recipe, source, x, y, seed=seed)
    parameters = dict(recipe.parameters)
    estimator = build_model(recipe.model, seed=seed, parameters=parameters)
    _quietly(estimator, prepared, y)
    return FittedModel(
        recipe=recipe,
        estimator=estimator,
        classes=facts.classes,
        kind=facts.kind,
        input=spec,
        sampling_rate_hz=facts.rate_hz,
        plan=plan,
        unit=None if recipe.level == "remove" else facts.unit,
        seed=seed,
        n_records=len(fold.train),
        n_windows=len(y),
        speed_range_hz=_speeds(dataset, fold),
        examples=prepared[:: max(1, len(prepared) // _EXAMPLES)][:_EXAMPLES],
    )


def _facts(dataset: "Dataset", fold: Fold, recipe: Recipe) -> _Facts:
    index = dataset.index
    if not len(fold.train):
        raise ParameterError("the training side has no record; make a split with more records")
    kinds = sorted({str(k) for k in index.column("kind")[fold.train]})
    if len(kinds) != 1:
        raise ParameterError(f"records of {' and '.join(kinds)} bearings together; split them into two datasets")
    kind: BearingKind = "journal" if kinds[0] == "journal" else "rolling"
    labels = index.column("label")[fold.train]
    unlabelled = sum(v is None for v in labels)
    if unlabelled:
        raise ParameterError(f"{unlabelled} training records have no label; import them with --labels")
    present = set(labels)
    classes = tuple(f.key for f in classes_of(kind) if f.key in present)
    if len(classes) < 2:
        raise ParameterError(f"the training side holds the class {', '.join(classes)} alone; at least two are needed")
    rates = np.unique(index.column("sampling_rate_hz")[fold.train].astype(float))
    if len(rates) != 1:
        raise ParameterError(
            f"training records at {', '.join(f'{r:g}' for r in rates[:5])} Hz: energy at the band's edge would give "
            "classes away; resample them to one rate, or train on one of them"
        )
    units = {str(u) if u is not None else "undeclared" for u in index.column("unit")[fold.train]}
    if len(units) != 1 and recipe.level == "keep":
        raise ParameterError(
            f"training records in {', '.join(sorted(units))}; convert them to one, or remove the level"
        )
    unit = units.pop()
    return _Facts(kind, classes, float(rates[0]), None if unit == "undeclared" else unit)


def plan_of(
    recipe: Recipe, dataset: "Dataset", fold: Fold, rate_hz: float
) -> tuple[WindowPlan, FeatureSource | WaveformSource]:
    """Say how records are cut for a recipe, and what a window becomes."""
    everyone = np.concatenate([fold.train, fold.validation, fold.test])
    shortest = int(dataset.index.column("n_samples")[everyone].min())
    window = shortest if recipe.window_s is None else round(recipe.window_s * rate_hz)
    hop = window if recipe.hop_s is None else max(1, round(recipe.hop_s * rate_hz))
    plan = WindowPlan(window, hop, recipe.channel)
    entry = model_entry(recipe.model)
    if entry.input == "waveform":
        new_hz = min(float({**entry.parameters, **recipe.parameters}["rate_hz"]), rate_hz)
        return plan, WaveformSource(new_hz, int(window * new_hz / rate_hz), recipe.level)
    from palier.features import feature_set

    kind: BearingKind = "rolling" if dataset.index.column("kind")[everyone[0]] == "rolling" else "journal"
    name = recipe.features_for(kind)
    version = feature_set(name).version
    if recipe.speed == "refuse":
        return plan, FeatureSource(name, version, line_orders=recipe.line_orders(), level=recipe.level)
    known = dataset.index.column("speed_hz")[fold.train].astype(float)
    known = known[np.isfinite(known)]
    if not len(known):
        raise ParameterError("no training record states its speed, so none can be estimated near it; declare them")
    span = (0.98 * float(known.min()), 1.02 * float(known.max()))
    return plan, FeatureSource(name, version, "estimate", span, recipe.line_orders(), recipe.level)


def _speeds(dataset: "Dataset", fold: Fold) -> tuple[float, float] | None:
    speeds = dataset.index.column("speed_hz")[fold.train].astype(float)
    known = speeds[np.isfinite(speeds)]
    return (float(known.min()), float(known.max())) if len(known) else None


def side_of_windows(dataset: "Dataset", split: Split, block: Block) -> np.ndarray:
    """Say which windows of a block a window-level split keeps for the test; none for any other split."""
    if split.level != "window":
        return np.zeros(len(block.records), bool)
    ids = dataset.index.column("record_id")
    test = np.zeros(len(block.records), bool)
    for record in np.unique(block.records):
        own = block.records == record
        test[own] = split.is_test_window(str(ids[record]), int(own.sum()))
    return test


def _prepare(
    recipe: Recipe,
    source: FeatureSource | WaveformSource,
    x: Float[np.ndarray, "window number"],
    y: Int[np.ndarray, " window"],
    *,
    seed: int,
) -> tuple[ModelInput, Float[np.ndarray, "window number"]]:
    if isinstance(source, WaveformSource):
        return WaveformInput(source.rate_hz, source.samples, source.level), x
    from palier.features import feature_set
    from palier.features.select import fit_scaler, select_features

    names = feature_set(source.feature_set).names
    finite = np.isfinite(x).all(axis=0)
    spread = np.where(finite, np.ptp(np.where(np.isfinite(x), x, 0.0), axis=0), 0.0)
    varies = spread > _LEAST_SPREAD * np.abs(np.where(finite, x[0], 1.0))
    usable = np.flatnonzero(finite & varies)
    if not len(usable):
        raise ParameterError(f"no feature of {source.feature_set} is finite and varies on the training windows")
    scaler = fit_scaler(x[:, usable], kind="robust")

    def spec_of(columns: Int[np.ndarray, " column"]) -> FeatureInput:
        return FeatureInput(
            source.feature_set,
            source.version,
            tuple(names[i] for i in usable[columns]),
            tuple(scaler.centre[i] for i in columns),
            tuple(scaler.scale[i] for i in columns),
            recipe.squash or model_entry(recipe.model).squash,
            source.speed,
            source.speed_range_hz,
            source.line_orders,
            source.level,
        )

    spec = spec_of(np.arange(len(usable)))
    if recipe.select != "none":
        assert recipe.n_features is not None
        kept = select_features(
            spec.scaled(x), y, method=recipe.select, n_features=min(recipe.n_features, len(usable)), seed=seed
        )
        spec = spec_of(np.sort(np.asarray(kept)))
    return spec, spec.scaled(x)


def _quietly(estimator: Any, x: np.ndarray, y: np.ndarray) -> None:
    """Fit; a model that stopped before its loss stood still is a model all the same, and its score says how good."""
    import warnings

    with warnings.catch_warnings():
        from sklearn.exceptions import ConvergenceWarning

        warnings.simplefilter("ignore", ConvergenceWarning)
        estimator.fit(x, y)
