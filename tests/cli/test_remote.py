"""``palier --server URL diagnose``: the same answer as here, made there."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.api.house import House, damaged, open_house

from palier.cli.main import main

KNOWN = ["--bearing", "6205", "--sampling-rate", "12000", "--unit", "g", "--speed-rpm", "1500"]


@pytest.fixture(scope="module")
def house(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    over = threading.Event()
    with open_house(tmp_path_factory.mktemp("house"), migrated_sqlite) as made:

        def work() -> None:
            while not over.wait(0.02):
                made.work()

        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield made
        finally:
            over.set()
            thread.join()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("files")
    return [damaged(folder, "a.npy"), damaged(folder, "b.npy", seed=2)]


@pytest.fixture
def palier(house: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PALIER_API_KEY", house.keys["analyst"])

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(main, [str(a) for a in arguments])

    return run


def test_one_file_reads_as_if_diagnosed_here(palier, house: House, files: list[Path]) -> None:
    here, there = palier("diagnose", files[0], *KNOWN), palier("--server", house.url, "diagnose", files[0], *KNOWN)
    assert (there.exit_code, there.stderr) == (0, "")
    assert there.stdout == here.stdout
    assert "outer-race" in there.stdout


def test_json_is_the_same_but_for_who_stated_the_bearing(palier, house: House, files: list[Path]) -> None:
    asked = ["diagnose", *files, *KNOWN, "--json", "-"]
    here, there = (json.loads(r.stdout) for r in (palier(*asked), palier("--server", house.url, *asked)))
    for document in (here, there):
        for row in document["results"]:
            row["diagnosis"]["bearing"].pop("provenance")
            row["diagnosis"]["assumptions"] = len(row["diagnosis"]["assumptions"])
    assert there == here


def test_a_table_reports_and_a_file_that_cannot_be_read(
    palier, house: House, files: list[Path], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.csv"
    broken.write_text("no,numbers\nhere,at all\n")
    result = palier("--server", house.url, "diagnose", *files, broken, *KNOWN, "--report", tmp_path / "reports")
    assert result.exit_code == 2
    assert "3 recordings: 2 with damage, 1 not processed" in result.stdout
    assert "broken.csv" in result.stderr
    assert sorted(p.name for p in (tmp_path / "reports").iterdir()) == ["a.html", "b.html"]


def test_a_baseline_is_sent_too(palier, house: House, files: list[Path]) -> None:
    result = palier("--server", house.url, "diagnose", files[0], *KNOWN, "--baseline", files[1])
    assert result.exit_code == 0, result.stderr


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--format", "csv"], "--format is for files read here"),
        (["--report", "x.pdf"], "with --server allowed are .html"),
        (["--model", "nobody"], "no model 'nobody' on the server; there are none"),
        (["--bearing", "no such bearing"], "bearing"),
    ],
)
def test_what_a_server_does_not_do_is_said(
    palier, house: House, files: list[Path], options: list[str], why: str
) -> None:
    result = palier("--server", house.url, "diagnose", files[0], *KNOWN, *options)
    assert result.exit_code == 2
    assert why in result.stderr


def test_the_key_comes_from_a_file_or_the_environment(
    palier, house: House, files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "key"
    key.write_text(house.keys["analyst"] + "\n")
    monkeypatch.delenv("PALIER_API_KEY")
    monkeypatch.setenv("PALIER_SERVER", house.url)
    assert palier("--key-file", key, "diagnose", files[0], *KNOWN).exit_code == 0
    missing = palier("diagnose", files[0], *KNOWN)
    assert (missing.exit_code, "needs an API key" in missing.stderr) == (2, True)
    unreadable = palier("--key-file", tmp_path / "none", "diagnose", files[0])
    assert "cannot be read" in unreadable.stderr
    assert palier("bearings", "6205").exit_code == 0
    refused = palier("--server", house.url, "bearings")
    assert "--server is for diagnose, not for bearings" in refused.stderr
    monkeypatch.setenv("PALIER_API_KEY", "palier_wrong")
    assert palier("diagnose", files[0], *KNOWN).exit_code == 2
