"""The one list of features: what each is called, in which unit it is, what it needs, how it is computed."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from inspect import cleandoc
from math import inf
from typing import Literal, get_args

import numpy as np
from jaxtyping import Float

from palier.errors import ParameterError
from palier.features.context import SignalContext

__all__ = [
    "Block",
    "Domain",
    "Feature",
    "FeatureUnit",
    "Need",
    "feature",
    "feature_family",
    "find_feature",
    "registered",
]

Domain = Literal[
    "time",
    "spectral",
    "envelope",
    "wavelet",
    "cepstrum",
    "bispectrum",
    "orders",
    "bursts",
    "journal",
    "bands",
    "lines",
    "cwt",
    "packets",
    "complexity",
    "spectrogram",
]

#: ``u`` is the unit of the waveform. The unit tells what a gain g does: ``u`` grows with g, ``u^2`` with g squared,
#: ``dB u`` by 20 lg g; all others stay as they are.
FeatureUnit = Literal["1", "u", "u^2", "dB", "dB u", "Hz", "s", "1/s", "order", "octave"]

#: What must be declared: the shaft speed, or the orders of the bearing's defect lines.
Need = Literal["speed", "lines"]

#: Computes one or several features of every waveform of a context; the last axis is the feature.
Block = Callable[[SignalContext], Float[np.ndarray, "waveform feature"]]

_FEATURES: dict[str, "Feature"] = {}


@dataclass(frozen=True, slots=True)
class Feature:
    """One number per waveform, and what is known about it."""

    name: str
    unit: FeatureUnit
    domain: Domain
    block: Block = field(repr=False)
    """Computes it, alone or together with its family."""
    column: int
    """Its place in what the block returns."""
    summary: str
    """First line of the documentation."""
    formula: str
    """LaTeX."""
    notes: str
    """What follows the formula in the documentation: what its letters mean, and when it misleads."""
    needs: tuple[Need, ...] = ()
    low: float = -inf
    """Least possible value."""
    high: float = inf
    """Greatest possible value."""
    undefined: str = ""
    """For which waveforms it is not a number, besides silent ones."""


def feature(
    *,
    unit: FeatureUnit,
    domain: Domain,
    needs: tuple[Need, ...] = (),
    low: float = -inf,
    high: float = inf,
    undefined: str = "",
) -> Callable[[Callable[[SignalContext], np.ndarray]], Callable[[SignalContext], np.ndarray]]:
    """Register a function that computes one number per waveform, under its own name.

    Parameters
    ----------
    unit : {"1", "u", "u^2", "dB", "dB u", "Hz", "s", "1/s", "order", "octave"}
        ``u`` is that of the waveform; it also says what a gain does, and a contract test holds it to that.
    domain : str
        Name of the module.
    needs : tuple of {"speed", "lines"}
        Without which it is NaN.
    low, high : float
        Bounds that no waveform passes.
    undefined : str
        For which waveforms it is NaN, besides silent ones.

    Examples
    --------
    >>> find_feature("crest_factor").unit
    '1'
    """

    def register(function: Callable[[SignalContext], np.ndarray]) -> Callable[[SignalContext], np.ndarray]:
        def block(context: SignalContext) -> np.ndarray:
            return function(context)[:, None]

        _add([function.__name__], block, function, unit, domain, needs, low, high, undefined)
        return function

    return register


def feature_family(
    *,
    names: tuple[str, ...],
    unit: FeatureUnit,
    domain: Domain,
    needs: tuple[Need, ...] = (),
    low: float = -inf,
    high: float = inf,
    undefined: str = "",
) -> Callable[[Block], Block]:
    """Register a function that computes several numbers per waveform at once, one for each of `names`.

    Parameters
    ----------
    names : tuple of str
        One for each column that the function returns.
    unit : {"1", "u", "u^2", "dB", "dB u", "Hz", "s", "1/s", "order", "octave"}
        ``u`` is that of the waveform; it also says what a gain does, and a contract test holds it to that.
    domain : str
        Name of the module.
    needs : tuple of {"speed", "lines"}
        Without which it is NaN.
    low, high : float
        Bounds that no waveform passes.
    undefined : str
        For which waveforms it is NaN, besides silent ones.

    Examples
    --------
    >>> find_feature("order_amplitude_2x").column
    5
    """

    def register(function: Block) -> Block:
        _add(names, function, function, unit, domain, needs, low, high, undefined)
        return function

    return register


def _add(
    names: tuple[str, ...] | list[str],
    block: Block,
    documented: Callable[..., object],
    unit: FeatureUnit,
    domain: Domain,
    needs: tuple[Need, ...],
    low: float,
    high: float,
    undefined: str,
) -> None:
    if domain not in get_args(Domain) or unit not in get_args(FeatureUnit):
        raise ParameterError(f"feature {names[0]}: no domain {domain!r} or no unit {unit!r}")
    text = re.split(r"\n\w+\n---", cleandoc(documented.__doc__ or ""))[0]
    before, _, after = text.partition(".. math::")
    formula, _, notes = re.sub(r"\n +", " ", after).partition("\n\n")
    summary = " ".join(before.split())
    for column, name in enumerate(names):
        if name in _FEATURES:
            raise ParameterError(f"feature {name!r} is registered twice")
        _FEATURES[name] = Feature(
            name,
            unit,
            domain,
            block,
            column,
            summary,
            formula.strip(),
            " ".join(notes.split()),
            needs,
            low,
            high,
            undefined,
        )


def find_feature(name: str) -> Feature:
    """Return the feature of this name.

    Raises
    ------
    ParameterError
        If there is none.

    Examples
    --------
    >>> find_feature("rms").unit
    'u'
    """
    _load()
    try:
        return _FEATURES[name]
    except KeyError:
        from difflib import get_close_matches

        near = get_close_matches(name, _FEATURES, n=3)
        hint = f"did you mean {', '.join(near)}?" if near else "`palier features list` shows all"
        raise ParameterError(f"no feature {name!r}; {hint}") from None


def registered() -> Iterator[Feature]:
    """Return every feature, domain by domain.

    Examples
    --------
    >>> next(registered()).name
    'rms'
    """
    _load()
    order = get_args(Domain)
    return iter(sorted(_FEATURES.values(), key=lambda f: order.index(f.domain)))


@cache
def _load() -> None:
    """Import the modules that register features, each named after its domain, in the order in which they are listed."""
    from importlib import import_module

    for domain in get_args(Domain):
        import_module(f"palier.features.{domain}")
