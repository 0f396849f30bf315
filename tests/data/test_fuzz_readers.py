"""Damaged files of every kind give a recording or one clear PalierError: no traceback, no crash, no hang."""

import importlib.util
import os
import runpy
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from palier.core.recording import Recording
from palier.data.read import read_recording
from palier.errors import PalierError

_TABLE = runpy.run_path(str(Path(__file__).with_name("reader_cases.py")))
CASES = _TABLE["CASES"]

each_case = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


def must_not_escape(path: Path) -> Recording | None:
    try:
        return read_recording(path)
    except PalierError as error:
        message = str(error)
    assert "\n" not in message
    assert message.startswith((str(path), path.name)), "the message must name the file"
    return None


@cache
def whole(name: str, folder: Path) -> bytes:
    case = next(case for case in CASES if case.name == name)
    path = folder / f"whole-{name}{case.file_name[1:]}"
    case.write(path, _TABLE["two_channels"](60))
    return path.read_bytes()


@st.composite
def damages(draw: Callable[..., Any]) -> list[tuple[str, float, bytes]]:
    """Return what to do to a file: where (as a share of its length), and with which bytes."""
    kinds = st.sampled_from(["cut", "overwrite", "insert", "remove"])
    nasty = st.sampled_from(
        [b"\0", b"\xff", b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\x80", b"\0" * 8, b"\xff" * 8]
    )
    # Heads decide more than bodies, so that half of the damage is done there.
    places = st.one_of(st.floats(0, 0.1), st.floats(0, 1))
    return draw(
        st.lists(st.tuples(kinds, places, st.one_of(nasty, st.binary(min_size=1, max_size=12))), min_size=1, max_size=4)
    )


def damaged(data: bytes, steps: list[tuple[str, float, bytes]]) -> bytes:
    for kind, share, piece in steps:
        at = int(share * len(data))
        if kind == "cut":
            data = data[:at]
        elif kind == "overwrite":
            data = data[:at] + piece + data[at + len(piece) :]
        elif kind == "insert":
            data = data[:at] + piece + data[at:]
        else:
            data = data[:at] + data[at + len(piece) :]
    return data


@each_case
@given(steps=damages())
def test_damaged_files(
    case: Any, steps: list[tuple[str, float, bytes]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp()
    path = folder / f"damaged{case.file_name[1:]}"
    path.write_bytes(damaged(whole(case.name, folder), steps))
    must_not_escape(path)


_MARKS = [
    b"", b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM", b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM",
    b"\x89HDF\r\n\x1a\n", b"RIFF\xff\xff\0\0WAVEfmt \x10\0\0\0", b"\x93NUMPY\x01\0", b"PK\x03\x04", b"PAR1", b"TDSm",
    b"\x1f\x8b\x08\0", b"    -1\n    58\n", b"\xff\xfe", b"1,2\n",
]  # fmt: skip


@given(mark=st.sampled_from(_MARKS), rest=st.binary(max_size=300))
@example(mark=b"PAR1", rest=b"\0\0\0\0PAR1")
@example(mark=b"", rest=b"PK\x05\x06" + bytes(18))
def test_any_bytes_behind_any_mark(mark: bytes, rest: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "anything.bin"
    path.write_bytes(mark + rest)
    must_not_escape(path)


@settings(max_examples=300)
@given(
    content=st.one_of(
        st.text(st.sampled_from('0123456789.,;\t|- +eE\n\r"#:naifT')),
        st.lists(
            st.lists(st.sampled_from(["1", "-2.5", "3,5", "", "x", "nan", "1e5", "12:00:00.5", '"4"', "time"])),
            max_size=9,
        ).map(lambda rows: "\n".join(",".join(row) for row in rows)),
    )
)
@example(content='"')
@example(content="\n\n\n")
@example(content=",,,\n,,,\n")
@example(content="12:00:00\n12:00:01\n99:99:99\n")
def test_any_text(content: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "anything.csv"
    path.write_bytes(content.encode())
    must_not_escape(path)


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is not installed")
@pytest.mark.parametrize(
    "name", ["matlab5", "matlab7", "csv", "csv.gz", "wav 24", "npy", "npz compressed", "uff58", "uff58b", "tdms"]
)
def test_guided_fuzzing(name: str, tmp_path: Path) -> None:
    """Formats that are read in a child process are fuzzed above; here only what runs in this one."""
    target = Path(__file__).with_name("fuzz_target.py")
    run = subprocess.run(
        [sys.executable, str(target), name, os.environ.get("PALIER_FUZZ_RUNS", "20000"), str(tmp_path)],
        capture_output=True, text=True, timeout=900, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-4000:]
