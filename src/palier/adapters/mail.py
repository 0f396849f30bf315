"""Mail by SMTP."""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

from palier.app.ports import Mailer
from palier.errors import ConfigurationError, OutputError

__all__ = ["NoMailer", "SmtpMailer", "mailer_of"]

_TIMEOUT_S = 20.0


def mailer_of(smtp_url: str | None, *, sender: str) -> Mailer:
    """Return what sends mail; without an address, what says that none is sent.

    Raises
    ------
    ConfigurationError
        Where the address is none of a mail server.
    """
    if smtp_url is None:
        return NoMailer()
    parts = urlsplit(smtp_url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ConfigurationError("smtp_url is no address such as smtp://user:password@host:587 or smtps://host")
    return SmtpMailer(
        host=parts.hostname,
        port=parts.port or (465 if parts.scheme == "smtps" else 587),
        user=None if parts.username is None else unquote(parts.username),
        password=None if parts.password is None else unquote(parts.password),
        security="tls" if parts.scheme == "smtps" else "none" if "tls=off" in parts.query else "starttls",
        sender=sender,
    )


@dataclass(frozen=True, slots=True)
class NoMailer:
    """No mail is configured."""

    configured: bool = False

    def send(self, *, to: str, subject: str, text: str, html: str | None) -> None:  # noqa: ARG002 - the port's
        """Refuse."""
        raise ConfigurationError("no mail is configured; set PALIER_SMTP_URL")


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """A mail server."""

    host: str
    port: int
    user: str | None
    password: str | None
    security: str
    sender: str
    configured: bool = True

    def send(self, *, to: str, subject: str, text: str, html: str | None) -> None:
        """Send one message.

        Raises
        ------
        ConnectionError, TimeoutError
            Where trying again may help.
        OutputError
            Where the server refuses the message for good.
        """
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, to, subject
        message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain="palier.invalid")
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        if html is not None:
            message.add_alternative(html, subtype="html")
        try:
            with self._connected() as server:
                if self.security == "starttls":
                    server.starttls(context=ssl.create_default_context())
                if self.user is not None and self.password is not None:
                    server.login(self.user, self.password)
                server.send_message(message)
        except smtplib.SMTPNotSupportedError as error:
            raise OutputError(
                f"the mail server {self.host} offers no encryption or no sign-in: {error}; use smtps://, or add "
                "?tls=off where the way to it is safe"
            ) from error
        except smtplib.SMTPException as error:
            if _for_good(error):
                raise OutputError(f"the mail server {self.host} refuses the message: {error}") from error
            raise ConnectionError(f"the mail server {self.host} did not take the message: {error}") from error
        except OSError as error:
            raise ConnectionError(f"the mail server {self.host}:{self.port} does not answer: {error}") from error

    def _connected(self) -> smtplib.SMTP:
        if self.security == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, timeout=_TIMEOUT_S, context=context)
        return smtplib.SMTP(self.host, self.port, timeout=_TIMEOUT_S)


def _for_good(error: smtplib.SMTPException) -> bool:
    """Whether every code of a refusal begins with 5; 4 means later, as with servers that let strangers try twice."""
    codes = [getattr(error, "smtp_code", 0)]
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _text in error.recipients.values()]
    return all(500 <= code < 600 for code in codes)
