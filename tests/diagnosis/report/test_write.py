import os
import re
import runpy
import shutil
import zlib
from pathlib import Path

import pytest

from palier.diagnosis.report import render_html, write_report
from palier.diagnosis.report.write import find_chromium
from palier.errors import MissingToolError, OutputError, ParameterError

_CASES = runpy.run_path(str(Path(__file__).with_name("cases.py")))
diagnosed = _CASES["diagnosed"]

CHROMIUM = next((p for n in ("chromium", "chromium-browser", "google-chrome") if (p := shutil.which(n))), None)
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


def page_count(pdf: bytes) -> int:
    """Count the pages of a PDF, whose page objects may lie in compressed streams."""
    streams = [m.group(1) for m in re.finditer(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)]
    parts = [pdf]
    for stream in streams:
        try:
            parts.append(zlib.decompress(stream))
        except zlib.error:
            continue  # a picture or a font of another coding
    return sum(len(re.findall(rb"/Type\s*/Page\b(?!s)", part)) for part in parts)


@pytest.fixture
def fake_chromium(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def make(script: str) -> Path:
        program = tmp_path / "tools" / "browser"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PALIER_CHROMIUM", str(program))
        return program

    return make


def test_html_is_written_as_rendered_and_folders_are_made(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "Report.HTML"
    write_report(path, *diagnosed("outer_race"))
    assert path.read_bytes() == render_html(*diagnosed("outer_race")).encode()
    assert [p.name for p in path.parent.iterdir()] == ["Report.HTML"]


def test_a_report_that_exists_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "r.html"
    path.write_text("old")
    write_report(path, *diagnosed("not_enough_data"))
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("name", ["r.txt", "r", "r.html.gz", "r.docx"])
def test_other_endings_are_refused_with_the_allowed_ones(tmp_path: Path, name: str) -> None:
    with pytest.raises(ParameterError, match=re.escape(".html and .pdf")):
        write_report(tmp_path / name, *diagnosed("not_enough_data"))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="cannot be written"):
        write_report(tmp_path / "file" / "r.html", *diagnosed("not_enough_data"))
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_a_report_in_the_place_of_a_folder_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "r.html" / "inside").mkdir(parents=True)
    with pytest.raises(OutputError, match=r"r\.html cannot be written"):
        write_report(tmp_path / "r.html", *diagnosed("not_enough_data"))
    assert [p.name for p in tmp_path.iterdir()] == ["r.html"]
    assert [p.name for p in (tmp_path / "r.html").iterdir()] == ["inside"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_an_output_error(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    with pytest.raises(OutputError, match="choose a folder that you may write to"):
        write_report(folder / "r.html", *diagnosed("not_enough_data"))
    assert list(folder.iterdir()) == []


def test_without_chromium_a_pdf_names_what_is_missing_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PALIER_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingToolError, match=r"chromium, .*install it .*ask for \.html"):
        write_report(tmp_path / "r.pdf", *diagnosed("not_enough_data"))
    assert list(tmp_path.iterdir()) == []


def test_a_named_chromium_that_is_not_there_is_told_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PALIER_CHROMIUM", "no-such-browser")
    with pytest.raises(MissingToolError, match="PALIER_CHROMIUM=no-such-browser"):
        find_chromium()


def test_a_browser_that_fails_is_an_output_error_with_its_last_words(tmp_path: Path, fake_chromium) -> None:
    fake_chromium("echo first >&2; echo 'display is on fire' >&2; exit 3")
    with pytest.raises(OutputError, match=r"display is on fire.*ask for \.html"):
        write_report(tmp_path / "out" / "r.pdf", *diagnosed("not_enough_data"))
    assert list((tmp_path / "out").iterdir()) == []


def test_a_browser_that_prints_nothing_is_an_output_error(tmp_path: Path, fake_chromium) -> None:
    fake_chromium("exit 0")
    (tmp_path / "r.pdf").write_bytes(b"old")
    with pytest.raises(OutputError, match="did not print the PDF"):
        write_report(tmp_path / "r.pdf", *diagnosed("not_enough_data"))
    assert (tmp_path / "r.pdf").read_bytes() == b"old"


def test_a_browser_that_hangs_is_stopped(tmp_path: Path, fake_chromium, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_chromium("exec sleep 60")
    monkeypatch.setattr("palier.diagnosis.report.write._PRINT_LIMIT_S", 0.2)
    with pytest.raises(OutputError, match="was stopped"):
        write_report(tmp_path / "out" / "r.pdf", *diagnosed("not_enough_data"))
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.browser
@needs_chromium
@pytest.mark.parametrize(("kind", "most"), [("not_enough_data", 3), ("zone", 5)])
def test_a_pdf_is_printed_with_all_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, most: int) -> None:
    monkeypatch.delenv("PALIER_CHROMIUM", raising=False)
    path = tmp_path / "out" / "r.pdf"
    write_report(path, *diagnosed(kind))
    pdf = path.read_bytes()
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    assert 1 <= page_count(pdf) <= most
    assert [p.name for p in path.parent.iterdir()] == ["r.pdf"]
