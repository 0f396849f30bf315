"""TDMS files; npTDMS writes them."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from nptdms import ChannelObject, GroupObject, RootObject, TdmsWriter

from palier.core.recording import Declared
from palier.data.read import read_recording
from palier.errors import ReadError

X = np.random.default_rng(0).standard_normal(500)


def test_several_groups_segments_and_properties(tmp_path: Path) -> None:
    path = tmp_path / "a.tdms"
    start = np.datetime64("2024-05-01T10:00:00", "us")
    properties = {"wf_increment": 1e-3, "wf_start_time": start, "NI_UnitDescription": "m/s^2"}
    root = RootObject({"speed_rpm": 1500.0})
    with TdmsWriter(path) as file:
        for part in (X[:200], X[200:]):
            one = ChannelObject("pump", "de", part, properties)
            two = ChannelObject("motor", "de", part.astype(np.int16), {})
            file.write_segment([root, GroupObject("pump"), one, two])
    recording = read_recording(path)
    assert recording.provenance.channels_available == ("pump/de", "motor/de")
    np.testing.assert_array_equal(recording.samples[0], X.astype(np.float32))
    assert recording.sampling_rate_hz == 1000.0
    assert recording.unit == "m/s^2"
    assert recording.speed_hz == 25.0
    assert recording.start_time == datetime(2024, 5, 1, 10, tzinfo=UTC)
    motor = read_recording(path, declared=Declared(channel="motor/de"))
    assert motor.sampling_rate_hz is None


def test_the_scaling_of_the_file_is_applied(tmp_path: Path) -> None:
    path = tmp_path / "a.tdms"
    scaling = {
        "NI_Number_Of_Scales": 1, "NI_Scale[0]_Scale_Type": "Linear", "NI_Scale[0]_Linear_Slope": 0.5,
        "NI_Scale[0]_Linear_Y_Intercept": 1.0, "NI_Scale[0]_Linear_Input_Source": 0xFFFFFFFF,
    }  # fmt: skip
    with TdmsWriter(path) as file:
        file.write_segment([ChannelObject("g", "c", np.arange(100, dtype=np.int16), scaling)])
    np.testing.assert_array_equal(read_recording(path).samples[0], np.arange(100) * 0.5 + 1)


def test_a_segment_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "a.tdms"
    with TdmsWriter(path) as file:
        file.write_segment([ChannelObject("g", "c", X)])
        file.write_segment([ChannelObject("g", "c", X)])
    whole = path.read_bytes()
    path.write_bytes(whole[:-9])
    with pytest.raises(ReadError, match="9 bytes of its last segment are missing"):
        read_recording(path)


def test_damaged_files_print_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.tdms"
    with TdmsWriter(path) as file:
        file.write_segment([ChannelObject("grüppe", "c", X)])
    path.write_bytes(path.read_bytes().replace("grüppe".encode(), b"gr\xff\xffppe"))
    read_recording(path)
    assert capfd.readouterr() == ("", "")
