"""Text tables as programs of several countries and makers write them."""

import gzip
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.core.recording import Declared
from palier.data.read import read_recording
from palier.errors import ReadError

X = np.round(np.sin(np.arange(60) * 1.7), 3)
NUMBERS = [f"{v:.3f}" for v in X]


def rows(*columns: Iterable[object], delimiter: str = ",") -> str:
    return "\n".join(delimiter.join(map(str, row)) for row in zip(*columns, strict=True)) + "\n"


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "a.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


STAMPS = [f"{i / 1000:.3f}" for i in range(60)]

TABLES = {
    "one column": rows(NUMBERS),
    "one column and blank lines": "\n\n" + rows(NUMBERS) + "\n\n",
    "header": "acc\n" + rows(NUMBERS),
    "header in quotes": '"time, s","acc, x"\n' + rows(STAMPS, NUMBERS),
    "numbers in quotes": rows([f'"{s}"' for s in STAMPS], [f'"{v}"' for v in NUMBERS]),
    "tabs": "time\tacc\n" + rows(STAMPS, NUMBERS, delimiter="\t"),
    "semicolons": "time;acc\n" + rows(STAMPS, NUMBERS, delimiter=";"),
    "bars": "time|acc\n" + rows(STAMPS, NUMBERS, delimiter="|"),
    "blanks": "time acc\n" + rows(STAMPS, NUMBERS, delimiter="   "),
    "comma and blank": "time, acc\n" + rows(STAMPS, NUMBERS, delimiter=", "),
    "delimiter at the end": "time,acc,\n" + rows(STAMPS, NUMBERS, [""] * 60),
    "decimal comma": "time;acc\n" + rows(STAMPS, NUMBERS, delimiter=";").replace(".", ","),
    "decimal comma, one column": rows(NUMBERS).replace(".", ","),
    "decimal comma, tabs": "time\tacc\n" + rows(STAMPS, NUMBERS, delimiter="\t").replace(".", ","),
    "DOS line ends": rows(STAMPS, NUMBERS).replace("\n", "\r\n"),
    "old Macintosh line ends": rows(STAMPS, NUMBERS).replace("\n", "\r"),
    "no last line end": rows(STAMPS, NUMBERS)[:-1],
    "exponents": rows([f"{v:e}" for v in X]),
    "preamble": "Rig: pump 3\nOperator: A. N. Other\n\ntime,acc\n" + rows(STAMPS, NUMBERS),
    "comment signs": "# made by hand\n# time acc\n" + rows(STAMPS, NUMBERS, delimiter=" "),
    "row numbers": ",time,acc\n" + rows(range(60), STAMPS, NUMBERS),
    "labels": "time,state,acc\n" + rows(STAMPS, ["ok"] * 60, NUMBERS),
    "names 0 and 1": "0,1\n" + rows(STAMPS, NUMBERS),
    "one long row": ",".join(NUMBERS) + "\n",
    "one long row without end": " ".join(NUMBERS),
    "units in a row of their own": "time,acc\ns,g\n" + rows(STAMPS, NUMBERS),
}


@pytest.mark.parametrize("name", TABLES)
def test_layouts(name: str, tmp_path: Path) -> None:
    recording = read_recording(written(tmp_path, TABLES[name]))
    np.testing.assert_array_equal(recording.samples[0], X.astype(np.float32))
    assert recording.provenance.channels_available == recording.channel_names
    has_time = any(word in TABLES[name] for word in STAMPS[5:6]) or "0,005" in TABLES[name]
    assert recording.sampling_rate_hz == (1000.0 if has_time else None)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encodings(codec: str, tmp_path: Path) -> None:
    content = "t [µs];a [m/s²]\n" + rows([i * 100 for i in range(60)], NUMBERS, delimiter=";")
    data = content.encode(codec) if codec != "utf-16-le" else b"\xff\xfe" + content.encode(codec)
    recording = read_recording(written(tmp_path, data))
    np.testing.assert_array_equal(recording.samples[0], X.astype(np.float32))
    assert recording.sampling_rate_hz == 10_000.0
    assert recording.unit == "m/s^2"


def test_what_the_preamble_says_is_used(tmp_path: Path) -> None:
    head = "Sampling rate: 12,8 kHz\nSpeed = 1490 rpm\nUnit;m/s2\nStart time,2024-05-01T10:00:00+02:00\n"
    recording = read_recording(written(tmp_path, head + "a;b\n" + rows(NUMBERS, NUMBERS, delimiter=";")))
    assert recording.sampling_rate_hz == 12_800.0
    assert recording.speed_hz == pytest.approx(1490 / 60)
    assert recording.unit == "m/s^2"
    assert recording.start_time is not None
    assert recording.start_time.isoformat() == "2024-05-01T10:00:00+02:00"


def test_nothing_is_guessed_without_a_time_column(tmp_path: Path) -> None:
    recording = read_recording(written(tmp_path, rows(NUMBERS, NUMBERS)))
    assert recording.sampling_rate_hz is None
    assert recording.unit is None
    assert recording.start_time is None
    assert "sampling rate undeclared: the file does not state it; declare it in Hz" in recording.provenance.notes


@pytest.mark.parametrize(
    ("name", "scale"),
    [
        ("time", 1e3),
        ("t [s]", 1e3),
        ("Time (ms)", 1e6),
        ("time_us", 1e9),
        ("Zeit [ms]", 1e6),
        ("elapsed [min]", 1e3 / 60),
    ],
)
def test_units_of_time(name: str, scale: float, tmp_path: Path) -> None:
    recording = read_recording(written(tmp_path, f"{name},a\n" + rows(STAMPS, NUMBERS)))
    assert recording.sampling_rate_hz == pytest.approx(scale, rel=1e-9)


def test_dates_and_times_give_the_rate(tmp_path: Path) -> None:
    stamps = [f"2024-02-29 23:59:{i / 1000:06.3f}" for i in range(60)]
    assert read_recording(written(tmp_path, "when,a\n" + rows(stamps, NUMBERS))).sampling_rate_hz == 1000.0
    clock = [f"08:15:{i / 1000:06.3f}" for i in range(60)]
    assert read_recording(written(tmp_path, "when,a\n" + rows(clock, NUMBERS))).sampling_rate_hz == 1000.0
    zoned = [f"2024-02-29T08:15:{i / 1000:06.3f}+02:00" for i in range(60)]
    assert read_recording(written(tmp_path, "when,a\n" + rows(zoned, NUMBERS))).sampling_rate_hz == 1000.0


def test_dates_run_on_over_midnight_and_over_many_blocks(tmp_path: Path) -> None:
    start = np.datetime64("2024-02-29T23:59:30", "us")
    stamps = start + np.arange(60_000) * np.timedelta64(1, "ms")
    recording = read_recording(written(tmp_path, "when,a\n" + rows(stamps.astype(str), NUMBERS * 1000)))
    assert recording.sampling_rate_hz == 1000.0
    assert recording.n_samples == 60_000


def test_rounded_stamps_still_give_the_exact_rate(tmp_path: Path) -> None:
    stamps = [f"{i / 25600:.6f}" for i in range(60)]  # steps of 39 and 40 µs
    recording = read_recording(written(tmp_path, "t,a\n" + rows(stamps, NUMBERS)))
    assert recording.sampling_rate_hz == pytest.approx(25_600, rel=1e-3)
    assert any("time steps differ from their median" in note for note in recording.provenance.notes)


def test_declaring_the_rate_rescues_coarse_stamps(tmp_path: Path) -> None:
    path = written(tmp_path, "t,a\n" + rows([f"{i / 25600:.3f}" for i in range(60)], NUMBERS))
    with pytest.raises(ReadError, match="do not increase"):
        read_recording(path)
    recording = read_recording(path, declared=Declared(sampling_rate_hz=25_600))
    assert recording.sampling_rate_hz == 25_600
    assert any("time stamps were not used" in note for note in recording.provenance.notes)


def test_a_missing_sample_is_noticed(tmp_path: Path) -> None:
    kept = [i for i in range(60) if i != 30]
    path = written(tmp_path, "t,a\n" + rows([STAMPS[i] for i in kept], [NUMBERS[i] for i in kept]))
    with pytest.raises(ReadError, match="the time step from sample 29 to 30 is 2 times"):
        read_recording(path)


def test_the_comma_between_whole_numbers_is_judged_by_its_zeros(tmp_path: Path) -> None:
    decimal = read_recording(written(tmp_path, "".join(f"0,{i:03d}\n" for i in range(40))))
    np.testing.assert_allclose(decimal.samples[0], np.arange(40) / 1000, rtol=1e-6)
    assert any("read as decimal mark" in note for note in decimal.provenance.notes)
    two = read_recording(written(tmp_path, "".join(f"{i % 3},{9 - i % 5}\n" for i in range(40))), channels="all")
    assert two.samples.shape == (2, 40)
    assert any("if the comma is a decimal mark" in note for note in two.provenance.notes)


def test_columns_with_one_name_are_told_apart(tmp_path: Path) -> None:
    recording = read_recording(written(tmp_path, "a,a\n" + rows(NUMBERS, NUMBERS)), channels="all")
    assert recording.channel_names == ("a", "a (1)")


def test_errors_name_the_line_also_in_later_blocks(tmp_path: Path) -> None:
    lines = ["a,b", *(f"{i / 7:.6f},{i / 9:.6f}" for i in range(120_000))]
    lines[100_000] = "1.5,oops"
    with pytest.raises(ReadError, match="'oops' in line 100001, column b"):
        read_recording(written(tmp_path, "\n".join(lines)), declared=Declared(channel="b"))
    lines[100_000] = "1.5"
    with pytest.raises(ReadError, match="1 fields in line 100001"):
        read_recording(written(tmp_path, "\n".join(lines)))


def test_several_long_rows_are_refused(tmp_path: Path) -> None:
    row = ",".join(NUMBERS * 200)
    with pytest.raises(ReadError, match=r"several long rows|columns; allowed|one sample per row"):
        read_recording(written(tmp_path, row + "\n" + row + "\n"))


def test_gzip_in_several_members(tmp_path: Path) -> None:
    half = [gzip.compress(rows(part).encode()) for part in (NUMBERS[:30], NUMBERS[30:])]
    path = tmp_path / "a.csv.gz"
    path.write_bytes(b"".join(half))
    np.testing.assert_array_equal(read_recording(path).samples[0], X.astype(np.float32))


def test_compressed_content_under_a_plain_name_is_read_and_told(tmp_path: Path) -> None:
    path = written(tmp_path, gzip.compress(rows(NUMBERS).encode()))
    assert any("gzip-compressed" in note for note in read_recording(path).provenance.notes)


@given(
    values=st.lists(st.floats(-1e6, 1e6, width=32), min_size=4, max_size=40),
    delimiter=st.sampled_from([";", "\t", "|"]),
    comma=st.booleans(),
    named=st.booleans(),
)
def test_what_is_written_is_read(
    values: list[float], delimiter: str, comma: bool, named: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    body = rows([repr(v + 0.5) for v in values], [repr(v) for v in values], delimiter=delimiter)
    content = (f"p{delimiter}q\n" if named else "") + (body.replace(".", ",") if comma else body)
    path = written(tmp_path_factory.mktemp("d"), content)
    recording = read_recording(path, declared=Declared(sampling_rate_hz=1.0), channels="all")
    expected = np.array(values).astype(np.float32)
    np.testing.assert_array_equal(recording.samples[-1], expected)
