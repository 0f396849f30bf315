"""Palier: what is wrong with a rotating machine, how sure, and why."""

from importlib.metadata import version

__all__ = ["__version__"]

__version__ = version("palier")
