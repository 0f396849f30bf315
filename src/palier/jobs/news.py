"""Tell whoever asked that a measurement point turned to damage."""

from typing import TYPE_CHECKING

from palier.app.entities import Diagnosis, Job, JobStatus, OutboxMessage, User
from palier.app.identity import new_id
from palier.app.job_kinds import job_kind
from palier.app.ports import Tables
from palier.jobs.context import JobContext

if TYPE_CHECKING:
    from palier.jobs.diagnosis_inputs import Inputs

__all__ = ["DAMAGE", "reader_of_news", "tell_of_damage"]

#: Verdicts that are news where the one before was none of them.
DAMAGE = frozenset({"damage", "damage_type_unclear"})


def reader_of_news(context: JobContext, inputs: "Inputs", verdict: str) -> User | None:
    """Return who is to be told; None where nothing is new, nobody asked, or no mail server is configured.

    News is damage at a measurement point whose last finished diagnosis showed none. Repetitions are no news.
    """
    if verdict not in DAMAGE or inputs.point is None or not context.ports.mailer.configured:
        return None
    row = inputs.diagnosis
    with context.ports.store.reading() as tables:
        here = [r.id for r in tables.recordings.all(point_id=inputs.point.id, deleted_at=None)]
        done = tables.diagnoses.all(
            one_of={"recording_id": here}, deleted_at=None, newest_first=True, leave_out=("result_json",)
        )
        before = next((d for d in done if d.finished_at is not None and d.id != row.id), None)
        user = tables.users.find(id=row.created_by) if row.created_by else None
    if before is not None and before.verdict in DAMAGE:
        return None
    return None if user is None or user.disabled_at is not None else user


def tell_of_damage(tables: Tables, context: JobContext, inputs: "Inputs", row: Diagnosis, reader: User) -> None:
    """Put a message into the outbox, and its delivery into the queue, in the transaction of the diagnosis."""
    assert inputs.point is not None
    now = context.ports.now()
    machine = "" if inputs.machine is None else f"{inputs.machine.name}, "
    base = str(context.ports.settings.get("public_url", "")).rstrip("/")
    message = OutboxMessage(
        id=new_id(now),
        workspace_id=row.workspace_id,
        channel="mail",
        recipient=reader.email,
        template="diagnosis_damage",
        payload_json={
            "link": f"{base}/diagnoses/{row.id}",
            "name": reader.name,
            "recording": inputs.recording.file_name,
            "place": f"{machine}{inputs.point.name}",
            "sentence": row.sentence or "",
            "simulated": inputs.recording.simulated,
            "language": reader.language,
        },
        created_at=now,
    )
    tables.outbox.add(message)
    kind = job_kind("deliver_notification")
    tables.jobs.add(
        Job(
            id=new_id(now),
            workspace_id=row.workspace_id,
            kind=kind.name,
            args_json={"message_id": message.id},
            status=JobStatus.QUEUED,
            created_by=row.created_by,
            created_at=now,
            enqueued_at=now,
            not_before=now,
            queue=kind.queue,
            max_attempts=kind.max_attempts,
            title=message.payload_json["place"][:300],
        )
    )
