"""Universal files; pyuff writes them."""

import runpy
from pathlib import Path

import pytest

from palier.data.read import read_recording
from palier.errors import ReadError

_TABLE = runpy.run_path(str(Path(__file__).parents[1] / "reader_cases.py"))
X = _TABLE["two_channels"]()[0]


def write(path: Path, **changes: object) -> None:
    import pyuff

    pyuff.UFF(str(path)).write_sets({**_TABLE["uff_dataset"](X), **changes}, mode="add")


def test_other_datasets_and_spectra_are_stepped_over(tmp_path: Path) -> None:
    import pyuff

    path = tmp_path / "a.uff"
    units = {
        "type": 164, "units_code": 1, "units_description": "SI", "temp_mode": 1,
        "length": 1.0, "force": 1.0, "temp": 1.0, "temp_offset": 273.15,
    }  # fmt: skip
    pyuff.UFF(str(path)).write_sets(units, mode="add")
    write(path, func_type=2, rsp_node=7)
    write(path, rsp_node=8)
    recording = read_recording(path)
    assert recording.provenance.channels_available == ("8+Z",)


def test_an_unknown_unit_label_is_told_and_not_used(tmp_path: Path) -> None:
    write(tmp_path / "a.uff", ordinate_axis_units_lab="furlongs")
    recording = read_recording(tmp_path / "a.uff")
    assert recording.unit is None
    assert any("'furlongs'" in note for note in recording.provenance.notes)


def test_a_zero_step_is_an_impossible_rate(tmp_path: Path) -> None:
    path = tmp_path / "a.uff"
    write(path)
    path.write_bytes(path.read_bytes().replace(b"3.90625e-05", b"0.00000e+00"))
    with pytest.raises(ReadError, match="states a sampling rate of inf Hz"):
        read_recording(path)


def test_a_file_that_ends_inside_a_dataset(tmp_path: Path) -> None:
    path = tmp_path / "a.uff"
    write(path, rsp_node=1)
    write(path, rsp_node=2)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ReadError, match="is truncated"):
        read_recording(path)


def test_more_than_256_mib_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.uff"
    write(path)
    with path.open("r+b") as file:
        file.truncate(2**28 + 1)
    with pytest.raises(ReadError, match="allowed are 256 MiB"):
        read_recording(path)
