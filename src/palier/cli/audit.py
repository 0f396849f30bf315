"""``palier audit``: are the recordings what they are said to be?"""

from pathlib import Path

import click

from palier.cli.declarations import declaration_options, declared_from

__all__ = ["audit"]


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--labels", type=click.Path(path_type=Path), help="CSV table of path,label: the class of each recording.")
@click.option("--label-pattern", help="Regular expression whose first group, found in the file's name, is its class.")
@declaration_options
@click.option("--json", "json_path", help="Write the findings as JSON to this file, or to - for standard output.")
def audit(
    paths: tuple[Path, ...],
    labels: Path | None,
    label_pattern: str | None,
    sampling_rate: float | None,
    unit: str | None,
    speed_rpm: float | None,
    channel: str | None,
    format_: str | None,
    json_path: str | None,
) -> None:
    """Find out whether recordings are what they are said to be, before anything is concluded or learnt from them.

    PATHS are files or folders. Each recording is checked on its own and against the others; with --labels or
    --label-pattern, also for what gives a class away without any machine behind it. Exit status 0 when all were
    processed, whatever was found, and 2 when some could not be read (the rest still are).
    """
    from palier.cli.audit_table import finish_audit, labeller
    from palier.cli.present import progress
    from palier.data.audit.files import audit_files
    from palier.data.read import find_recordings

    declared = declared_from(sampling_rate, unit, speed_rpm, channel)
    files, label_of = find_recordings(paths), labeller(labels, label_pattern)
    with progress(len(files), doing="auditing") as advance:
        result = audit_files(files, declared=declared, format=format_, label_of=label_of, on_done=advance)
    finish_audit(result, json_path=json_path)
