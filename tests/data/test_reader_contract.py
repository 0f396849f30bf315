"""What every reader promises, checked for each kind of file; a new one joins by a row in ``reader_cases.py``."""

import hashlib
import os
import re
import runpy
import socket
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from palier.core.recording import Declared, Recording
from palier.data.read import SUPPORTED_SUFFIXES, find_recordings, read_here, read_recording, reader_names
from palier.data.source import open_source
from palier.errors import DeclarationError, PalierError, ParameterError, ReadError

_TABLE = runpy.run_path(str(Path(__file__).with_name("reader_cases.py")))
CASES, RATE_HZ, two_channels = _TABLE["CASES"], _TABLE["RATE_HZ"], _TABLE["two_channels"]

each_case = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
each_refusal = pytest.mark.parametrize(
    ("case", "words"), [(case, words) for case in CASES for words in case.refused],
    ids=[f"{case.name}-{words[:30]}" for case in CASES for words in case.refused],
)  # fmt: skip


def written(case: Any, folder: Path) -> Path:
    path = folder / case.file_name
    case.write(path, two_channels())
    return path


@each_case
def test_samples_and_what_the_file_states_come_back(case: Any, tmp_path: Path) -> None:
    path = written(case, tmp_path)
    recording = read_recording(path, channels="all")
    assert recording.samples.dtype == np.float32
    assert not recording.samples.flags.writeable
    assert recording.channel_names == case.channels
    np.testing.assert_allclose(recording.samples, two_channels(), rtol=0, atol=case.full_scale * 1.01)
    assert recording.sampling_rate_hz == (RATE_HZ if case.states_rate else None)
    assert recording.unit == ("g" if case.states_unit else None)
    assert recording.speed_hz is None
    assert recording.bearing_name is None
    assert recording.provenance.reader == case.reader
    assert recording.provenance.source == case.file_name
    assert recording.provenance.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert recording.provenance.channels_available == case.channels
    assert recording.provenance.speed_origin is None


@each_case
def test_one_channel_is_taken_and_the_rule_is_told(case: Any, tmp_path: Path) -> None:
    recording = read_recording(written(case, tmp_path))
    assert recording.channel_names == case.channels[:1]
    assert any("the first of 2 equally long channels" in note for note in recording.provenance.notes)
    assert len(recording.provenance.notes) == len(set(recording.provenance.notes))


@each_case
@pytest.mark.parametrize("by", [0, 1, "1", "UPPER"])
def test_a_channel_is_found_by_name_and_by_number(case: Any, by: int | str, tmp_path: Path) -> None:
    wanted = {0: case.channels[0], 1: case.channels[1], "1": "1", "UPPER": case.channels[1].upper()}[by]
    recording = read_recording(written(case, tmp_path), declared=Declared(channel=wanted))
    i = 0 if by == 0 else 1
    assert recording.channel_names == (case.channels[i],)
    np.testing.assert_allclose(recording.samples[0], two_channels()[i], rtol=0, atol=case.full_scale * 1.01)


@each_case
def test_a_channel_that_does_not_exist_is_an_error_that_lists_the_channels(case: Any, tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match=re.escape(", ".join(case.channels))):
        read_recording(written(case, tmp_path), declared=Declared(channel="nowhere"))


@each_case
def test_what_is_declared_wins_and_a_contradiction_is_told(case: Any, tmp_path: Path) -> None:
    declared = Declared(sampling_rate_hz=48_000.0, unit="mm/s", speed_hz=25.0, bearing_name="6205")
    recording = read_recording(written(case, tmp_path), declared=declared)
    assert recording.sampling_rate_hz == 48_000.0
    assert recording.unit == "mm/s"
    assert recording.speed_hz == 25.0
    assert recording.bearing_name == "6205"
    assert recording.provenance.speed_origin == "declared"
    told = [note for note in recording.provenance.notes if "contradiction" in note]
    assert len(told) == case.states_rate + case.states_unit
    assert any("48000 Hz" in note and "25600 Hz" in note for note in told) == case.states_rate


@each_case
def test_declaring_what_the_file_says_is_no_contradiction(case: Any, tmp_path: Path) -> None:
    recording = read_recording(written(case, tmp_path), declared=Declared(sampling_rate_hz=RATE_HZ, unit="g"))
    assert not any("contradiction" in note for note in recording.provenance.notes)


@each_case
@pytest.mark.parametrize("rate_hz", [0.0, -1.0, float("nan"), float("inf")])
def test_an_impossible_declared_rate_is_refused(case: Any, rate_hz: float, tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="declare a positive number"):
        read_recording(written(case, tmp_path), declared=Declared(sampling_rate_hz=rate_hz))


@each_refusal
def test_unusable_content_is_refused_with_its_reason(case: Any, words: str, tmp_path: Path) -> None:
    path = tmp_path / case.file_name
    case.refused[words](path)
    with pytest.raises(ReadError, match=words) as caught:
        read_recording(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


@each_case
def test_a_file_cut_anywhere_is_read_whole_or_refused(case: Any, tmp_path: Path) -> None:
    path = written(case, tmp_path)
    whole, expected = path.read_bytes(), read_recording(path)
    for n_bytes in sorted(
        {1, 7, 8, 64, 128, 132, 511, 513, *(len(whole) * i // 23 for i in range(1, 23)), len(whole) - 1}
    ):
        if n_bytes >= len(whole):
            continue
        path.write_bytes(whole[:n_bytes])
        try:
            recording = read_recording(path)
        except PalierError:
            continue
        # Text may end between two lines, and some formats carry what is not needed at their end.
        n = recording.n_samples
        assert n == expected.n_samples or case.reader == "delimited"
        np.testing.assert_array_equal(recording.samples[0, : n - 1], expected.samples[0, : n - 1])


@each_case
def test_the_content_counts_and_not_the_name(case: Any, tmp_path: Path) -> None:
    path = written(case, tmp_path)
    renamed = path.rename(tmp_path / "recording.dat")
    recording = read_recording(renamed, declared=Declared(channel="1"))
    np.testing.assert_allclose(recording.samples[0], two_channels()[1], rtol=0, atol=case.full_scale * 1.01)
    assert recording.provenance.reader == case.reader


def test_a_name_that_misleads_is_told(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", two_channels()[0])
    (tmp_path / "a.npy").rename(tmp_path / "a.wav")
    notes = read_recording(tmp_path / "a.wav").provenance.notes
    assert notes[0] == "the name ends in .wav, but the content is NumPy: it was read as that"


@each_case
def test_names_in_any_script_are_allowed(case: Any, tmp_path: Path) -> None:
    path = tmp_path / ("Wälzlager № 1 轴承 " + case.file_name)
    case.write(tmp_path / case.file_name, two_channels())
    (tmp_path / case.file_name).rename(path)
    assert read_recording(path).provenance.source == path.name


@each_case
def test_a_forced_format_that_the_content_contradicts_is_refused(case: Any, tmp_path: Path) -> None:
    other = "tdms" if case.reader != "tdms" else "wav"
    with pytest.raises(ReadError, match="by its content; allowed is"):
        read_recording(written(case, tmp_path), format=other)
    assert read_recording(written(case, tmp_path), format=case.reader).provenance.reader == case.reader


@pytest.mark.parametrize("case", {case.reader: case for case in CASES}.values(), ids=lambda case: case.reader)
def test_reading_needs_little_more_memory_than_the_samples(case: Any, tmp_path: Path) -> None:
    import tracemalloc

    n = 400_000 if case.reader != "uff58" else 100_000
    path = tmp_path / case.file_name
    case.write(path, np.tile(two_channels(), n // 400))
    read_in_this_process(path)  # what is imported and cached once does not count
    tracemalloc.start()
    recording = read_in_this_process(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert recording.n_samples == n
    # Blocks of 1 MiB and what the parsers make of them come on top. pyuff holds the whole file, several times over.
    allowed = 20 * 4 * n if case.reader == "uff58" else 3 * 4 * n + 10 * 2**20
    assert peak < allowed


def read_in_this_process(path: Path) -> Recording:
    with open_source(path) as source:
        return read_here(source, Declared(), None, "one")


def test_every_reader_and_suffix_has_a_case() -> None:
    sets = {"cwru", "hit_sm_mfs", "mfpt", "femto", "gearbox_openei"}
    assert {case.reader for case in CASES} | sets == set(reader_names())
    assert {case.file_name[1:] for case in CASES} <= set(SUPPORTED_SUFFIXES)


# --- files that are no files, and content that is no recording ------------------------------------------------------


def test_a_missing_file() -> None:
    with pytest.raises(ReadError, match="does not exist"):
        read_recording("nowhere/there.mat")


def test_a_path_through_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.mat").write_bytes(b"x")
    with pytest.raises(ReadError, match="does not exist"):
        read_recording(tmp_path / "a.mat" / "b.mat")


@pytest.mark.parametrize("name", ["a\0b.mat", "x" * 5000])
def test_an_impossible_path(name: str) -> None:
    with pytest.raises(ReadError, match="is no possible path"):
        read_recording(name)


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="is a folder"):
        read_recording(tmp_path)


@pytest.mark.parametrize("suffix", SUPPORTED_SUFFIXES)
def test_an_empty_file(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    path.touch()
    with pytest.raises(ReadError, match="is empty"):
        read_recording(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes have no names here")
def test_a_pipe_does_not_hang(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    os.mkfifo(path)
    with pytest.raises(ReadError, match="is a pipe"):
        read_recording(path)


def test_a_socket_and_a_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("a.csv")
        with pytest.raises(ReadError, match="is a socket"):
            read_recording("a.csv")
    with pytest.raises(ReadError, match="is a device"):
        read_recording(os.devnull)


def test_a_link_to_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.symlink_to(path)
    with pytest.raises(ReadError, match="leads back to itself"):
        read_recording(path)


def test_a_file_without_permission(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("1\n2\n")
    path.chmod(0)
    user = os.geteuid()
    try:
        if user == 0:
            os.seteuid(65534)  # root may read everything
        with pytest.raises(ReadError, match="no permission"):
            read_recording(path)
    finally:
        os.seteuid(user)


@pytest.mark.parametrize("suffix", SUPPORTED_SUFFIXES)
def test_more_than_2_gib_is_refused_unread(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    with path.open("wb") as file:
        file.truncate(2**31 + 1)
    with pytest.raises(ReadError, match="allowed are 2 GiB"):
        read_recording(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "a PNG image"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"PK\x03\x04" + bytes(22) + b"\x08\0\0\0xl/a.xml", "an Office document"),
        (b"<!DOCTYPE html><html>404</html>", "a web page"),
        (b'{"a": 1}', "a JSON document"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 3\n", "a Git LFS pointer"),
        (b"\x80\x04\x95\x0b", "a Python pickle"),
        (b"\x28\xb5\x2f\xfd" + bytes(9), "a Zstandard archive"),
        (bytes(range(256)) * 4, "its content bears no known mark"),
    ],
)
@pytest.mark.parametrize("suffix", SUPPORTED_SUFFIXES)
def test_content_of_another_kind_is_named(content: bytes, words: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(content)
    with pytest.raises(ReadError, match=words):
        read_recording(path)


def test_an_unknown_format_name_lists_the_readers() -> None:
    with pytest.raises(ParameterError, match="matlab, delimited, wav"):
        read_recording("a.mat", format="excel")


def test_a_declared_unit_must_be_one_of_the_four(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("1\n2\n")
    with pytest.raises(DeclarationError, match="allowed are g, m/s"):
        read_recording(path, declared=Declared(unit="furlong"))  # type: ignore[arg-type]


# --- folders ----------------------------------------------------------------------------------------------------------


def test_folders_are_searched_sorted_and_without_loops(tmp_path: Path) -> None:
    for name in ("b/z.mat", "b/a.CSV", "a.csv.gz", "b/notes.md", ".hidden.csv", ".git/x.csv", "b/c/d.wav"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "b" / "back").symlink_to(tmp_path, target_is_directory=True)
    found = find_recordings([tmp_path, tmp_path / "b" / "z.mat", "nowhere.mat"])
    names = [str(p.relative_to(tmp_path)) if p.is_relative_to(tmp_path) else str(p) for p in found]
    assert names == ["a.csv.gz", "b/a.CSV", "b/z.mat", "b/c/d.wav", "nowhere.mat"]


def test_a_folder_without_recordings_is_kept_so_that_reading_it_says_so(tmp_path: Path) -> None:
    assert find_recordings([tmp_path]) == [tmp_path]
    with pytest.raises(ReadError, match="holds no recording"):
        read_recording(tmp_path)
