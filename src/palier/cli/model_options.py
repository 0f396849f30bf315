"""What the commands around models share: the cache, the split, and the audit's word before training."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from palier.errors import ParameterError

if TYPE_CHECKING:
    from palier.data.cache import DerivedCache
    from palier.data.store import Dataset

__all__ = ["audit_gate", "cache_of", "read_split_of", "workers_option"]


def workers_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--workers``, and ``--no-cache``."""
    command = click.option("--no-cache", is_flag=True, help="Compute every feature anew and keep none.")(command)
    return click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True,
                        help="Processes that compute features.")(command)  # fmt: skip


def cache_of(*, unused: bool) -> "DerivedCache | None":
    """Return the user's cache of derived data, unless it is not wanted."""
    if unused:
        return None
    from palier.data.cache import DerivedCache

    return DerivedCache.default()


def read_split_of(dataset: "Dataset", name: str | None) -> str:
    """Return the name of the split to use: the one asked for, or the only one there is."""
    names = dataset.splits()
    if name is None and len(names) == 1:
        return names[0]
    if name is None:
        there = ", ".join(names) or "none yet"
        raise ParameterError(
            f"--split: name one of the splits of {dataset.path} ({there}); make one with `palier dataset split`"
        )
    return name


def audit_gate(dataset: "Dataset", *, despite: tuple[str, ...]) -> tuple[str, ...]:
    """Print what the audit found and refuse fatal findings that were not accepted by name.

    Returns
    -------
    tuple of str
        Keys of the fatal findings that were accepted, for the bundle.

    Raises
    ------
    AuditRefusedError
        If a fatal finding was not accepted.
    """
    from palier.data.stored_audit import refuse_fatal, stored_findings

    grave = [f for f in stored_findings(dataset.path) or () if f.get("severity") in {"fatal", "warning"}]
    counts: dict[tuple[str, str], int] = {}
    for finding in grave:
        key = (str(finding["severity"]), str(finding["key"]))
        counts[key] = counts.get(key, 0) + 1
        if counts[key] <= 1:
            click.echo(f"audit, {key[0]} ({key[1]}): {finding['text']} {finding['remedy']}", err=True)
    for (severity, name), n in counts.items():
        if n > 1:
            click.echo(f"audit, {severity} ({name}): {n - 1} more of this kind; see audit.json", err=True)
    return refuse_fatal(
        dataset.path,
        name=str(dataset.path),
        despite=despite,
        advice="remedy it, or accept it knowingly with {} (the bundle will say so)",
    )
