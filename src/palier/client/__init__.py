"""A small client of the REST interface; needs ``pip install palier[client]``."""

from palier.client.client import Client
from palier.client.values import Diagnosis, Job, Machine, Point, Recording, Waveform

__all__ = ["Client", "Diagnosis", "Job", "Machine", "Point", "Recording", "Waveform"]
