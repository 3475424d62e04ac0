"""What leaves by alerts: mails as text and HTML, and the body of a webhook."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from email import policy
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import Policy
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

from index.alerts import webhook
from index.alerts.digest import Message
from index.alerts.keys import Purpose
from index.alerts.saved import SavedSearch
from index.gig import Gig
from index.mail import send_mail
from index.query import SearchQuery
from index.settings import Settings
from index.terms import BoardInfo
from search_api.address import Address, heading
from search_api.excerpt import cut
from search_api.present import Shown, web_link
from search_api.templating import environment
from search_api.words import plain

SOURCES = 3
"""Boards that are named for one gig."""


class _OneLine(UnstructuredHeader, BaseHeader):
    """A header that is not folded: Python would write a long address as encoded words (RFC 2047), which no mail program
    takes for an address."""

    def fold(self, *, policy: "Policy[Any]") -> str:
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _OneLine)
_POLICY = policy.default.clone(header_factory=_HEADERS)


def search_words(query: SearchQuery, boards: Mapping[str, BoardInfo]) -> str:
    """The search in a few words, on one line."""
    return " ".join(plain(heading(Address.of(query), query.near, dict(boards))).split())


def link(home: str, path: str, secret: str | None = None) -> str:
    return f"{home}{path}" + (f"?{urlencode({'token': secret})}" if secret else "")


class Letters:
    """Writes messages of the outbox, and sends them."""

    def __init__(
        self, settings: Settings, boards: Callable[[], dict[str, BoardInfo]], clock: Callable[[], datetime], home: str
    ) -> None:
        """`home`: the address of this instance, for links."""
        self.settings = settings
        self.home = home
        self._boards = boards
        self._clock = clock

    def ways(self) -> dict[str, Callable[[Message], None]]:
        """How messages are sent, by kind of channel; without mail where the settings know no server."""
        ways: dict[str, Callable[[Message], None]] = {"webhook": self.post}
        return ways | ({"email": self.mail} if self.settings.sends_mail else {})

    def post(self, message: Message) -> None:
        """By webhook; see index.alerts.webhook.post."""
        assert message.search is not None
        assert message.search.url is not None
        body = self.body(message)
        headers = webhook.headers(message.id, body, message.secrets, self._clock())
        webhook.post(message.search.url, body, headers, self.settings.allowed_receivers)

    def mail(self, message: Message) -> None:
        """By mail; see index.mail.send_mail."""
        send_mail(self.letter(message), self.settings)

    # --- webhooks ---

    def body(self, message: Message) -> bytes:
        """JSON of at most webhook.MAX_BYTES: as many of the gigs as there is room for, and how many are left out."""
        search = message.search
        assert search is not None
        gigs = [self._gig(gig) for gig in message.gigs]
        while True:
            data = {
                "search": search.id,
                "query": search.query.model_dump(exclude_defaults=True, mode="json"),
                "total": message.total,
                "more": message.total - len(gigs),
                "gigs": gigs,
            }
            whole = {"type": "gigs.matched", "timestamp": message.created_at.isoformat(), "data": data}
            body = json.dumps(whole, ensure_ascii=False).encode("utf-8", "replace")
            if len(body) <= webhook.MAX_BYTES or not gigs:
                return body
            gigs.pop()

    def _gig(self, gig: Gig) -> dict[str, Any]:
        fields = {"id", "title", "category", "work_mode", "language", "posted_at"}
        return {
            **gig.model_dump(mode="json", include=fields),
            "url": f"{self.home}/gig/{gig.id}",
            "places": [place.text for place in gig.places[:5]],
            "pay": gig.pay.model_dump(mode="json", exclude_none=True),
            "risk": gig.risk.level,
            "sources": [
                {"board": source.board, "url": source.url, "attribution": source.attribution}
                for source in gig.sources[:SOURCES]
            ],
        }

    # --- mails ---

    def letter(self, message: Message) -> EmailMessage:
        """The mail, with the same Message-ID however often it is written."""
        assert message.address is not None
        mail = EmailMessage(_POLICY)
        sender = self.settings.mail_from or message.address
        mail["From"] = f"Gigdex <{sender}>"
        mail["To"] = message.address
        mail["Date"] = format_datetime(message.created_at)
        mail["Message-ID"] = f"<{message.id}@{sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: out-of-office programs don't answer
        boards = self._boards()
        context: dict[str, Any] = {
            "home": self.home,
            "manage": self._manage(message),
            "about": "",
            "what": message.what,
        }
        search = message.search
        if search is not None:
            context["about"] = search_words(search.query, boards)
        if message.what == "digest" and search is not None:
            now = self._clock()
            shown = [Shown(gig, search.query.currency, now, boards) for gig in message.gigs]
            stop = self._link(message, "unsubscribe", search)
            # RFC 8058: one address, and a POST to it with exactly this body ends it.
            mail["List-Unsubscribe"] = f"<{stop}>"
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
            number = f"{message.total:,} new gig{'' if message.total == 1 else 's'}"
            context |= {
                "subject": f"{number}: {context['about']}",
                "gigs": [self._shown(one) for one in shown],
                "more": message.total - len(shown),
                "all": f"{self.home}{Address.of(search.query.model_copy(update={'sort': 'newest'})).url}",
                "stop": stop,
            }
        elif message.what == "confirm" and search is not None:
            context |= {
                "subject": "Confirm your search on Gigdex",
                "about": _harmless(context["about"]),
                "go": self._link(message, "confirm", search),
            }
        else:
            context |= {"subject": "Your searches on Gigdex", "go": context["manage"]}
        mail["Subject"] = context["subject"][:150]
        mail.set_content(_text(context))
        mail.add_alternative(environment.get_template("mail.html").render(context), subtype="html")
        return mail

    def _manage(self, message: Message) -> str:
        return link(self.home, "/alerts/manage", message.links.get("manage"))

    def _link(self, message: Message, purpose: Purpose, search: SavedSearch) -> str:
        return link(self.home, f"/saved-searches/{search.id}/{purpose}", message.links.get(purpose))

    def _shown(self, one: Shown) -> dict[str, Any]:
        facts = [one.pay, *([f"about {one.comparable}"] if one.comparable else []), one.where]
        if one.gig.risk.level != "none":
            facts.append(one.risk)
        sources = [
            {"name": source.board, "url": web_link(source.source.url), "line": source.source.attribution}
            for source in one.sources[:SOURCES]
        ]
        title = " ".join(plain(one.gig.title).split())[:160]
        return {"title": title, "url": f"{self.home}/gig/{one.gig.id}", "facts": facts, "sources": sources}


def _harmless(about: str) -> str:
    """A search for the eyes of whoever may not have asked for it: nobody is to send strangers links in our name."""
    return cut(re.sub(r"(?<=\w)[.:@/]+(?=\w)", " ", about), 100)


def _text(context: Mapping[str, Any]) -> str:
    """The mail for those who read plain text."""
    lines: list[str] = []
    if context["what"] == "digest":
        lines += [context["subject"], ""]
        for gig in context["gigs"]:
            lines += [gig["title"], "  " + " · ".join(gig["facts"]), f"  {gig['url']}"]
            for source in gig["sources"]:
                lines.append(f"  on {source['name']}{': ' + source['url'] if source['url'] else ''}")
                if source["line"]:
                    lines.append(f"  {source['line']}")
            lines.append("")
        if context["more"]:
            lines += [f"and {context['more']:,} more: {context['all']}", ""]
        lines += ["Change or delete your searches: " + context["manage"], "Stop this one: " + context["stop"]]
    elif context["what"] == "confirm":
        lines += [
            "Somebody, we hope you, wants new gigs sent to this address:", "", context["about"], "",
            "Open this and confirm, then they come:", context["go"], "",
            "If it wasn't you, do nothing: no more comes. The link works for three days.",
        ]  # fmt: skip
    else:
        lines += ["The searches of this address, to change, pause or delete them:", context["go"], "",
                  "Whoever has this link can do so, for 30 days."]  # fmt: skip
    return "\n".join(lines) + "\n"
