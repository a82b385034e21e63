"""A mail server that takes letters over the wire, and a worker that sends those which wait."""

import email
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Box:
    """What the server was given."""

    envelopes: list[Envelope] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    refusing: str = ""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refusing:
            return self.refusing
        self.envelopes.append(envelope)
        return "250 OK"

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: LoginPassword) -> AuthResult:
        self.logins.append((data.login, data.password))
        return AuthResult(success=data.password == b"secret")

    def letters(self) -> list[EmailMessage]:
        return [email.message_from_bytes(one.content, policy=default) for one in self.envelopes]  # type: ignore[misc]


def text_of(letter: EmailMessage) -> str:
    """The words of a letter of one part."""
    return str(letter.get_content())


def send_waiting() -> list[str]:
    """What the worker does until nothing waits; how each job ended."""
    from tiwizi.base.jobs import run_next
    from tiwizi.base.management.commands.worker import load_handlers

    load_handlers()
    ended = []
    while (job := run_next()) is not None:
        ended.append(f"{job.kind} {job.state}")
    return ended
