"""Fit a model by a recipe."""

from palier.training.fit import FittedModel, fit
from palier.training.recipe import Recipe, read_recipe, recipe_from

__all__ = ["FittedModel", "Recipe", "fit", "read_recipe", "recipe_from"]
