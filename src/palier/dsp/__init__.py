"""Spectrum, envelope, filters, orders."""
