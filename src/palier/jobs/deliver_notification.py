"""Send a message of the outbox."""

from dataclasses import replace
from typing import Any

from palier.app.entities import OutboxMessage
from palier.app.ports import Tables
from palier.errors import ConfigurationError, ParameterError
from palier.jobs.context import JobContext, JobModel, Outcome, Ports
from palier.jobs.messages import render

__all__ = ["Arguments", "Result", "run"]


class Arguments(JobModel):
    """Which message."""

    message_id: str


class Result(JobModel):
    """Whether it was sent by this job: not where it had been delivered before."""

    message_id: str
    sent: bool


def run(context: JobContext, arguments: Arguments) -> Outcome:
    """Render the message, send it, and mark it as delivered.

    A message that is marked is never sent again. One that is sent while the worker is killed before it could mark it is
    sent twice: no mail server can be asked.

    Raises
    ------
    ConfigurationError
        If no mail server is configured.
    ParameterError
        If the channel or the template is not known, or a value is missing.
    ConnectionError, TimeoutError
        If trying again may help.
    """
    with context.ports.store.reading() as tables:
        message = tables.outbox.get(arguments.message_id)
    context.progress(0, 2)
    if message.delivered_at is not None:
        context.progress(2, 2)
        return Outcome(Result(message_id=message.id, sent=False))
    if message.channel != "mail":
        raise ParameterError(f"the channel {message.channel!r} is not known; allowed is mail")
    mailer = context.ports.mailer
    if not mailer.configured:
        raise ConfigurationError("no mail server is configured; set PALIER_SMTP_URL, then send this message again")
    made = render(message.template, _opened(message, context.ports))
    context.progress(1, 2, "sending")
    mailer.send(to=message.recipient, subject=made.subject, text=made.text, html=made.html)
    context.progress(2, 2)
    return Outcome(Result(message_id=message.id, sent=True), lambda tables: _publish(tables, context, message))


def _opened(message: OutboxMessage, ports: Ports) -> dict[str, Any]:
    """Return the payload with what is sealed in it: links that let somebody in."""
    payload = dict(message.payload_json)
    sealed = payload.pop("sealed", [])
    if sealed and ports.cipher is None:
        raise ConfigurationError("a message is sealed and there is no key to open it; set PALIER_SECRET_KEY")
    return payload | {name: ports.cipher.open(payload[name]) for name in sealed if ports.cipher is not None}


def _publish(tables: Tables, context: JobContext, sent: OutboxMessage) -> None:
    row = tables.outbox.find(id=sent.id)
    if row is not None:
        tables.outbox.put(replace(row, delivered_at=context.ports.now(), failed_at=None, error=None))
