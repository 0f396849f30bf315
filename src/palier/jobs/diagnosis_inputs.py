"""What a diagnosis is made with: what was asked, then what is known of the recording, its point and its machine."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from palier.app.entities import Diagnosis, Machine, Model, Point, Recording
from palier.app.ports import Tables
from palier.app.specs import DiagnosisSpec
from palier.errors import BundleError, ConflictError, NotFoundError, PalierError, ParameterError, UndeclaredError
from palier.jobs.context import JobContext
from palier.jobs.stored_file import declared_json, read_stored

if TYPE_CHECKING:
    from palier.core.recording import Recording as Samples
    from palier.diagnosis.batch import Task

__all__ = ["Inputs", "inputs_of", "samples_of", "task_of"]

#: What a file is read anew for where the diagnosis states another value than the recording.
_OF_THE_FILE = ("channel", "sampling_rate_hz", "unit", "speed_hz")


@dataclass(frozen=True, slots=True)
class Inputs:
    """The rows that a diagnosis rests on."""

    diagnosis: Diagnosis
    spec: DiagnosisSpec
    recording: Recording
    point: Point | None
    machine: Machine | None
    model: Model | None
    baseline: Recording | None

    @property
    def journal(self) -> bool:
        """Whether the bearing is a journal bearing: its point or the model says so."""
        by_model = self.model is not None and self.model.bearing_kind == "journal"
        return by_model or (self.point is not None and self.point.kind == "journal")


def inputs_of(tables: Tables, diagnosis_id: str) -> Inputs:
    """Gather the rows of a diagnosis.

    Raises
    ------
    NotFoundError
        If one of them is not in the diagnosis's workspace.
    ConflictError
        If the recording cannot be diagnosed as it is.
    """
    diagnosis = tables.diagnoses.get(diagnosis_id)
    here = {"workspace_id": diagnosis.workspace_id}
    spec = _spec(diagnosis.settings_json)
    recording = _ready(tables.recordings.get(diagnosis.recording_id, **here))
    point = None if recording.point_id is None else tables.points.get(recording.point_id, **here)
    machine = None if point is None else tables.machines.get(point.machine_id, **here)
    model_id = spec.model_id or diagnosis.model_id
    model = None if model_id is None else tables.models.get(model_id, **here)
    if model is not None and model.deleted_at is not None:
        raise NotFoundError(f"the model {model.name} was removed; choose another")
    before = spec.baseline_recording_id
    baseline = None if before is None else _ready(tables.recordings.get(before, **here))
    return Inputs(diagnosis, spec, recording, point, machine, model, baseline)


def _spec(plain: Mapping[str, Any]) -> DiagnosisSpec:
    known = {f.name for f in fields(DiagnosisSpec)}
    values: dict[str, Any] = {n: tuple(v) if isinstance(v, list) else v for n, v in plain.items() if n in known}
    return DiagnosisSpec(**values)


def _ready(row: Recording) -> Recording:
    if row.deleted_at is not None:
        raise NotFoundError(f"{row.file_name} was removed; restore it first")
    if row.state == "unreadable":
        raise ConflictError(f"{row.file_name} cannot be read ({row.problem}); remedy that, then diagnose again")
    return row


def samples_of(context: JobContext, inputs: Inputs, row: Recording) -> "Samples":
    """Return the samples of a recording with what is known of it; its first channel is the one to judge.

    They come from its pack. Where the diagnosis states channel, rate, unit or speed otherwise than the recording, the
    file is read anew: its channels can differ in what is known of them, and a contradiction is to be said.
    """
    from palier.core.recording import Declared

    told = declared_json(row)
    asked = {name: v for name in _OF_THE_FILE if (v := getattr(inputs.spec, name)) is not None}
    recording = None if any(told.get(name) != v for name, v in asked.items()) else _packed(context, row)
    if recording is None:
        stated = {name: v for name, v in told.items() if name in _OF_THE_FILE} | asked
        recording = read_stored(context, row, Declared(**stated), channels="one")
    if inputs.spec.speed_range_hz is not None and inputs.spec.speed_hz is None:
        recording = replace(recording, speed_hz=None)  # who gives a range says that the speed is not known
        return _completed(recording, inputs.point, speed_hz=None)
    return _completed(recording, inputs.point, speed_hz=None if inputs.point is None else inputs.point.nominal_speed_hz)


def _packed(context: JobContext, row: Recording) -> "Samples | None":
    """Return what the pack holds, or None where there is none of what is declared now."""
    from palier.data.pack import open_pack

    if row.pack is None:
        return None
    try:
        pack = open_pack(context.ports.files.resolve(row.pack))
    except PalierError:
        return None
    return pack.recording() if pack.about.get("declared") == declared_json(row) else None


def _completed(recording: "Samples", point: Point | None, *, speed_hz: float | None) -> "Samples":
    """Fill in what neither the file nor a person said of the recording, from its point; the notes say so."""
    if point is None:
        return recording
    origin = recording.provenance
    known: dict[str, Any] = {}
    notes = []
    for name, value, words in (
        ("sampling_rate_hz", point.sampling_rate_hz, "sampling rate {:.10g} Hz"),
        ("unit", point.unit, "unit {}"),
        ("speed_hz", speed_hz, "speed {:.6g} Hz"),
    ):
        if getattr(recording, name) is None and value is not None:
            known[name] = value
            notes.append(f"{words.format(value)}: of the measurement point {point.name}")
    if not known:
        return recording
    speed_origin = "declared" if "speed_hz" in known else origin.speed_origin
    origin = replace(origin, notes=(*origin.notes, *notes), speed_origin=speed_origin)
    return replace(recording, provenance=origin, **known)


def task_of(context: JobContext, inputs: Inputs, recording: "Samples", baseline: "Samples | None") -> "Task":
    """Say how to diagnose, with messages in the words of who asked through a page or the API.

    Raises
    ------
    UndeclaredError
        If rate, bearing or speed are stated nowhere.
    BundleError
        If a journal bearing comes without a model.
    """
    from palier.core.catalogue import parse_bearing
    from palier.diagnosis.batch import Task
    from palier.diagnosis.rolling import DiagnosisSettings
    from palier.models.bundle import open_bundle

    spec, machine, name = inputs.spec, inputs.machine, inputs.recording.file_name
    if recording.sampling_rate_hz is None:
        raise UndeclaredError(
            f"{name}: the sampling rate is not declared; declare it in Hz, for the recording or for its point"
        )
    model = None
    if inputs.model is not None:
        model = open_bundle(context.ports.files.resolve(inputs.model.folder))
    bearing = None
    if inputs.journal:
        _check_journal(inputs)
    else:
        stated, origin = _bearing(inputs, recording)
        bearing = parse_bearing(stated)
        bearing = replace(bearing, provenance=f"{bearing.provenance}; {origin}")
    if recording.speed_hz is None and spec.speed_range_hz is None:
        raise UndeclaredError(f"{name}: the shaft speed is not declared; declare it, or the range in which it lies")
    return Task(
        bearing=bearing,
        settings=DiagnosisSettings(
            false_alarm_rate=spec.false_alarm_rate,
            speed_tolerance=spec.speed_tolerance,
            speed_range_hz=spec.speed_range_hz,
            machine_group=spec.machine_group or (None if machine is None else machine.machine_group),
            support=spec.support or (None if machine is None else machine.support),
        ),
        baseline=baseline,
        model=model,
    )


def _bearing(inputs: Inputs, recording: "Samples") -> tuple[str, str]:
    """Return the rolling bearing's name or geometry, and who stated it."""
    point = inputs.point
    for value, origin in (
        (inputs.spec.bearing, "stated for this diagnosis"),
        (declared_json(inputs.recording).get("bearing"), "declared for the recording"),
        (recording.bearing_name, "stated by the file or its known data set"),
        (None if point is None else point.bearing, f"of the measurement point {'' if point is None else point.name}"),
    ):
        if value:
            return value, origin
    raise UndeclaredError(
        f"{inputs.recording.file_name}: the bearing is not declared; name it (such as 6205) or give its geometry "
        "(such as n=9,d=7.94mm,D=39.04mm,phi=0), for the diagnosis, the recording or its point"
    )


def _check_journal(inputs: Inputs) -> None:
    if inputs.spec.bearing is not None:
        raise ParameterError(
            f"the bearing {inputs.spec.bearing} was given, and a journal bearing is to be judged; leave it away, or "
            "choose a model for rolling bearings"
        )
    if inputs.model is None:
        where = "" if inputs.point is None else f" at {inputs.point.name}"
        raise BundleError(
            f"a journal bearing{where} is judged by a trained model, and none was chosen; choose one, or train one "
            "on a dataset of journal bearings"
        )
    if inputs.model.bearing_kind != "journal":
        raise BundleError(
            f"{inputs.model.name} was trained on {inputs.model.bearing_kind} bearings, and this is a journal bearing; "
            "choose a model for journal bearings"
        )
