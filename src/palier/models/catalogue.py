"""The models palier can train, one row each; the code of a row is imported when it is built."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib import import_module
from importlib.util import find_spec
from types import MappingProxyType
from typing import Any, Final, Literal

from palier.core.faults import BearingKind
from palier.errors import MissingToolError, ParameterError

__all__ = ["MODELS", "ModelEntry", "build_model", "model_entry", "require_packages"]

Value = float | int | str | bool


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One model of the catalogue."""

    name: str
    text: str
    """What it is and when to take it, in a sentence."""
    input: Literal["features", "waveform"]
    feature_sets: Mapping[BearingKind, str] | None
    """Default feature set for each kind of bearing, for a model that takes features."""
    builder: str
    """``module:function`` that makes an unfitted estimator of a seed and its parameters."""
    parameters: Mapping[str, Value] = field(default_factory=dict)
    """Defaults; a recipe may change each."""
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Lowest and highest value of a number, where it has any."""
    squash: Literal["none", "asinh"] = "asinh"
    """Whether the tails of its features are drawn in, where a recipe does not say."""
    packages: tuple[str, ...] = ("sklearn", "skl2onnx")
    """What fitting and exporting it import."""
    extra: Literal["train", "train,rocket"] = "train"
    """What installs them."""
    family: Literal["classical"] = "classical"
    reference: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))
        object.__setattr__(self, "ranges", MappingProxyType(dict(self.ranges)))


_SETS: Final[Mapping[BearingKind, str]] = MappingProxyType({"journal": "journal-1", "rolling": "rolling-1"})
_LOG_SPECTRUM: Final[Mapping[BearingKind, str]] = MappingProxyType(
    {"journal": "log-spectrum-order-1", "rolling": "log-spectrum-1"}
)
_ROWS = (
    ModelEntry(
        "logistic_log_spectrum",
        "Logistic regression on the levels of spectral bands: the plain yardstick every other model has to beat.",
        "features",
        _LOG_SPECTRUM,
        "palier.models.classical.logistic:build",
        {"C": 1.0, "max_iter": 500},
        squash="none",
        ranges={"C": (1e-4, 1e4), "max_iter": (50, 10_000)},
        reference="Hastie, Tibshirani, Friedman: The Elements of Statistical Learning, 2nd ed., 4.4",
    ),
    ModelEntry(
        "knn",
        "k nearest neighbours among the training windows: no training, easy to argue with, slow on much data.",
        "features",
        _SETS,
        "palier.models.classical.knn:build",
        {"n_neighbors": 7},
        {"n_neighbors": (1, 200)},
        reference="doi:10.1109/TIT.1967.1053964",
    ),
    ModelEntry(
        "svm",
        "Support-vector machine with a Gaussian kernel, its scores calibrated inside the training data.",
        "features",
        _SETS,
        "palier.models.classical.svm:build",
        {"C": 10.0, "gamma": "scale"},
        {"C": (1e-3, 1e5), "gamma": (1e-6, 1e3)},
        reference="doi:10.1007/BF00994018",
    ),
    ModelEntry(
        "random_forest",
        "Random forest: hard to break, needs no scaling.",
        "features",
        _SETS,
        "palier.models.classical.random_forest:build",
        {"n_estimators": 300, "min_samples_leaf": 1},
        {"n_estimators": (10, 5000), "min_samples_leaf": (1, 1000)},
        reference="doi:10.1023/A:1010933404324",
    ),
    ModelEntry(
        "extra_trees",
        "Extremely randomised trees: as the forest, with random thresholds; often a little better on noisy features.",
        "features",
        _SETS,
        "palier.models.classical.extra_trees:build",
        {"n_estimators": 300, "min_samples_leaf": 1},
        {"n_estimators": (10, 5000), "min_samples_leaf": (1, 1000)},
        reference="doi:10.1007/s10994-006-6226-1",
    ),
    ModelEntry(
        "gradient_boosting",
        "Gradient-boosted trees on binned features.",
        "features",
        _SETS,
        "palier.models.classical.gradient_boosting:build",
        {"max_iter": 150, "learning_rate": 0.1, "max_leaf_nodes": 15},
        {"max_iter": (5, 5000), "learning_rate": (1e-3, 1.0), "max_leaf_nodes": (2, 1024)},
        reference="doi:10.1214/aos/1013203451",
    ),
    ModelEntry(
        "mlp",
        "A small fully connected network on features, stopped early on a part of the training data.",
        "features",
        _SETS,
        "palier.models.classical.mlp:build",
        {"hidden": 128, "layers": 2, "alpha": 1e-3, "max_iter": 300},
        {"hidden": (2, 4096), "layers": (1, 6), "alpha": (0.0, 10.0), "max_iter": (5, 5000)},
        reference="doi:10.1038/323533a0",
    ),
    ModelEntry(
        "minirocket",
        "MiniRocket: shares of the waveform above thresholds after many small convolutions, and a linear classifier.",
        "waveform",
        None,
        "palier.models.classical.minirocket:build",
        packages=("sklearn", "skl2onnx", "aeon"),
        extra="train,rocket",
        parameters={"n_kernels": 840, "max_dilations": 12, "rate_hz": 5120.0, "C": 0.01},
        ranges={"n_kernels": (84, 20_000), "max_dilations": (1, 32), "rate_hz": (1.0, 1e7), "C": (1e-6, 1e3)},
        reference="doi:10.1145/3447548.3467231",
    ),
    ModelEntry(
        "stacking",
        "Stacking of SVM, extra trees and MLP: a logistic regression learns, on folds, whom to trust.",
        "features",
        _SETS,
        "palier.models.classical.stacking:build",
        {"folds": 3},
        {"folds": (2, 20)},
        reference="doi:10.1016/S0893-6080(05)80023-1",
    ),
    ModelEntry(
        "soft_voting",
        "Mean of the scores of SVM, extra trees and MLP.",
        "features",
        _SETS,
        "palier.models.classical.soft_voting:build",
        {},
        reference="doi:10.1109/34.667881",
    ),
)

#: By name, in the order reports list them.
MODELS: Final[Mapping[str, ModelEntry]] = MappingProxyType({row.name: row for row in _ROWS})


def model_entry(name: str) -> ModelEntry:
    """Return the row of a model.

    Raises
    ------
    ParameterError
        If there is none of that name.

    Examples
    --------
    >>> model_entry("svm").input
    'features'
    """
    if name not in MODELS:
        near = get_close_matches(name, MODELS, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise ParameterError(f"no model {name!r}; there are {', '.join(MODELS)}{hint}")
    return MODELS[name]


def build_model(name: str, *, seed: int, parameters: Mapping[str, Value] | None = None) -> Any:
    """Make an unfitted estimator.

    Parameters
    ----------
    name : str
        Row of the catalogue.
    seed : int
        The same seed and data give the same model, whatever the number of threads.
    parameters : mapping, optional
        Instead of the row's defaults.

    Returns
    -------
    estimator with ``fit(x, y)``, ``predict_proba(x)`` and ``classes_``

    Raises
    ------
    ParameterError
        If a parameter is unknown or outside its range.
    MissingToolError
        If the training packages are not installed.
    """
    entry = model_entry(name)
    chosen = {**entry.parameters, **(parameters or {})}
    for key, value in chosen.items():
        _check(entry, key, value)
    require_packages(name)
    module, function = entry.builder.split(":")
    return getattr(import_module(module), function)(seed=seed, **chosen)


def require_packages(name: str) -> None:
    """Stop before any work where a model's packages are not installed.

    Raises
    ------
    MissingToolError
        The message says what to install.
    """
    entry = model_entry(name)
    missing = [package for package in entry.packages if find_spec(package) is None]
    if missing:
        raise MissingToolError(
            f"training {name} needs the package {' and '.join(missing)}, which is not installed; "
            f"install palier[{entry.extra}]"
        )


def _check(entry: ModelEntry, key: str, value: Value) -> None:
    if key not in entry.parameters:
        known = ", ".join(entry.parameters) or "none"
        raise ParameterError(f"{entry.name} has no parameter {key!r}; there are: {known}")
    default = entry.parameters[key]
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if isinstance(default, str) and not number:
        if value != default:
            raise ParameterError(f"{key} of {entry.name} is {value!r}; allowed are {default!r} and numbers")
        return
    if isinstance(default, int) and number and value != int(value):
        raise ParameterError(f"{key} of {entry.name} is {value!r}; allowed are whole numbers")
    low, high = entry.ranges.get(key, (float("-inf"), float("inf")))
    if not number or not low <= value <= high:  # type: ignore[operator]  # a str is no number and stops before
        raise ParameterError(f"{key} of {entry.name} is {value!r}; allowed are {low:g} to {high:g}")
