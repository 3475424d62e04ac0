"""What the command line shows people: a table of gigs, one gig, paging."""

from collections.abc import Callable, Iterable
from datetime import datetime

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from index.gig import Gig
from index.query import SearchQuery
from index.search import Results
from search_api.present import Shown, show_all
from search_api.words import ago, pay_words, plain

RISK_STYLES = {"low": "yellow", "high": "bold red"}
STATES = {"match": "state their pay", "unknown": "don't say", "outside": "don't fit or are unpaid"}

Ask = Callable[[SearchQuery], Results]


def browse(
    ask: Ask,
    query: SearchQuery,
    now: datetime,
    console: Console,
    say: Callable[[str], None],
    more: Callable[[], bool] | None,
) -> None:
    """Show a search page by page: tables on `console`, counts by `say`. `more` asks whether to go on; None shows one
    page and says how to get the next."""
    shown = 0
    while True:
        results = ask(query)
        if results.items:
            console.print(table(results, query, now))
        shown += len(results.items)
        say(_counts(results, query, shown))
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


def table(results: Results, query: SearchQuery, now: datetime) -> Table:
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
    for shown in show_all(results, query, now, {}):
        gig = shown.gig
        rows.add_row(_title(shown), _pay(shown), plain(shown.where), _when(gig, now), gig.id)
    return rows


def _title(shown: Shown) -> Text:
    gig = shown.gig
    title = Text(plain(gig.title), style="bold")
    if gig.sources and (link := shown.sources[0].url):
        title.stylize(f"link {link}")
    for start, end in shown.wanted.spans(title.plain, gig.language):
        title.stylize("underline", start, end)
    if gig.risk.level != "none":
        title.append(f" [{shown.risk.lower()}]", style=RISK_STYLES[gig.risk.level])
    if shown.closed:
        title.append(" [closed]", style="dim")
    boards = dict.fromkeys(source.board for source in gig.sources)
    return title.append(f"\non {', '.join(boards)}", style="not bold dim")


def _pay(shown: Shown) -> Text:
    """The pay as written, in the currency asked for, and by the hour."""
    pay = Text(shown.pay, style="" if shown.pay_known else "dim")
    if shown.comparable:
        pay.append(f"\n{shown.comparable}", style="dim")
    if shown.hourly:
        pay.append(f"\n{shown.hourly} an hour {shown.hourly_basis}", style="dim")
    if shown.payout:
        pay.append(f"\n{shown.payout}", style="dim")
    return pay


def _when(gig: Gig, now: datetime) -> str:
    return ago(gig.posted_at, now) if gig.posted_at else ""


def show_gig(gig: Gig, console: Console, now: datetime) -> None:
    """A gig for people: what it is and pays, what to beware of, where it was found, what it says."""
    shown = Shown(gig, "USD", now, {})
    facts: list[tuple[str, str | None]] = [
        ("Pay", shown.pay),
        ("In US dollars", shown.comparable),
        ("An hour", f"{shown.hourly} {shown.hourly_basis}" if shown.hourly else None),
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
    for source in gig.sources:
        link = Text(source.url, style=f"link {source.url}" if source.url.startswith("http") else "")
        grid.add_row(Text(source.board, style="dim"), Text(f"{pay_words(source.pay)}, {source.status}: ") + link)
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
