"""``palier dataset import | split | leaks``, as a user calls them."""

import json
from pathlib import Path

import h5py
import numpy as np
import pytest
from click.testing import CliRunner, Result

from palier.cli.main import main
from palier.core.dataset import LabelledRecord
from palier.core.recording import Recording
from palier.data import Dataset, open_dataset
from palier.data.importing import FileSource


def palier(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments])


def one_line(result: Result) -> str:
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    return result.stderr


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    """Two records of each of four bearings of two classes."""
    rng = np.random.default_rng(0)
    folder = tmp_path / "recordings"
    folder.mkdir()
    for bearing, label in ((1, "wear"), (2, "ok"), (3, "wear"), (4, "ok")):
        for take in range(2):
            np.save(folder / f"{label}_b{bearing}_{take}.npy", rng.normal(size=3000))
    return folder


STATED = (
    "--kind", "journal", "--label-pattern", "^([a-z]+)_", "--bearing-key", r"pattern:_(b\d)_", "--sampling-rate",
    "1000", "--unit", "g",
)  # fmt: skip


@pytest.fixture
def dataset(recordings: Path, tmp_path: Path) -> Path:
    result = palier("dataset", "import", recordings, "-o", tmp_path / "set", *STATED, "--label-map", "ok=healthy")
    assert result.exit_code == 0, result.output
    return tmp_path / "set"


def test_an_import_audits_and_says_what_is_there(recordings: Path, tmp_path: Path) -> None:
    out = tmp_path / "set"
    refused = palier("dataset", "import", recordings, "-o", out, *STATED)
    assert "is it healthy? Then state --label-map ok=healthy" in one_line(refused)
    assert not out.exists()
    result = palier(
        "dataset", "import", recordings, "-o", out, *STATED, "--label-map", "ok=healthy", "--licence", "CC0"
    )
    assert result.exit_code == 0, result.output
    assert "8 records (healthy 4, wear 4)" in result.output
    assert "highest level that the records name: bearing" in result.output
    assert "warning (speed_undeclared) ok_b2_0" in result.output
    assert json.loads((out / "audit.json").read_text())["recordings"] == 8
    assert open_dataset(out).card.licence == "CC0"
    again = palier("dataset", "import", recordings, "-o", out, *STATED, "--label-map", "ok=healthy")
    assert "--overwrite" in one_line(again)


def test_fatal_findings_are_shown_first_with_what_to_do(recordings: Path, tmp_path: Path) -> None:
    for path in recordings.glob("wear*"):
        np.save(path, 1000 * np.load(path))
    result = palier("dataset", "import", recordings, "-o", tmp_path / "set", *STATED, "--label-map", "ok=healthy")
    assert result.output.startswith("fatal (level_names_class)")
    assert "→" in result.output


def test_unreadable_files_are_named_and_left_out_on_purpose(recordings: Path, tmp_path: Path) -> None:
    (recordings / "wear_b9_0.npy").write_bytes(b"no array")
    command = ("dataset", "import", recordings, "-o", tmp_path / "set", *STATED, "--label-map", "ok=healthy")
    assert "--skip-unreadable" in one_line(palier(*command))
    result = palier(*command, "--skip-unreadable", "--overwrite")
    assert result.exit_code == 0, result.output
    assert "left out: " in result.stderr
    assert "8 records" in result.stdout


def test_a_leaking_split_is_refused_by_its_level_and_stored_on_purpose(dataset: Path) -> None:
    text = one_line(palier("dataset", "split", dataset, "--name", "hasty", "--level", "record"))
    assert "a split by record leaks on the level bearing: 4 of them could lie on two sides (b1, b2, b3 …)" in text
    assert "--leaky" in text
    assert open_dataset(dataset).splits() == ()
    result = palier("dataset", "split", dataset, "--name", "hasty", "--level", "record", "--leaky")
    assert result.exit_code == 0, result.output
    assert "LEAKY, made on purpose" in result.output
    assert open_dataset(dataset).split("hasty").leaky


def test_an_honest_split_is_shown_and_stored(dataset: Path) -> None:
    result = palier("dataset", "split", dataset, "--name", "main", "--seed", "3", "--shares", "0.5,0,0.5")
    assert result.exit_code == 0, result.output
    assert "split main: holdout by bearing; level bearing, seed 3" in result.output
    rows = {line.split()[0]: line for line in result.output.splitlines() if line.strip()}
    assert rows["healthy"].split() == ["healthy", "2", "(1", "bearing)", "0", "2", "(1", "bearing)"]
    assert "leak check: no record is on two sides" in result.output
    split = open_dataset(dataset).split("main")
    assert (split.level, split.leaky, split.seed) == ("bearing", False, 3)
    assert "--overwrite" in one_line(palier("dataset", "split", dataset, "--name", "main"))
    assert palier("dataset", "split", dataset, "--name", "main", "--overwrite").exit_code == 0


def test_folds_and_shifts(dataset: Path) -> None:
    result = palier("dataset", "split", dataset, "--name", "folds", "--kind", "kfold", "--folds", "2")
    assert result.exit_code == 0, result.output
    assert "fold 1" in result.output
    result = palier("dataset", "split", dataset, "--name", "noisy", "--kind", "shift-noise", "--test-on", "white:10dB")
    assert result.exit_code == 0, result.output
    assert open_dataset(dataset).split("noisy").folds[0].name == "noise=white:10dB"
    shift = ("--kind", "shift-bearing", "--train-on", "b1", "--train-on", "b2", "--test-on", "b3", "--test-on", "b4")
    result = palier("dataset", "split", dataset, "--name", "other", *shift)
    assert result.exit_code == 0, result.output
    assert len(open_dataset(dataset).split("other").folds[0].test) == 4


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--shares", "1"], "give three"),
        (["--threshold", "3"], "are for shifts"),
        (["--kind", "shift-speed"], "state no speed"),
        (["--kind", "shift-noise", "--test-on", "loud"], "noise 'loud'"),
        (["--kind", "kfold", "--folds", "9"], "9 folds of 4 groups"),
        (["--label", "cavitation"], "no record of cavitation"),
        (["--level", "rig"], "8 of 8 records name none; the highest level"),
        (["--kind", "source"], "names no training side"),
    ],
)
def test_splits_that_cannot_be(dataset: Path, options: list[str], word: str) -> None:
    assert word in one_line(palier("dataset", "split", dataset, "--name", "x", *options))


def test_exact_copies_across_bearings_stop_a_split(recordings: Path, tmp_path: Path) -> None:
    np.save(recordings / "wear_b3_0.npy", np.load(recordings / "wear_b1_0.npy"))
    out = tmp_path / "set"
    assert palier("dataset", "import", recordings, "-o", out, *STATED, "--label-map", "ok=healthy").exit_code == 0
    split = ("dataset", "split", out, "--name", "s", "--kind", "kfold", "--folds", "2")
    assert "wear_b1_0 and wear_b3_0" in one_line(palier(*split))
    assert open_dataset(out).splits() == ()


def test_interrupted_work_leaves_nothing_half_done(
    dataset: Path, recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Dataset.window

    def interrupted(self: Dataset, i: int, start: int, n: int) -> np.ndarray:
        if i == 5:
            raise KeyboardInterrupt
        return read(self, i, start, n)

    monkeypatch.setattr(Dataset, "window", interrupted)
    result = palier("dataset", "split", dataset, "--name", "main")
    assert (result.exit_code, "no split was stored" in result.stderr) == (130, True)
    assert open_dataset(dataset).splits() == ()
    monkeypatch.undo()

    record = FileSource.record

    def stopped(self: FileSource, index: int) -> LabelledRecord:
        if index == 5:
            raise KeyboardInterrupt
        return record(self, index)

    out = tmp_path / "other"
    command = ("dataset", "import", recordings, "-o", out, *STATED, "--label-map", "ok=healthy")
    monkeypatch.setattr(FileSource, "record", stopped)
    result = palier(*command)
    assert (result.exit_code, "the same command goes on" in result.stderr) == (130, True)
    assert not out.exists()
    monkeypatch.undo()

    def no_audit(self: Dataset, i: int) -> Recording:
        raise KeyboardInterrupt

    monkeypatch.setattr(Dataset, "recording", no_audit)
    result = palier(*command)
    assert (result.exit_code, "the audit is not finished: palier dataset audit" in result.stderr) == (130, True)
    monkeypatch.undo()
    assert len(open_dataset(out)) == 8
    assert palier("dataset", "audit", out).exit_code == 0


def test_leaks_of_a_stored_split_and_of_anybodys_files(dataset: Path, recordings: Path, tmp_path: Path) -> None:
    assert palier("dataset", "split", dataset, "--name", "main").exit_code == 0
    clean = palier("dataset", "leaks", dataset)
    assert (clean.exit_code, "no signal is on two sides" in clean.output) == (0, True)
    x = np.load(recordings / "wear_b1_0.npy")
    np.save(tmp_path / "copy.npy", 3 * x[1000:] + 1)
    names = tmp_path / "train.list"
    names.write_text("recordings/wear_b1_0.npy\nrecordings/ok_b2_0.npy\n", encoding="utf-8")
    found = palier("dataset", "leaks", "--train", names, "--test", tmp_path / "copy.npy")
    assert found.exit_code == 1, found.output
    assert "fatal (leak_overlap)" in found.output
    assert "sample i -1000 of the second" in found.output
    files = ("--train", names, "--test", tmp_path / "copy.npy")
    document = json.loads(palier("dataset", "leaks", *files, "--json", "-").output)
    assert document["findings"][0]["values"]["n_shared"] == 2000
    assert "--train and --test" in one_line(palier("dataset", "leaks"))
    assert "not both" in one_line(palier("dataset", "leaks", dataset, "--train", names))
    assert "cannot be read" in one_line(palier("dataset", "leaks", "--train", "absent.list", "--test", names))


def test_an_older_layout_is_imported_with_its_splits(tmp_path: Path) -> None:
    path, out = tmp_path / "old.h5", tmp_path / "set"
    rng = np.random.default_rng(0)
    with h5py.File(path, "w") as file:
        for name in ("train", "test"):
            file[f"{name}/signals"] = rng.normal(size=(6, 2000))
            file[f"{name}/labels"] = ["sain", "usure", "cavitation"] * 2
    command = ("dataset", "import", path, "-o", out, "--kind", "journal", "--layout", "--keep-splits")
    assert "--sampling-rate" in one_line(palier(*command))
    result = palier(*command, "--sampling-rate", "1000")
    assert result.exit_code == 0, result.output
    assert "12 records (cavitation 4, healthy 4, wear 4)" in result.output
    assert "split source: the sides that the source has" in result.output
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []
    split = open_dataset(out).split("source")
    assert (len(split.folds[0].train), len(split.folds[0].test), split.leaky) == (6, 6, False)
    assert "is not for a file of a whole dataset" in one_line(palier(*command, "--labels", "x.csv"))
    assert "one file" in one_line(palier(*command, path))
    assert "no number" in one_line(palier(*command, "--sampling-rate", "fast"))


def test_sides_that_hold_copies_are_kept_and_called_leaky(tmp_path: Path) -> None:
    path, out = tmp_path / "old.h5", tmp_path / "set"
    x = np.random.default_rng(0).normal(size=(4, 2000))
    with h5py.File(path, "w") as file:
        file.attrs["fs"] = 1000.0
        for name in ("train", "test"):
            file[f"{name}/signals"] = x
            file[f"{name}/labels"] = [0, 1, 2, 3]
    result = palier("dataset", "import", path, "-o", out, "--kind", "journal", "--layout", "--keep-splits")
    assert result.exit_code == 0, result.output
    assert "LEAKY" in result.output
    assert "fatal (leak_copy) test-000000: test-000000 and train-000000" in result.output
    assert open_dataset(out).split("source").leaky
