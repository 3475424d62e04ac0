"""Sending mail: the one place that speaks SMTP."""

import asyncio
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from index.settings import Settings

TIMEOUT_S = 10.0
"""For each step of the conversation."""
WHOLE_S = 60.0
"""For all of it."""


class MailRefused(Exception):
    """The server will never take a mail for this recipient; the message is one line."""


def send_mail(message: EmailMessage, settings: Settings) -> None:
    """Hand one mail to GIGDEX_SMTP_URL: `smtp://` upgrades to TLS where the server can, `smtps://` begins with it.

    Raises MailRefused when the server refuses the recipient for good (RFC 5321: a reply of 5xx), else what the library
    raises.
    """
    import aiosmtplib  # takes a while, and most processes never send a mail

    assert settings.smtp_url is not None
    server = urlsplit(settings.smtp_url.get_secret_value())

    async def send() -> None:
        async with asyncio.timeout(WHOLE_S):
            await aiosmtplib.send(
                message,
                hostname=server.hostname,
                port=server.port,
                username=unquote(server.username) if server.username else None,
                password=unquote(server.password) if server.password else None,
                use_tls=server.scheme == "smtps",
                timeout=TIMEOUT_S,
            )

    try:
        asyncio.run(send())
    except aiosmtplib.SMTPRecipientsRefused as error:
        if all(one.code >= 500 for one in error.recipients):
            raise MailRefused(f"the mail server refuses the address ({error.recipients[0].code})") from None
        raise
