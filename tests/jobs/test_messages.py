"""What people are sent: whole, in their language, and once."""

import pytest

from palier.app import entities as e
from palier.app.identity import new_id
from palier.errors import ConfigurationError, NotFoundError, ParameterError
from palier.jobs.messages import LANGUAGES, TEMPLATES, render

VALUES = {
    "link": "https://palier.example.org/x?a=1&b=2",
    "workspace": "Nord <b>",
    "by": "Ada",
    "name": "Zoë",
    "expires_at": "2026-11-24 08:00 UTC",
    "recording": "a.mat",
    "place": "Pump 1, DE",
    "sentence": "Bearing damage: outer-race defect.",
    "simulated": False,
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_in_every_language(template, language):
    message = render(template, {**VALUES, "language": language})
    assert message.subject
    assert "\n" not in message.subject
    assert VALUES["link"] in message.text
    assert "https://palier.example.org/x?a=1&amp;b=2" in message.html
    assert f'<html lang="{language}">' in message.html
    assert "<b>" not in message.html
    for name in set(TEMPLATES[template]) - {"simulated", "workspace"}:
        assert VALUES[name] in message.text + message.subject, name
    assert "SIMUL" not in message.text
    other = render(template, {**VALUES, "language": "fr" if language == "en" else "en"})
    assert other.text != message.text


@pytest.mark.parametrize(("language", "word"), [("en", "SIMULATED"), ("fr", "SIMULÉ")])
def test_simulated_damage_says_so(language, word):
    message = render("diagnosis_damage", {**VALUES, "simulated": True, "language": language})
    assert word in message.subject
    assert word in message.text


def test_no_value_begins_a_line_of_its_own():
    message = render("invitation", {**VALUES, "workspace": "x\r\nBcc: all@example.org\n\nhttp://evil"})
    assert message.subject == "Ada invites you to x Bcc: all@example.org http://evil on palier"
    assert "\nBcc" not in message.text


def test_an_unknown_language_is_english():
    assert render("invitation", {**VALUES, "language": "xx"}).subject.startswith("Ada invites")


def test_what_is_missing():
    with pytest.raises(ParameterError, match="no message 'poem'; there are invitation"):
        render("poem", {})
    with pytest.raises(ParameterError, match="the message password_reset needs link, name"):
        render("password_reset", {"expires_at": "now"})


def test_the_end_of_a_link_may_be_left_out():
    told = {"link": "https://example.org/1", "name": "Ada"}
    assert "It works once:" in render("password_reset", told).text
    assert "It works once, until tomorrow:" in render("password_reset", {**told, "expires_at": "tomorrow"}).text


def deliver(place, message_id):
    return place.run("deliver_notification", {"message_id": message_id})


def test_a_message_is_sent_and_marked(stock, place):
    assert deliver(place, stock.message).sent
    (sent,) = place.mailer.messages
    assert (sent["to"], sent["subject"]) == ("ada@example.org", "Set a new password for palier")
    assert place.get("outbox", stock.message).delivered_at is not None


def test_a_message_is_not_sent_again(stock, place):
    deliver(place, stock.message)
    assert not deliver(place, stock.message).sent
    assert len(place.mailer.messages) == 1


def test_a_server_that_is_away_leaves_the_message(stock, place):
    place.mailer.failing = ConnectionRefusedError("away")
    with pytest.raises(ConnectionError):
        deliver(place, stock.message)
    assert place.get("outbox", stock.message).delivered_at is None


def test_no_server_no_message_no_channel(stock, place):
    place.mailer.configured = False
    with pytest.raises(ConfigurationError, match="PALIER_SMTP_URL"):
        deliver(place, stock.message)
    now = place.now()
    row = place.add("outbox", e.OutboxMessage(new_id(now), None, "pigeon", "Ada", "invitation", {}, now))
    with pytest.raises(ParameterError, match="the channel 'pigeon' is not known"):
        deliver(place, row.id)
    with pytest.raises(NotFoundError):
        deliver(place, "0" * 32)
