"""Recordings on disk: files of any format, and datasets."""

from palier.data.build import build_dataset
from palier.data.memory_source import MemorySource
from palier.data.read import find_recordings, read_recording
from palier.data.schema import SCHEMA_VERSION, DatasetCard
from palier.data.store import Dataset, WindowBlock, open_dataset

__all__ = [
    "SCHEMA_VERSION",
    "Dataset",
    "DatasetCard",
    "MemorySource",
    "WindowBlock",
    "build_dataset",
    "find_recordings",
    "open_dataset",
    "read_recording",
]
