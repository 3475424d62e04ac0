"""What the command line shows people: gigs as a table or in blocks, one gig, paging."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from index.gig import Gig
from index.query import SearchQuery
from index.search import Results
from index.suggest import Suggestion
from index.terms import BoardInfo
from search_api.present import Shown, show_all
from search_api.words import about, ago, pay_words, plain

RISK_STYLES = {"low": "yellow", "high": "bold red"}
STATES = {"match": "state their pay", "unknown": "don't say", "outside": "don't fit or are unpaid"}
NARROW = 80
"""Columns of a terminal below which the columns of a table are too thin to read."""

Ask = Callable[[SearchQuery], Results]
Boards = Mapping[str, BoardInfo]


def browse(
    ask: Ask,
    query: SearchQuery,
    now: datetime,
    console: Console,
    say: Callable[[str], None],
    more: Callable[[], bool] | None,
    boards: Boards,
    correct: Callable[[SearchQuery], Suggestion | None],
) -> None:
    """Show a search page by page: gigs on `console`, counts by `say`. `more` asks whether to go on; None shows one
    page and says how to get the next. `correct` says what may have been meant where nothing is found."""
    shown = 0
    while True:
        results = ask(query)
        if results.items:
            gigs = show_all(results, query, now, dict(boards))
            console.print(blocks(gigs) if console.width < NARROW else table(gigs))
        shown += len(results.items)
        say(_counts(results, query, shown))
        if not results.total and query.q.strip() and (meant := correct(query)) is not None:
            say(f"Did you mean: {plain(meant.q)} ({meant.gigs:,} gig{'' if meant.gigs == 1 else 's'})")
        if results.next is None:
            return
        if more is None:
            say(f"more with --cursor {results.next}")
            return
        if not more():
            return
        query = query.model_copy(update={"cursor": results.next})


def _counts(results: Results, query: SearchQuery, shown: int) -> str:
    if results.total:
        states = ", ".join(f"{count:,} {STATES[name]}" for name, count in results.pay_states.items() if count)
        return f"{shown:,} of {results.total:,} gigs ({states})"
    unknown = results.pay_states["unknown"]
    if unknown and query.unknown_pay == "exclude":
        return f"No gig fits all of this; {unknown:,} more don't say what they pay (--pay-unknown include)."
    return "No gig fits all of this."


def table(gigs: Iterable[Shown]) -> Table:
    """A page of results; titles lead to their boards."""
    rows = Table(
        Column("gig", ratio=5, overflow="fold"),
        Column("pay", ratio=3, style="green"),
        Column("where", ratio=3),
        Column("posted", style="dim", no_wrap=True),
        Column("id", style="dim", no_wrap=True),
        box=None,
        pad_edge=False,
        expand=True,
        header_style="bold dim",
    )
    for shown in gigs:
        title = _title(shown).append(f"\n{_on(shown)}", style="not bold dim")
        rows.add_row(title, _pay(shown), _where(shown, "\n"), _when(shown), shown.gig.id)
    return rows


def blocks(gigs: Iterable[Shown]) -> RenderableType:
    """The same for a narrow terminal: one thing below the other."""
    parts: list[RenderableType] = []
    for shown in gigs:
        pay = _pay(shown)
        pay.stylize("green", 0, len(shown.pay))
        facts = Text(", ".join(filter(None, (_where(shown, ", "), _when(shown)))))
        last = Text(f"{_on(shown)}\n{shown.gig.id}\n", style="dim")
        parts += [_title(shown), Padding(Group(pay, facts, last), (0, 0, 0, 2))]
    return Group(*parts)


def _title(shown: Shown) -> Text:
    gig = shown.gig
    title = Text(plain(gig.title), style="bold", overflow="fold")
    if gig.sources and (link := shown.sources[0].url):
        title.stylize(f"link {link}")
    for start, end in shown.wanted.spans(title.plain, gig.language):
        title.stylize("underline", start, end)
    if gig.risk.level != "none":
        title.append(f" [{shown.risk.lower()}]", style=RISK_STYLES[gig.risk.level])
    if shown.closed:
        title.append(" [closed]", style="dim")
    return title


def _on(shown: Shown) -> str:
    return f"on {', '.join(dict.fromkeys(plain(source.board) for source in shown.sources))}"


def _pay(shown: Shown) -> Text:
    """The pay as written, in the currency asked for, and by the hour."""
    pay = Text(shown.pay, style="" if shown.pay_known else "dim")
    if shown.comparable:
        pay.append(f"\n{about(shown.comparable)}", style="dim")
    if shown.hourly:
        pay.append(f"\n{about(shown.hourly)} an hour, {shown.hourly_basis}", style="dim")
    if shown.payout:
        pay.append(f"\n{shown.payout}", style="dim")
    return pay


def _where(shown: Shown, between: str) -> str:
    far = "" if shown.distance_km is None else f"{between}{shown.distance_km:.0f} km away"
    return plain(shown.where) + far


def _when(shown: Shown) -> str:
    return ago(shown.gig.posted_at, shown.now) if shown.gig.posted_at else ""


def show_gig(gig: Gig, console: Console, now: datetime, boards: Boards) -> None:
    """A gig for people: what it is and pays, what to beware of, where it was found, what it says."""
    shown = Shown(gig, "USD", now, dict(boards))
    facts: list[tuple[str, str | None]] = [
        ("Pay", shown.pay),
        ("In US dollars", about(shown.comparable) if shown.comparable else None),
        ("An hour", f"{about(shown.hourly)}, {shown.hourly_basis}" if shown.hourly else None),
        ("Paid out", shown.payout),
        ("You would pay", shown.fee),
        ("Category", shown.category),
        ("By", gig.organization),
        *shown.terms,
        *_moments(gig),
    ]
    grid = Table.grid(Column(no_wrap=True), Column(overflow="fold"), padding=(0, 2))
    for name, value in facts:
        if value:
            grid.add_row(Text(name, style="dim"), Text(plain(value)))
    for sign in shown.signs:
        warning = f"“{plain(sign.signal.text)}” {sign.signal.why} {sign.advice or ''}"
        grid.add_row(Text(shown.risk, style=RISK_STYLES[gig.risk.level]), Text(warning.strip()))
    for source, on in zip(gig.sources, shown.sources, strict=True):
        link = Text(source.url, style=f"link {source.url}" if source.url.startswith("http") else "")
        grid.add_row(Text(plain(on.board), style="dim"), Text(f"{pay_words(source.pay)}, {source.status}: ") + link)
    status = f"closed: {gig.closed_reason}" if gig.closed_reason else gig.status
    console.print(Text(plain(gig.title), style="bold"), Text(f"({status})"))
    console.print(grid)
    if gig.description:
        console.print(Text("\n" + "\n".join(map(plain, gig.description.splitlines()))))


def _moments(gig: Gig) -> Iterable[tuple[str, str]]:
    moments = {
        "Posted": gig.posted_at,
        "Expires": gig.expires_at,
        "First seen": gig.first_seen,
        "Last seen": gig.last_seen,
        "Closed": gig.closed_at,
    }
    return ((name, f"{when.astimezone():%Y-%m-%d %H:%M}") for name, when in moments.items() if when is not None)
