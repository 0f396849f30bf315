"""One readable recipe: which model, on what, with what; from a flat YAML file or from arguments."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from math import isfinite
from pathlib import Path
from typing import Any, Literal, get_args

from palier.core.catalogue import parse_bearing
from palier.core.faults import BearingKind, line_order
from palier.data.yaml_table import read_yaml_table
from palier.errors import ParameterError
from palier.models.catalogue import Value, model_entry
from palier.models.inputs import Level, Squash

__all__ = ["Recipe", "read_recipe", "recipe_from"]

Selection = Literal["none", "mrmr", "mutual_information", "rfe", "permutation"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a classical model is trained.

    Raises
    ------
    ParameterError
        If a field is outside its range; the message names it.

    Examples
    --------
    >>> Recipe("svm", window_s=1.0).select
    'none'
    """

    model: str
    feature_set: str | None = None
    """A named set; None: the model's own for the kind of bearing."""
    window_s: float | None = None
    """Length of a window; None: the longest that every record of the dataset holds, one window per record."""
    hop_s: float | None = None
    """From one window to the next; None: as long as the window."""
    channel: int = 0
    augment: tuple[str, ...] = ()
    """Noise variants of the training windows, each added to the clean ones, such as ``white:10dB``."""
    augment_seed: int = 0
    """Of the noise variants; kept apart from the model's seed, so that several seeds share the computed features."""
    squash: Squash | None = None
    """How the tails of features are drawn in; None: as the model has it."""
    level: Level = "keep"
    """``remove``: each window is brought to an r.m.s. of one first; then unit, gain and distance do not count."""
    speed: Literal["refuse", "estimate"] = "refuse"
    """What to do with a record whose speed nobody declared."""
    bearing: str | None = None
    """Rolling bearing of every machine (a name of `palier bearings`, or geometry): its defect lines become features."""
    select: Selection = "none"
    """How features are chosen, on the training windows alone."""
    n_features: int | None = None
    """How many are kept; needed where `select` is a method."""
    parameters: Mapping[str, Value] = field(default_factory=dict)
    """Of the model, instead of its defaults."""

    def __post_init__(self) -> None:
        entry = model_entry(self.model)
        if entry.input == "waveform" and (self.feature_set is not None or self.select != "none"):
            raise ParameterError(f"feature_set and select: {self.model} takes the waveform itself; leave both out")
        for name in ("window_s", "hop_s"):
            value = getattr(self, name)
            if value is not None and not (isfinite(value) and value > 0):
                raise ParameterError(f"{name} is {value}; allowed is a positive number of seconds")
        if self.hop_s is not None and self.window_s is None:
            raise ParameterError("hop_s is given without window_s; give both")
        if self.channel < 0:
            raise ParameterError(f"channel is {self.channel}; allowed are 0 and above")
        choices: dict[str, tuple[str | None, ...]] = {
            "squash": (None, *get_args(Squash)),
            "speed": ("refuse", "estimate"),
            "level": get_args(Level),
            "select": get_args(Selection),
        }
        for name, allowed in choices.items():
            if getattr(self, name) not in allowed:
                raise ParameterError(
                    f"{name} is {getattr(self, name)!r}; allowed are {', '.join(a for a in allowed if a)}"
                )
        if (self.select == "none") != (self.n_features is None):
            raise ParameterError("select and n_features belong together; give both or none")
        if self.n_features is not None and self.n_features < 1:
            raise ParameterError(f"n_features is {self.n_features}; allowed are 1 and above")
        object.__setattr__(self, "parameters", dict(self.parameters))

    def features_for(self, kind: BearingKind) -> str:
        """Return the name of the feature set for a kind of bearing.

        Examples
        --------
        >>> Recipe("svm").features_for("rolling")
        'rolling-1'
        """
        own = model_entry(self.model).feature_sets
        assert own is not None, "a model on the waveform has no features"
        if self.feature_set is None and self.bearing is not None and own[kind] == "rolling-1":
            return "rolling-lines-1"
        return self.feature_set or own[kind]

    def line_orders(self) -> tuple[tuple[str, float], ...]:
        """Return the orders of the declared bearing's defect lines; none where no bearing is declared.

        Examples
        --------
        >>> dict(Recipe("svm", bearing="6205").line_orders())["bpfo"] > 3.5
        True
        """
        if self.bearing is None:
            return ()
        bearing = parse_bearing(self.bearing)
        return tuple((line, line_order(bearing, line)) for line in ("bpfo", "bpfi", "bsf2", "ftf"))

    def as_json(self) -> dict[str, Any]:
        """Return the recipe as JSON values."""
        return {
            f.name: dict(v) if isinstance(v, Mapping) else list(v) if isinstance(v, tuple) else v
            for f in fields(self)
            for v in (getattr(self, f.name),)
        }


def recipe_from(values: Mapping[str, Any]) -> Recipe:
    """Make a recipe of plain values, as YAML gives them.

    Raises
    ------
    ParameterError
        If a field is unknown, missing, or of another type.

    Examples
    --------
    >>> recipe_from({"model": "svm", "windows": 1})
    Traceback (most recent call last):
    palier.errors.ParameterError: recipe field 'windows' is unknown; did you mean window_s?
    """
    names = [f.name for f in fields(Recipe)]
    for key in values:
        if key not in names:
            near = get_close_matches(str(key), names, n=1)
            hint = f"did you mean {near[0]}?" if near else f"allowed are {', '.join(names)}"
            raise ParameterError(f"recipe field {key!r} is unknown; {hint}")
    if not isinstance(values.get("model"), str):
        raise ParameterError("recipe field 'model' is missing or no text; name a model of `palier models list`")
    plain: dict[str, Any] = dict(values)
    if isinstance(plain.get("augment"), str):
        plain["augment"] = [plain["augment"]]
    _typed(plain, "augment", list, "a list of noise variants")
    _typed(plain, "parameters", dict, "a table of the model's parameters")
    for name in ("window_s", "hop_s"):
        _typed(plain, name, (int, float), "a number of seconds")
    for name in ("channel", "n_features", "augment_seed"):
        _typed(plain, name, int, "a whole number")
    for name in ("feature_set", "squash", "speed", "select", "bearing", "level"):
        _typed(plain, name, str, "a name")
    if plain.get("augment") is not None:
        plain["augment"] = tuple(str(a) for a in plain["augment"])
    return Recipe(**{k: v for k, v in plain.items() if v is not None})


def _typed(values: Mapping[str, Any], name: str, kind: type | tuple[type, ...], wanted: str) -> None:
    value = values.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, kind)):
        raise ParameterError(f"recipe field {name!r} is {value!r}; allowed is {wanted}")


def read_recipe(path: Path) -> Recipe:
    """Read a recipe from a YAML file.

    Raises
    ------
    ReadError
        If the file cannot be read, or is no YAML table.
    ParameterError
        If a field is wrong.
    """
    return recipe_from(read_yaml_table(path))
