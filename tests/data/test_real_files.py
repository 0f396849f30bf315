"""Every measured file, against the tables in the READMEs that came with it."""

import hashlib
import re
from pathlib import Path

import pytest

from palier.data.read import find_recordings, read_recording

pytestmark = pytest.mark.real_data


def table(readme: Path) -> list[list[str]]:
    """Return the rows of the table of files: those whose last cell is a digest."""
    lines = readme.read_text(encoding="utf-8").splitlines()
    rows = [[c.strip() for c in line.strip("| ").split("|")] for line in lines if line.startswith("| ")]
    found = [row for row in rows if re.fullmatch(r"[0-9a-f]{64}", row[-1])]
    assert found, f"no table of files in {readme}"
    return found


def test_cwru(real_data: Path) -> None:
    rows = table(real_data / "cwru" / "README.md")
    assert len(rows) == 28
    for name, _, _, _, rate, rpm, n_samples, channels, *_, digest in rows:
        recording = read_recording(real_data / "cwru" / name)
        assert recording.provenance.reader == "cwru"
        assert recording.provenance.sha256 == digest
        assert recording.sampling_rate_hz == float(rate)
        assert recording.speed_hz == pytest.approx(float(rpm) / 60)
        assert recording.n_samples == int(n_samples)
        assert [c.split("_")[1] for c in recording.provenance.channels_available] == channels.split(",")
        assert recording.channel_names[0].endswith("_DE_time")
        assert (recording.unit, recording.bearing_name) == ("g", "6205-2RS")


def test_hit_sm_mfs(real_data: Path) -> None:
    rows = table(real_data / "hit_sm_mfs" / "README.md")
    assert len(rows) == 7
    for name, _, rpm, rms, *_, digest in rows:
        recording = read_recording(real_data / "hit_sm_mfs" / name)
        assert recording.provenance.reader == "hit_sm_mfs"
        assert recording.provenance.sha256 == digest
        assert recording.sampling_rate_hz == 51_200.0
        assert recording.speed_hz == pytest.approx(float(rpm) / 60)
        assert recording.n_samples == 262_144
        assert (recording.unit, recording.bearing_name) == (None, "6205")
        assert recording.samples.std(dtype=float) == pytest.approx(float(rms), rel=1e-3)  # without the mean


def test_femto(real_data: Path) -> None:
    folder = real_data / "femto_bearing3_1"
    rows = table(folder / "README.md")
    assert [p.name for p in find_recordings([folder])] == [name for name, *_ in rows]
    for name, _, digest in rows:
        recording = read_recording(folder / name)
        assert recording.provenance.reader == "femto"
        assert recording.provenance.sha256 == digest
        assert (recording.sampling_rate_hz, recording.unit, recording.n_samples) == (25_600.0, "g", 2560)
        assert recording.channel_names == ("horizontal",)
        assert recording.speed_hz == 25.0


def test_gearbox_openei(real_data: Path) -> None:
    for name, _, _, shape, rms, *_, digest in table(real_data / "gearbox_openei" / "README.md"):
        recording = read_recording(real_data / "gearbox_openei" / name, channels="all")
        assert recording.provenance.reader == "gearbox_openei"
        assert recording.provenance.sha256 == digest
        assert shape == f"{recording.n_samples} x {len(recording.channel_names)}"
        assert (recording.sampling_rate_hz, recording.unit, recording.speed_hz) == (None, None, None)
        measured = (recording.samples.astype(float) ** 2).mean(axis=-1) ** 0.5
        assert measured == pytest.approx([float(v) for v in rms.split()], abs=0.006)


def test_samples_are_those_that_scipy_reads(real_data: Path) -> None:
    from scipy.io import loadmat

    for path in find_recordings([real_data / "cwru", real_data / "hit_sm_mfs"]):
        recording = read_recording(path)
        witness = loadmat(path)[recording.channel_names[0]][:, 0].astype("float32")
        assert hashlib.sha256(recording.samples[0]).digest() == hashlib.sha256(witness).digest()
