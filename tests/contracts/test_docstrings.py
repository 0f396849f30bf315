"""Public science says what it computes: parameters with units, errors, a running example."""

import importlib
import inspect
import pkgutil

import pytest

import palier.core
import palier.dsp
import palier.features
import palier.simulate


def public_functions():
    for package in (palier.core, palier.dsp, palier.features, palier.simulate):
        for info in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(info.name)
            for symbol in getattr(module, "__all__", []):
                thing = getattr(module, symbol)
                if inspect.isfunction(thing) and thing.__module__ == module.__name__:
                    yield pytest.param(thing, id=f"{module.__name__}.{symbol}")


@pytest.mark.parametrize("function", list(public_functions()))
def test_public_functions_of_the_science_are_documented(function) -> None:
    text = inspect.getdoc(function) or ""
    assert len(text.splitlines()[0]) > 10
    assert "Examples\n--------" in text
    if len(inspect.signature(function).parameters) > 2:
        assert "Parameters\n----------" in text
