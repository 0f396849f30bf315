"""Mail goes to a real SMTP server of the test."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from palier.adapters.mail import NoMailer, SmtpMailer, mailer_of
from palier.errors import ConfigurationError, OutputError

FROM = "palier@example.com"


@dataclass
class Inbox:
    messages: list[EmailMessage] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    data_answer: str = "250 OK"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802 - the library's name
        if address.startswith("gone@"):
            return "550 no such mailbox"
        if address.startswith("grey@"):
            return "450 come again in five minutes"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - the library's name
        if self.data_answer.startswith("250"):
            self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return self.data_answer

    def login(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: LoginPassword) -> AuthResult:
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"pa:ss/word", handled=False)


@dataclass
class Server:
    inbox: Inbox
    port: int

    def mailer(self, login: str = "", query: str = "?tls=off") -> Any:
        return mailer_of(f"smtp://{login}127.0.0.1:{self.port}{query}", sender=FROM)


@pytest.fixture
def server() -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    inbox = Inbox()
    controller = Controller(
        inbox, hostname="127.0.0.1", port=port, authenticator=inbox.login, auth_require_tls=False, ready_timeout=20
    )
    controller.start()
    yield Server(inbox, port)
    controller.stop()


def test_a_message_arrives_as_text_and_html(server: Server) -> None:
    mailer = server.mailer()
    assert mailer.configured
    mailer.send(to="ada@example.com", subject="Réinitialiser", text="Bonjour — 1/2\n", html="<p>Bonjour</p>")
    mailer.send(to="ada@example.com", subject="Plain", text="only text\n", html=None)
    both, plain = server.inbox.messages
    assert (both["From"], both["To"], both["Subject"]) == (FROM, "ada@example.com", "Réinitialiser")
    assert both["Auto-Submitted"] == "auto-generated"
    assert both["Message-ID"] != plain["Message-ID"]
    text, html = both.get_body(("plain",)), both.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().strip() == "Bonjour — 1/2"
    assert "<p>Bonjour</p>" in html.get_content()
    assert not plain.is_multipart()


def test_it_signs_in_where_the_address_says_so(server: Server) -> None:
    server.mailer("ada:pa%3Ass%2Fword@").send(to="ada@example.com", subject="x", text="x", html=None)
    assert server.inbox.logins == [(b"ada", b"pa:ss/word")]
    with pytest.raises(OutputError, match="refuses the message"):
        server.mailer("ada:wrong@").send(to="ada@example.com", subject="x", text="x", html=None)


def test_nothing_is_sent_in_clear_unless_that_was_asked_for(server: Server) -> None:
    with pytest.raises(OutputError, match="STARTTLS"):  # this server has none
        server.mailer("ada:pa%3Ass%2Fword@", query="").send(to="ada@example.com", subject="x", text="x", html=None)
    assert (server.inbox.logins, server.inbox.messages) == ([], [])


def test_what_is_refused_for_good_is_not_tried_again(server: Server) -> None:
    with pytest.raises(OutputError, match="no such mailbox"):
        server.mailer().send(to="gone@example.com", subject="x", text="x", html=None)
    server.inbox.data_answer = "554 this is spam"
    with pytest.raises(OutputError, match="spam"):
        server.mailer().send(to="ada@example.com", subject="x", text="x", html=None)


def test_what_may_work_later_is_a_connection_error(server: Server) -> None:
    server.inbox.data_answer = "451 try again later"
    with pytest.raises(ConnectionError, match="try again later"):
        server.mailer().send(to="ada@example.com", subject="x", text="x", html=None)
    with pytest.raises(ConnectionError, match="come again"):
        server.mailer().send(to="grey@example.com", subject="x", text="x", html=None)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        mailer = mailer_of(f"smtp://127.0.0.1:{closed.getsockname()[1]}", sender=FROM)
        with pytest.raises(ConnectionError, match="does not answer"):
            mailer.send(to="ada@example.com", subject="x", text="x", html=None)


@pytest.mark.parametrize("subject", ["x\r\nBcc: eve@example.com", "x\nBcc: eve@example.com"])
def test_a_header_cannot_be_smuggled_in(server: Server, subject: str) -> None:
    with pytest.raises(ValueError, match=r"linefeed|newline|header"):
        server.mailer().send(to="ada@example.com", subject=subject, text="x", html=None)
    assert server.inbox.messages == []


def test_addresses_of_servers() -> None:
    assert isinstance(mailer_of(None, sender=FROM), NoMailer)
    tls = mailer_of("smtps://mail.example", sender=FROM)
    assert isinstance(tls, SmtpMailer)
    assert (tls.port, tls.security, tls.user) == (465, "tls", None)
    start = mailer_of("smtp://mail.example", sender=FROM)
    assert isinstance(start, SmtpMailer)
    assert (start.port, start.security) == (587, "starttls")
    for wrong in ("http://mail.example", "mail.example", "smtp://"):
        with pytest.raises(ConfigurationError, match="smtp_url"):
            mailer_of(wrong, sender=FROM)
    with pytest.raises(ConfigurationError, match="PALIER_SMTP_URL"):
        mailer_of(None, sender=FROM).send(to="a@b", subject="x", text="x", html=None)
