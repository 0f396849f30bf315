"""The one figure style, and one file per kind of figure."""
