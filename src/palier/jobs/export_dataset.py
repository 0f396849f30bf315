"""Write a dataset in the form of other programs, as one file to download."""

import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from palier.errors import OutputError
from palier.jobs.context import JobContext, JobModel, Outcome
from palier.jobs.dataset_rows import dataset_of, open_stored
from palier.jobs.shares import part
from palier.jobs.stored_file import plain_name

if TYPE_CHECKING:
    from palier.data.export import ExportFormat

__all__ = ["Arguments", "Result", "run"]

#: Pieces in which files go into the archive.
_PIECE_BYTES = 4 * 2**20
#: The same date for every file: the same dataset gives the same archive.
_DATE = (1980, 1, 1, 0, 0, 0)


class Arguments(JobModel):
    """See `palier.app.specs.ExportSpec`."""

    dataset_id: str
    format: str


class Result(JobModel):
    """The file."""

    dataset_id: str
    file: str
    """Below the data directory."""
    file_name: str
    """What to call it where it is downloaded."""
    size_bytes: int


def run(context: JobContext, arguments: Arguments) -> Outcome:
    """Export the records, and pack them into a zip file.

    Raises
    ------
    ParameterError
        If the format is not known, or the records do not fit into it.
    OutputError
        If the disk has no room.
    """
    from palier.data.export import export_dataset

    with context.ports.store.reading() as tables:
        row = dataset_of(tables, arguments.dataset_id, context.job)
    if 3 * row.size_bytes > context.ports.files.free_bytes():
        needed_gb = 3 * row.size_bytes / 1e9
        raise OutputError(f"exporting {row.name} needs up to {needed_gb:.1f} GB for a while; less is free: make room")
    folder = open_stored(context, row)
    stem = plain_name(row.name)
    form: ExportFormat = arguments.format  # type: ignore[assignment]  # checked by the export
    context.progress(0, 1, "exporting")
    written = export_dataset(
        folder,
        context.folder / "export" / (f"{stem}.h5" if form == "h5" else stem),
        format=form,
        on_progress=part(context, 0.0, 0.6, "exporting"),
    )
    target = context.folder / f"{stem}-{form}.zip"
    _pack(context, written, target)
    shutil.rmtree(written.parent)
    context.progress(1, 1)
    result = Result(
        dataset_id=row.id,
        file=context.ports.files.relative(target),
        file_name=target.name,
        size_bytes=target.stat().st_size,
    )
    return Outcome(result)


def _pack(context: JobContext, written: Path, target: Path) -> None:
    """Put a file or the files of a folder into an archive, which appears whole or not at all."""
    from palier.data.files import replacing

    files = sorted(p for p in written.rglob("*") if p.is_file()) if written.is_dir() else [written]
    total, done = sum(p.stat().st_size for p in files), 0
    advance = part(context, 0.6, 1.0, "packing")
    with (
        replacing(target) as temporary,
        zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, allowZip64=True, compresslevel=1) as archive,
    ):
        for path in files:
            entry = zipfile.ZipInfo(path.relative_to(written.parent).as_posix(), _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as sink:
                while piece := source.read(_PIECE_BYTES):
                    sink.write(piece)
                    done += len(piece)
                    advance(done, total)
