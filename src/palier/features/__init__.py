"""Features: one number per waveform, each with its unit, its formula and what it needs."""

from palier.features.context import SignalContext, signal_context
from palier.features.extract import MissingSpeed, extract, extract_features
from palier.features.registry import Feature, feature, feature_family, find_feature, registered
from palier.features.sets import FEATURE_SETS, FeatureSet, feature_set

__all__ = [
    "FEATURE_SETS",
    "Feature",
    "FeatureSet",
    "MissingSpeed",
    "SignalContext",
    "extract",
    "extract_features",
    "feature",
    "feature_family",
    "feature_set",
    "find_feature",
    "registered",
    "signal_context",
]
