"""The whole road on simulated journal bearings: data, honest split, model, bundle, diagnosis."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from palier.core.faults import JOURNAL_CLASSES
from palier.data.build import build_dataset
from palier.data.split import SplitRequest, make_split
from palier.data.store import open_dataset
from palier.diagnosis.journal import diagnose_journal
from palier.diagnosis.report import write_report
from palier.diagnosis.result import Diagnosis
from palier.evaluation.result import EvaluationResult
from palier.models.bundle import open_bundle
from palier.research.training_run import TrainingRun, run_training
from palier.simulate import DatasetSpec, JournalSource, simulate_journal
from palier.training import Recipe

__all__ = ["JournalDemo", "demonstrate_journal"]

#: Small enough for seconds, large enough that every class has calibration records.
_RECORDS_PER_CLASS = 80
_MODEL = "extra_trees"
_SPLIT = "by-machine"


@dataclass(frozen=True, slots=True, eq=False)
class JournalDemo:
    """What the demonstration gives."""

    diagnosis: Diagnosis
    result: EvaluationResult
    """Of the model on test records of machines it had not seen."""


def demonstrate_journal(
    fault: str, *, seed: int, report: Path, on_progress: Callable[[int, int], None] | None = None
) -> JournalDemo:
    """Simulate a dataset, train on it, and diagnose a record of a machine that is in none of its sides.

    Parameters
    ----------
    fault : str
        Class of the record that is diagnosed.
    seed : int
        Of that record; the training data have another.
    report : Path
        Where the diagnosis' report goes.
    on_progress : callable, optional
        Called with the records simulated and all records.
    """
    with tempfile.TemporaryDirectory(prefix="palier-demo-") as temporary:
        folder = Path(temporary)
        spec = DatasetSpec(records_per_class=_RECORDS_PER_CLASS, seed=0)
        build_dataset(JournalSource(spec), folder / "data", on_progress=on_progress)
        dataset = open_dataset(folder / "data")
        dataset.add_split(make_split(dataset.index, SplitRequest(_SPLIT)))
        run = TrainingRun(Recipe(_MODEL), _SPLIT, None, seed=0, show_leaky=False)
        trained = run_training(run, open_dataset(folder / "data"), out=folder / "model")
        assert trained.bundle is not None
        fresh = DatasetSpec(records_per_class=4, seed=seed + 1_000_000)
        number = [f.key for f in JOURNAL_CLASSES].index(fault)
        record = simulate_journal(fresh, number * 4 + 2)  # moderate
        diagnosis, plots = diagnose_journal(record.recording, bundle=open_bundle(folder / "model"))
        write_report(report, diagnosis, plots)
    return JournalDemo(diagnosis, trained.judgement.result)
