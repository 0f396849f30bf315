"""Find out whether the recordings of a dataset are what they are said to be."""

from collections import Counter

from palier.jobs.context import JobContext, JobModel, Outcome
from palier.jobs.dataset_rows import dataset_of, log_findings, open_stored, publish_summary, summary_of
from palier.jobs.shares import part

__all__ = ["Arguments", "Result", "run"]


class Arguments(JobModel):
    """Which dataset."""

    dataset_id: str


class Result(JobModel):
    """How many findings of each severity."""

    dataset_id: str
    findings: dict[str, int]


def run(context: JobContext, arguments: Arguments) -> Outcome:
    """Audit a dataset; the findings go into its folder, where training reads them, and onto its page.

    Raises
    ------
    NotFoundError
        If there is no such dataset.
    DatasetError
        If it is damaged.
    """
    from palier.data.stored_audit import audit_dataset

    with context.ports.store.reading() as tables:
        row = dataset_of(tables, arguments.dataset_id, context.job)
    folder = open_stored(context, row)
    context.progress(0, 1, "auditing")
    audit = audit_dataset(folder, on_progress=part(context, 0.0, 1.0, "auditing"))
    log_findings(context, audit)
    counts = Counter[str](f.severity for f in audit.findings)
    context.log(", ".join(f"{n} {severity}" for severity, n in sorted(counts.items())) or "nothing was found")
    summary = summary_of(folder)
    return Outcome(
        Result(dataset_id=row.id, findings=dict(counts)), lambda tables: publish_summary(tables, row.id, summary)
    )
