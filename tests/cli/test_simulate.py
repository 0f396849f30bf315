import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from palier.cli.main import main
from palier.data import open_dataset
from palier.data.build import partial_folder


def run(*arguments: str | Path, code: int = 0) -> str:
    result = CliRunner().invoke(main, ["dataset", "simulate", *map(str, arguments)])
    assert result.exit_code == code, result.output
    return result.output


def test_options_win_over_the_spec(tmp_path) -> None:
    spec = tmp_path / "s.yaml"
    spec.write_text("records_per_class: 3\nfaults: [wear, healthy]\nduration_s: 0.5\nlayers: {mains: false}\nseed: 9\n")
    said = run(
        "-o",
        tmp_path / "d",
        "--spec",
        spec,
        "--records-per-class",
        2,
        "--severity",
        "severe",
        "--noise",
        "one_over_f=off",
    )
    assert "4 SIMULATED records" in said
    dataset = open_dataset(tmp_path / "d")
    assert dataset.index.column("label").tolist() == ["healthy", "healthy", "wear", "wear"]
    assert set(dataset.index.column("severity")) == {"severe"}
    assert dataset.card.description["spec"]["layers"] == {"mains": False, "one_over_f": False}
    assert dataset.card.description["synthetic"] is True
    assert set(dataset.truth(0)["layers"]) & {"mains", "one_over_f"} == set()


def test_a_dry_run_counts_and_writes_nothing(tmp_path) -> None:
    assert "3520 records of 5 s at 20480 Hz: 1.44 GB" in run("-o", tmp_path / "d", "--dry-run")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--fault", "oil_wirl"), "did you mean oil_whirl"),
        (("--noise", "hum=on"), "layers: 'hum' came"),
        (("--noise", "mains"), "LAYER=on or LAYER=off"),
        (("--spec", "none.yaml"), "cannot be read"),
        (("--snr-db", "1000"), "snr_db: 1000.0 came"),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(tmp_path, options, message) -> None:
    assert message in run("-o", tmp_path / "d", *options, code=2)
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_not_overwritten_unless_asked(tmp_path) -> None:
    small = ("-o", tmp_path / "d", "--records-per-class", 1, "--fault", "healthy", "--fault", "wear")
    run(*small)
    before = open_dataset(tmp_path / "d").card.content_hash
    assert "is there" in run(*small, "--seed", 1, code=2)
    assert open_dataset(tmp_path / "d").card.content_hash == before
    run(*small, "--seed", 1, "--overwrite")
    assert open_dataset(tmp_path / "d").card.content_hash != before


@pytest.mark.integration
@pytest.mark.filterwarnings("default")
def test_a_dask_cluster_of_two_makes_the_dataset_of_one_process(tmp_path) -> None:
    from distributed import LocalCluster

    small = ("--records-per-class", 2, "--seed", 6)
    run("-o", tmp_path / "one", *small)
    run("-o", tmp_path / "pool", *small, "--workers", 2)
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        run("-o", tmp_path / "cluster", *small, "--scheduler", cluster.scheduler_address)
    assert len({open_dataset(tmp_path / name).card.content_hash for name in ("one", "pool", "cluster")}) == 1


@pytest.mark.integration
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_interrupted_work_is_gone_on_with(tmp_path, how) -> None:
    target = tmp_path / "d"
    command = [sys.executable, "-m", "palier", "dataset", "simulate", "-o", str(target), "--records-per-class", "40"]
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a test run in the background ignores it
    )  # fmt: skip
    shards = partial_folder(target) / "dataset" / "shards"
    for _ in range(600):
        if shards.is_dir() and len(list(shards.glob("*.h5"))) >= 3:
            break
        time.sleep(0.05)
    os.kill(process.pid, how)
    _, said = process.communicate(timeout=60)
    assert not target.exists()
    if how == signal.SIGINT:
        assert process.returncode == 130
        assert "the same command goes on" in said
    kept = {p.name: p.stat().st_mtime_ns for p in shards.glob("*.h5")}
    assert kept
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not partial_folder(target).exists()
    resumed = open_dataset(target)
    untouched = [p for p in (target / "shards").glob("*.h5") if kept.get(p.name) == p.stat().st_mtime_ns]
    assert len(untouched) >= 2
    fresh = tmp_path / "fresh"
    run("-o", fresh, "--records-per-class", 40)
    assert open_dataset(fresh).card.content_hash == resumed.card.content_hash
