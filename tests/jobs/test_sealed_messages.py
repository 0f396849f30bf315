"""Links that let somebody in wait sealed in the outbox, and are opened for the mail alone."""

from dataclasses import replace

import pytest
from tests.jobs.workplace import Context

from palier.adapters.cipher import FernetCipher
from palier.app import entities as e
from palier.app.identity import new_id
from palier.app.ports import Cipher
from palier.errors import ConfigurationError
from palier.jobs.deliver_notification import Arguments, run

LINK = "https://palier.example/reset#a-token-that-opens-an-account"
OLD, NEW = (
    FernetCipher(("last year's key, long enough",)),
    FernetCipher(("this year's key", "last year's key, long enough")),
)


def deliver(w, cipher: Cipher | None) -> e.OutboxMessage:
    payload = {"name": "Ada", "language": "en", "link": OLD.seal(LINK), "sealed": ["link"]}
    message = e.OutboxMessage(
        new_id(w.now()), w.workspace.id, "mail", "ada@example.com", "password_reset", payload, w.now()
    )
    w.add("outbox", message)
    job = w.claimed(w.job("deliver_notification", {"message_id": message.id}))
    context = Context(job, replace(w.ports, cipher=cipher), w.files.attempt_folder(job))
    outcome = run(context, Arguments(message_id=message.id))
    assert outcome.publish is not None
    with w.store.writing() as t:
        outcome.publish(t)
    return w.get("outbox", message.id)


@pytest.mark.parametrize("cipher", [OLD, NEW], ids=["same key", "key rotated since"])
def test_the_mail_has_the_link_and_the_row_never_does(empty, cipher) -> None:
    row = deliver(empty, cipher)
    (mail,) = empty.mailer.messages
    assert LINK in str(mail)
    assert row.delivered_at is not None
    assert LINK not in str(row)


def test_without_the_key_nothing_is_sent(empty) -> None:
    for cipher in (None, FernetCipher(("another installation's key",))):
        with pytest.raises(ConfigurationError, match="PALIER_"):
            deliver(empty, cipher)
    assert empty.mailer.messages == []
