"""The readers of published data sets: their marks, their traps, and what they must not guess."""

from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from palier.core.recording import Declared
from palier.data.read import read_recording
from palier.data.readers.cwru import record
from palier.errors import ReadError

X = np.sin(np.arange(400.0))


def cwru(
    path: Path, number: int, *, ends: tuple[str, ...] = ("DE", "FE"), rpm: float | None = 1796.0, **more: object
) -> Path:
    values: dict[str, object] = {f"X{number:03d}_{end}_time": X[:, None] + i for i, end in enumerate(ends)}
    if rpm is not None:
        values[f"X{number:03d}RPM"] = rpm
    savemat(path, {**more, **values})
    return path


@pytest.mark.parametrize(
    ("number", "rate_hz"),
    [(97, 48e3), (100, 48e3), (105, 12e3), (108, 12e3), (109, 48e3), (112, 48e3), (118, 12e3), (122, 48e3), (130, 12e3),
     (135, 48e3), (156, 12e3), (161, 48e3), (169, 12e3), (173, 48e3), (174, 48e3), (185, 12e3), (189, 48e3),
     (209, 12e3), (213, 48e3), (217, 48e3), (234, 12e3), (238, 48e3), (258, 12e3), (262, 48e3), (270, 12e3),
     (294, 12e3), (318, 12e3), (48, 12e3), (59, 12e3), (3001, 12e3)],
)  # fmt: skip
def test_cwru_rates_by_record_number(number: int, rate_hz: float, tmp_path: Path) -> None:
    recording = read_recording(cwru(tmp_path / "a.mat", number))
    assert recording.sampling_rate_hz == rate_hz
    assert recording.unit == "g"
    assert recording.speed_hz == pytest.approx(1796 / 60)
    assert recording.provenance.reader == "cwru"


def test_cwru_tables_share_no_number() -> None:
    from palier.data.readers import cwru as module

    numbers = [n for listed, _ in module._TABLE for n in listed]
    assert len(numbers) == len(set(numbers))
    assert record(101) is None
    assert record(216) is None


def test_cwru_record_97_declared_at_12_khz_is_contradicted(tmp_path: Path) -> None:
    recording = read_recording(cwru(tmp_path / "97.mat", 97), declared=Declared(sampling_rate_hz=12_000.0))
    assert recording.sampling_rate_hz == 12_000.0
    told = [n for n in recording.provenance.notes if "contradiction" in n]
    assert len(told) == 1
    assert "12000 Hz" in told[0]
    assert "48000 Hz" in told[0]
    assert "record 97" in told[0]


def test_cwru_channels_bearings_and_short_names(tmp_path: Path) -> None:
    path = cwru(tmp_path / "105.mat", 105, ends=("DE", "FE", "BA"))
    assert read_recording(path).bearing_name == "6205-2RS"
    fan = read_recording(path, declared=Declared(channel="fe"))
    assert fan.channel_names == ("X105_FE_time",)
    assert fan.bearing_name == "6203-2RS"
    assert read_recording(path, declared=Declared(channel="base plate")).bearing_name is None
    assert read_recording(path).provenance.channels_available == ("X105_DE_time", "X105_FE_time", "X105_BA_time")


def test_cwru_fan_end_faults_take_the_fan_end(tmp_path: Path) -> None:
    recording = read_recording(cwru(tmp_path / "270.mat", 270, ends=("DE", "FE", "BA")))
    assert recording.channel_names == ("X270_FE_time",)
    assert recording.bearing_name == "6203-2RS"


def test_cwru_99_also_holds_98_and_a_broken_ans(tmp_path: Path) -> None:
    more = {"X098_DE_time": X[:, None] * 9, "X098_FE_time": X[:, None] * 9}
    recording = read_recording(cwru(tmp_path / "normal_2_99.mat", 99, rpm=None, **more))
    assert recording.channel_names == ("X099_DE_time",)
    np.testing.assert_array_equal(recording.samples[0], X.astype(np.float32))
    assert recording.speed_hz is None
    assert any("also holds record 98" in n for n in recording.provenance.notes)
    assert any("states no speed" in n for n in recording.provenance.notes)
    other = cwru(tmp_path / "98.mat", 99, rpm=None, **more)
    assert read_recording(other).channel_names == ("X098_DE_time",)


def test_cwru_3004_names_its_variable_059(tmp_path: Path) -> None:
    recording = read_recording(cwru(tmp_path / "3004.mat", 59, ends=("DE",), rpm=None))
    assert recording.sampling_rate_hz == 12_000.0
    assert recording.speed_hz is None


def test_cwru_unknown_records_get_no_rate(tmp_path: Path) -> None:
    recording = read_recording(cwru(tmp_path / "999.mat", 999))
    assert recording.sampling_rate_hz is None
    assert any("in no published table" in n for n in recording.provenance.notes)


def test_forcing_a_known_set_on_another_file_is_refused(tmp_path: Path) -> None:
    savemat(tmp_path / "a.mat", {"x": X})
    with pytest.raises(ReadError, match="does not bear the marks of Case Western"):
        read_recording(tmp_path / "a.mat", format="cwru")


def test_hit_needs_name_and_shape_or_the_users_word(tmp_path: Path) -> None:
    long = np.tile(X, 656)[:262_144]
    savemat(tmp_path / "IR5_600.mat", {"z10_2": long[:, None]})
    recording = read_recording(tmp_path / "IR5_600.mat")
    assert recording.provenance.reader == "hit_sm_mfs"
    assert recording.sampling_rate_hz == 51_200.0
    assert recording.speed_hz == 10.0
    assert recording.unit is None
    assert recording.bearing_name == "6205"
    assert recording.provenance.speed_origin == "file"
    assert any("nominal" in n for n in recording.provenance.notes)
    savemat(tmp_path / "OR5_900.mat", {"z": X[:, None]})
    assert read_recording(tmp_path / "OR5_900.mat").provenance.reader == "matlab"
    assert read_recording(tmp_path / "OR5_900.mat").sampling_rate_hz is None
    assert read_recording(tmp_path / "OR5_900.mat", format="hit_sm_mfs").sampling_rate_hz == 51_200.0
    savemat(tmp_path / "pump.mat", {"z": long[:, None]})
    assert read_recording(tmp_path / "pump.mat").provenance.reader == "matlab"


def femto(path: Path, *, delimiter: str = ",") -> Path:
    path.parent.mkdir(exist_ok=True)
    lines = [
        delimiter.join(["9", "10", "39", f"{118790 + 39.0625 * i:.4e}", f"{x:.3f}", f"{-x:.3f}"])
        for i, x in enumerate(X)
    ]
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_femto(delimiter: str, tmp_path: Path) -> None:
    recording = read_recording(femto(tmp_path / "acc_00001.csv", delimiter=delimiter))
    assert recording.provenance.reader == "femto"
    assert recording.sampling_rate_hz == 25_600.0
    assert recording.unit == "g"
    assert recording.bearing_name == "PRONOSTIA"
    assert recording.channel_names == ("horizontal",)
    assert recording.provenance.channels_available == ("horizontal", "vertical")
    assert recording.speed_hz is None  # only the folder could tell
    np.testing.assert_allclose(recording.samples[0], X, atol=5.1e-4)
    vertical = read_recording(femto(tmp_path / "acc_00001.csv"), declared=Declared(channel="vertical"))
    np.testing.assert_allclose(vertical.samples[0], -X, atol=5.1e-4)


@pytest.mark.parametrize(("folder", "rpm"), [("Bearing1_3", 1800), ("femto_bearing2_1", 1650), ("Bearing3_1", 1500)])
def test_femto_speed_comes_from_the_folder(folder: str, rpm: int, tmp_path: Path) -> None:
    recording = read_recording(femto(tmp_path / folder / "acc_00001.csv"))
    assert recording.speed_hz == pytest.approx(rpm / 60)
    assert any("from the folder name" in n for n in recording.provenance.notes)


def test_femto_marks_are_name_and_time_columns(tmp_path: Path) -> None:
    assert read_recording(femto(tmp_path / "temp.csv")).provenance.reader == "delimited"
    (tmp_path / "acc_00002.csv").write_text("".join(f"{x},{x},{x},{x},{x},{x}\n" for x in X + 0.3))
    assert read_recording(tmp_path / "acc_00002.csv").provenance.reader == "delimited"


def test_gearbox_states_neither_rate_nor_unit_nor_speed(tmp_path: Path) -> None:
    path = tmp_path / "h30hz50.csv"
    path.write_text("a1,a2,a3,a4\n" + "".join(f"{x:.4f},{x:.4f},{x:.4f},{x:.4f}\n" for x in X))
    recording = read_recording(path)
    assert recording.provenance.reader == "gearbox_openei"
    assert (recording.sampling_rate_hz, recording.unit, recording.speed_hz) == (None, None, None)
    assert read_recording(path, declared=Declared(sampling_rate_hz=12_800.0)).sampling_rate_hz == 12_800.0


def test_mfpt(tmp_path: Path) -> None:
    savemat(tmp_path / "a.mat", {"bearing": {"sr": 48_828.0, "gs": X, "load": 270.0, "rate": 25.0}})
    recording = read_recording(tmp_path / "a.mat")
    assert recording.provenance.reader == "mfpt"
    assert (recording.sampling_rate_hz, recording.unit, recording.speed_hz) == (48_828.0, "g", 25.0)
    assert recording.bearing_name is None
