"""Sending mail: the one place that speaks SMTP.

What goes wrong is told without the receiver's address, because it is logged.
"""

import asyncio
import re
from contextlib import suppress
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from index.settings import Settings

TIMEOUT_S = 10.0
"""For each step until the server is ready to take a mail."""
WHOLE_S = 60.0
"""For all of these steps; and as long for taking the mail, which some servers look through first."""
LOOPBACK = ("localhost", "127.0.0.1", "::1")
NO_SUCH = {550, 551, 553}
"""Replies that say so of a recipient, where no enhanced status (RFC 3463) says more."""


class MailRefused(Exception):
    """The server will never take a mail for this recipient; the message is one line."""


class MailNotTaken(Exception):
    """The server doesn't take this mail now; the message is one line."""


class MailServerAway(Exception):
    """The server takes no mail of ours now, whoever it is for; the message is one line."""


def send_mail(message: EmailMessage, settings: Settings) -> None:
    """Hand one mail to GIGDEX_SMTP_URL: `smtp://` upgrades to TLS where the server can, and has to before it gives a
    password away; `smtps://` begins with it.

    Raises MailRefused, MailNotTaken or MailServerAway.
    """
    import aiosmtplib  # takes a while, and most processes never send a mail

    assert settings.smtp_url is not None
    server = urlsplit(settings.smtp_url.get_secret_value())
    begins_with_tls = server.scheme == "smtps"
    # Whoever stands between could hide that the server can.
    must_upgrade = bool(server.password) and not begins_with_tls and server.hostname not in LOOPBACK

    async def send() -> None:
        client = aiosmtplib.SMTP(
            hostname=server.hostname,
            port=server.port,
            username=unquote(server.username) if server.username else None,
            password=unquote(server.password) if server.password else None,
            use_tls=begins_with_tls,
            start_tls=True if must_upgrade else None,
            timeout=TIMEOUT_S,
        )
        try:
            async with asyncio.timeout(WHOLE_S):
                await client.connect()
        except aiosmtplib.SMTPResponseException as error:
            raise MailServerAway(f"the mail server answers {error.code} {_line(error.message)}") from None
        except (aiosmtplib.SMTPException, OSError) as error:
            reason = f"{type(error).__name__}: {_line(str(error))}"
            raise MailServerAway(f"the mail server can't be used ({reason})") from None
        try:
            async with asyncio.timeout(WHOLE_S):
                await client.send_message(message, timeout=WHOLE_S)
        except aiosmtplib.SMTPRecipientsRefused as error:
            one = error.recipients[0]
            raise _judged(one.code, one.message) from None
        except aiosmtplib.SMTPDataError as error:
            raise _judged(error.code, error.message) from None
        except aiosmtplib.SMTPSenderRefused as error:
            raise MailServerAway(f"the mail server refuses our sender ({error.code})") from None
        except (aiosmtplib.SMTPException, OSError) as error:
            # It may have taken it: not to be repeated as often as where nothing has left us yet.
            raise MailNotTaken(f"the mail server broke off ({type(error).__name__})") from None
        finally:
            with suppress(aiosmtplib.SMTPException, OSError):  # a good-bye, whatever came of it
                await client.quit(timeout=TIMEOUT_S)
            client.close()

    asyncio.run(send())


def _line(text: str) -> str:
    """Of what is said before the receiver is named."""
    return " ".join(text.split())[:150]


def _judged(code: int, text: str) -> Exception:
    """What a reply to recipient or content means. `5.1.x` and `5.2.1` say that the mailbox isn't there; others, such as
    "relaying denied" to a sender who lost its permission, say nothing of the recipient."""
    found = re.match(r"\s*([245]\.\d{1,3}\.\d{1,3})\b", text)
    status = found[1] if found else None
    for_good = status.startswith("5.1.") or status == "5.2.1" if status else code in NO_SUCH
    if for_good and code >= 500:
        return MailRefused(f"the mail server refuses the address ({code})")
    return MailNotTaken(f"the mail server answers {code}{f' {status}' if status else ''}")
