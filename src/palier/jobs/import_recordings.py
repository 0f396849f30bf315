"""Read uploaded files: what they hold, what is wrong with them, and their samples where any window is found at once."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from palier.app.entities import Recording
from palier.app.ports import Tables
from palier.errors import DeclarationError, MissingToolError, NotFoundError, PalierError, ParameterError, ReadError
from palier.jobs.context import JobContext, JobModel, Outcome
from palier.jobs.stored_file import declared_json, read_stored

if TYPE_CHECKING:
    from palier.core import recording as core

__all__ = ["Arguments", "Result", "run"]


class Arguments(JobModel):
    """Which recordings."""

    recording_ids: tuple[str, ...]


class Result(JobModel):
    """What came of them."""

    ready: tuple[str, ...]
    """Ids of those that were read."""
    unreadable: dict[str, str]
    """Id to the reason."""
    left_out: tuple[str, ...] = ()
    """Ids of those that are not there any more, or were read before as they are declared now."""


@dataclass(frozen=True, slots=True)
class _Found:
    """The row as it was, and as it is to be."""

    before: Recording
    after: Recording


def run(context: JobContext, arguments: Arguments) -> Outcome:
    """Read each recording; one that cannot be read never stops the others.

    Samples go into a pack, which pages read. A recording that was read before, as it is declared now, stays as it is.
    """
    with context.ports.store.reading() as tables:
        rows = [tables.recordings.find(id=i) for i in dict.fromkeys(arguments.recording_ids)]
    wanted = [r for r in rows if r is not None and r.deleted_at is None and not _read_before(context, r)]
    sizes = [max(r.size_bytes, 1) for r in wanted]
    found: list[_Found] = []
    for k, row in enumerate(wanted):
        say = _teller(context, before=sum(sizes[:k]), size=sizes[k], total=sum(sizes), note=row.file_name)
        say(0.0)
        found.append(_Found(row, _imported(context, row, say)))
        problem = found[-1].after.problem
        context.log(problem or f"{row.file_name}: read", level="info" if problem is None else "warning")
    context.progress(1, 1)
    done = [f.after for f in found]
    result = Result(
        ready=tuple(r.id for r in done if r.state == "ready"),
        unreadable={r.id: r.problem or "" for r in done if r.state == "unreadable"},
        left_out=tuple(i for i in arguments.recording_ids if i not in {r.id for r in done}),
    )
    return Outcome(result, lambda tables: _publish(tables, found))


def _teller(context: JobContext, *, before: int, size: int, total: int, note: str) -> Callable[[float], None]:
    """Return what says how far one recording is; work is counted in bytes of files."""
    return lambda share: context.progress(before + size * share, total, note)


def _read_before(context: JobContext, row: Recording) -> bool:
    """Say whether the pack of a recording is there, and was made of what is declared now."""
    from palier.data.pack import open_pack

    if row.state != "ready" or row.pack is None:
        return False
    try:
        about = open_pack(context.ports.files.resolve(row.pack)).about
    except PalierError:  # gone or damaged: it is made again
        return False
    return about.get("declared") == declared_json(row)


def _imported(context: JobContext, row: Recording, say: Callable[[float], None]) -> Recording:
    """Return the row of a recording as its file makes it."""
    from palier.core.recording import Declared

    told = declared_json(row)
    declared = Declared(
        sampling_rate_hz=told.get("sampling_rate_hz"),
        unit=told.get("unit"),
        speed_hz=told.get("speed_hz"),
        channel=told.get("channel"),
    )
    try:
        recording = _with_bearing(read_stored(context, row, declared), told.get("bearing"))
    except (ReadError, DeclarationError, ParameterError, NotFoundError, MissingToolError) as error:
        return replace(_blank(row), state="unreadable", problem=str(error))
    say(0.5)
    return _described(context, row, recording, say)


def _with_bearing(recording: "core.Recording", declared: str | None) -> "core.Recording":
    """Note where the bearing that was declared is another than the file's."""
    stated = recording.bearing_name
    if declared is None or stated is None or declared.casefold() == stated.casefold():
        return recording
    note = f"contradiction: the declared bearing is {declared}, the file says {stated}; the declared one is used"
    origin = recording.provenance
    return replace(recording, provenance=replace(origin, notes=(*origin.notes, note)))


def _described(
    context: JobContext, row: Recording, recording: "core.Recording", say: Callable[[float], None]
) -> Recording:
    from palier.core.recording import is_simulated
    from palier.data.audit import audit_recording
    from palier.data.pack import write_pack
    from palier.diagnosis.summary import level_summary

    findings = audit_recording(recording)
    say(0.7)
    folder = context.folder / row.id
    write_pack(
        recording,
        folder,
        about={"recording_id": row.id, "declared": declared_json(row)},
        on_progress=lambda done, total: say(0.7 + 0.3 * done / total),
    )
    level = level_summary(recording.samples[0], unit=recording.unit)
    origin = recording.provenance
    return replace(
        _blank(row),
        state="ready",
        taken_at=row.taken_at or recording.start_time,
        reader=origin.reader,
        channels_json=recording.channel_names,
        n_samples=recording.n_samples,
        sampling_rate_hz=recording.sampling_rate_hz,
        unit=recording.unit,
        speed_hz=recording.speed_hz,
        bearing=recording.bearing_name,
        notes_json=origin.notes,
        audit_json=tuple(
            {"key": f.key, "severity": f.severity, "source": f.source, "text": f.text, "remedy": f.remedy}
            for f in findings
        ),
        levels_json={name: value for name, value in asdict(level).items() if name != "unit"},
        pack=context.ports.files.relative(folder),
        simulated=is_simulated(origin.source),
    )


def _blank(row: Recording) -> Recording:
    """Return a recording as before its file was read; what people said of it stays."""
    return replace(
        row, state="waiting", problem=None, reader=None, channels_json=(),
        n_samples=None, sampling_rate_hz=None, unit=None, speed_hz=None, bearing=None, notes_json=(), audit_json=(),
        levels_json=None, pack=None,
    )  # fmt: skip


def _publish(tables: Tables, found: list[_Found]) -> None:
    """Write what was found onto rows that are still of that file and that declaration; others are read again later."""
    for one in found:
        now = tables.recordings.find(id=one.before.id)
        if now is None or now.sha256 != one.before.sha256 or declared_json(now) != declared_json(one.before):
            continue
        after = replace(
            one.after, version=now.version, point_id=now.point_id, deleted_at=now.deleted_at,
            declared_json=now.declared_json, taken_at=now.taken_at or one.after.taken_at,
        )  # fmt: skip
        if after != now:
            tables.recordings.put(replace(after, version=now.version + 1))
