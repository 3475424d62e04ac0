"""The command line: ties crawlers, index and search_api together, and holds no logic of its own."""

import functools
import inspect
import json
import os
import re
import socket
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Literal

import typer

if TYPE_CHECKING:  # commands import what they need when they run, so that `--help` and completion answer at once
    from rich.progress import Progress as Bars

    from crawlers.bases.spider import BoardSpider
    from crawlers.run import Progress
    from index.alerts.delivery import Delivery
    from index.instance import Instance
    from index.settings import Settings
    from index.terms import BoardInfo

app = typer.Typer(
    help="A search engine for micro jobs. Start with `gigdex up`, then open the address that it prints.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={
        "help_option_names": ["-h", "--help"],
        "token_normalize_func": lambda name: name.replace("_", "-"),
    },
)
boards_app = typer.Typer(help="Boards with terms, cadence, last run, counts and health.", invoke_without_command=True)
app.add_typer(boards_app, name="boards")
board_app = typer.Typer(help="A board of your own.", no_args_is_help=True)
app.add_typer(board_app, name="board")
keys_app = typer.Typer(help="Keys of partners, with quotas of their own.", no_args_is_help=True)
app.add_typer(keys_app, name="keys")
alerts_app = typer.Typer(help="Saved searches, and being told of new gigs.", no_args_is_help=True)
app.add_typer(alerts_app, name="alerts")
rates_app = typer.Typer(help="Exchange rates: how new they are, and newer ones.", invoke_without_command=True)
app.add_typer(rates_app, name="rates")

Sample = Annotated[
    bool, typer.Option("--sample", help="Work on the sample boards' data: made-up gigs in a folder of their own.")
]


CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
WIDE = 120
"""Columns of a terminal that has room for reasons beside everything else."""


class Problem(Exception):
    """Ends a command with one clear line and this exit status."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


def say(message: str) -> None:
    """A line for people; stdout belongs to the data. What steers a terminal is left out: boards may have written it."""
    print(CONTROL.sub("", message), file=sys.stderr, flush=True)


# --- wiring --------------------------------------------------------------------------------------------------


def the_settings(sample: bool) -> "Settings":
    """The settings; from here on amounts are read with the exchange rates of the data folder."""
    from index.rates import use_refreshed
    from index.settings import load_settings

    settings = load_settings()
    use_refreshed(settings)
    return settings.for_sample() if sample else settings


def the_spiders(settings: "Settings", sample: bool) -> "dict[str, type[BoardSpider]]":
    from crawlers.board import boards, spiders_of

    return spiders_of("crawlers.sample_boards.spiders") if sample else boards(settings)


@contextmanager
def the_instance(settings: "Settings", sample: bool) -> "Iterator[Instance]":
    from index.instance import Instance

    instance = Instance(settings, [spider.info() for spider in the_spiders(settings, sample).values()])
    with closing(instance):
        yield instance


@contextmanager
def the_gigs(settings: "Settings", sample: bool) -> "Iterator[Instance]":
    """The instance, for a command that is of no use before there are gigs: a mistyped folder must not become one."""
    if not settings.database_url and not (settings.data / "gigdex.db").exists():
        raise Problem(f"there are no gigs in {settings.data} yet: `gigdex up` or `gigdex crawl` brings some")
    with the_instance(settings, sample) as instance:
        yield instance


def progress() -> "Bars":
    """Progress bars on stderr; silent where nobody looks."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    note = TextColumn("{task.fields[note]}", markup=False)  # a board's own words are no markup
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), note)
    return Progress(*columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal)


# --- everything, or the parts of it ----------------------------------------------------------------------------


@app.command()
def up(sample: Sample = False) -> None:
    """Run everything on this machine: web page and API, crawl schedule, ingest, alerts.

    With an empty data folder and no board within reach it shows the sample boards instead, and says so.
    """
    from crawlers.schedule import Schedule, answering
    from search_api.server import listen

    settings = the_settings(sample)
    listener = listen(settings.host, settings.port)  # first of all: with the port taken no board must be asked
    if not sample and is_empty(settings) and not answering(the_spiders(settings, False).values()):
        say("No board answers and there are no gigs yet: showing the made-up gigs of the sample boards.")
        sample = True
        settings = settings.for_sample()
    with ExitStack() as stack:
        stack.callback(listener.close)
        sample_url = sample_boards(stack, settings) if sample else None
        instance = stack.enter_context(the_instance(settings, sample))
        worker = stack.enter_context(instance.working("gigdex up"))
        spiders = functools.partial(the_spiders, settings, sample)
        schedule = Schedule(instance.store, instance.inbox, spiders, settings, sample_url)
        stop = threading.Event()
        for work in (worker.run, schedule.run, delivery(instance, home_of(settings, listener)).run):
            thread = threading.Thread(target=work, args=(stop,), daemon=True)
            stack.callback(thread.join, 15)
            thread.start()
        stack.callback(stop.set)
        serve_pages(instance, sample, listener)


@app.command()
def serve(sample: Sample = False) -> None:
    """Serve web page and API only; `gigdex work` ingests and `gigdex crawl` crawls beside it."""
    from index.processes import processors
    from search_api.processes import serve_in
    from search_api.server import listen

    settings = the_settings(sample)

    def serve_one(number: int) -> None:
        with the_instance(settings, sample) as instance:
            serve_pages(instance, sample, listener, silent=number > 0)

    with closing(listen(settings.host, settings.port)) as listener:
        count = settings.processes or processors()
        if count == 1:
            serve_one(0)
        else:
            with the_instance(settings, sample):
                pass  # makes the tables, which several at once would get in each other's way with
            serve_in(count, serve_one)


@app.command()
def work(sample: Sample = False) -> None:
    """Ingest what crawlers bring and send alerts, until stopped."""
    import signal

    settings = the_settings(sample)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with the_instance(settings, sample) as instance, instance.working("gigdex work") as worker:
        sending = threading.Thread(target=delivery(instance).run, args=(stop,), daemon=True)
        sending.start()
        say(f"Ingesting into {settings.data}; stop with Ctrl+C.")
        worker.run(stop)
        sending.join(15)


def home_of(settings: "Settings", listener: socket.socket) -> str:
    """Address of this instance in links: what the settings say, else where it listens."""
    from search_api.server import address_of

    return settings.home if settings.public_url is not None else address_of(listener)


def delivery(instance: "Instance", home: str | None = None) -> "Delivery":
    """What sends alerts. `home`: where the pages are, for links; None where only the settings know."""
    from index.alerts.delivery import Delivery
    from search_api.letters import Letters

    settings = instance.settings
    boards = functools.partial(declared_boards, instance)
    letters = Letters(settings, boards, lambda: datetime.now(UTC), home or settings.home)
    return Delivery(instance.store, letters.ways(), settings.private)


@app.command()
def schedule(sample: Sample = False) -> None:
    """Crawl boards whenever they are due, until stopped; `gigdex work` ingests what they bring."""
    import signal

    from crawlers.schedule import Schedule

    settings = the_settings(sample)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with ExitStack() as stack:
        sample_url = sample_boards(stack, settings) if sample else None
        instance = stack.enter_context(the_instance(settings, sample))
        spiders = functools.partial(the_spiders, settings, sample)
        say("Crawling boards as they become due; stop with Ctrl+C.")
        Schedule(instance.store, instance.inbox, spiders, settings, sample_url).run(stop)


def is_empty(settings: "Settings") -> bool:
    """Whether the data folder has never held a gig. A database elsewhere is somebody's choice, not an empty folder."""
    if settings.database_url or not (settings.data / "gigdex.db").exists():
        return settings.database_url is None
    with the_instance(settings, False) as instance:
        return instance.store.count_gigs() == 0 and instance.inbox.size() == 0


def serve_pages(instance: "Instance", sample: bool, listener: socket.socket, silent: bool = False) -> None:
    from index.engine.base import EngineError
    from index.metrics import collect
    from search_api.app import create_app
    from search_api.deps import Services
    from search_api.server import serve

    services = Services(
        instance.search,
        instance.store,
        instance.stream,
        instance.settings,
        sample,
        ready=instance.not_ready,
        metrics=lambda: collect(instance),
        database=instance.store.database,
        home=home_of(instance.settings, listener),
        secret=instance.store.secret(),
    )

    with suppress(EngineError):
        instance.search.generation()  # the first look at an engine elsewhere; later ones don't wait

    def ready(address: str) -> None:
        if not silent:
            say(f"Gigdex is at {address} (data: {instance.settings.data}); stop with Ctrl+C.")

    serve(create_app(services), listener, ready)


# --- boards ----------------------------------------------------------------------------------------------------


@app.command()
def crawl(
    boards: Annotated[
        list[str] | None, typer.Argument(help="Boards to crawl; all that are on and due when none is named.")
    ] = None,
    sample: Sample = False,
) -> None:
    """Crawl boards now, then ingest what they brought. A board's shortest interval is kept."""
    from crawlers.run import crawl as run_crawl
    from crawlers.schedule import due_times, last_runs

    settings = the_settings(sample)
    with ExitStack() as stack:
        sample_url = sample_boards(stack, settings) if sample else None
        instance = stack.enter_context(the_instance(settings, sample))
        spiders = the_spiders(settings, sample)
        states = {state.info.id: state for state in instance.store.boards()}
        for name in boards or ():
            known_board(name, spiders)
            if not states[name].enabled:
                hint = f"; with their permission: `gigdex boards enable {name} --evidence TEXT`"
                reason = states[name].off_reason or ""
                raise Problem(f"{name} is off: {reason}{'' if 'GIGDEX_KEY_' in reason else hint}")
        now = datetime.now(UTC)
        wanted = [spiders[name] for name in boards or spiders if states[name].enabled]
        ready = []
        for name, when in due_times(wanted, last_runs(instance.store, instance.inbox), now).items():
            if when is None or when <= now:
                ready.append(name)
            else:
                say(f"{name}: the next crawl is due at {when.astimezone():%Y-%m-%d %H:%M}.")
        if not ready:
            return
        with progress() as bars:
            tasks = {name: bars.add_task(name, total=None, note="") for name in ready}

            def moved(event: "Progress") -> None:
                if event.board in tasks:
                    note = event.error or event.outcome or ""
                    done = event.counts.get("postings")
                    bars.update(tasks[event.board], completed=done, note=note)

            ended = run_crawl(ready, settings, moved, sample_url=sample_url)
        ingest_now(instance)
    for one in ended:
        if not one.complete:
            say(f"{one.board}: {one.outcome}, not complete: {one.error or 'cut by a bound'}")
    failed = [one for one in ended if one.outcome != "finished"]
    if failed:
        raise Problem(f"{len(failed)} of {len(ready)} boards were not crawled")


def sample_boards(stack: ExitStack, settings: "Settings") -> str:
    """Start the sample boards' server for as long as the stack is open; returns its address. Their spiders read it
    from the environment when they are declared. Each data folder keeps one port: the gigs' links hold it."""
    from crawlers.run import SAMPLE_URL
    from crawlers.sample_boards.server import serving

    os.environ[SAMPLE_URL] = stack.enter_context(serving(settings.data / "sample-port"))
    return os.environ[SAMPLE_URL]


def ingest_now(instance: "Instance") -> None:
    """Ingest here, or wait until whoever holds the lease has done it."""
    import time

    from index.lease import LeaseTaken

    with progress() as bars:
        task = bars.add_task("ingest", total=instance.inbox.size(), note="")
        told = False
        while True:
            try:
                with instance.working("gigdex crawl") as worker:
                    worker.drain(lambda count: bars.advance(task, count))
                return
            except LeaseTaken as taken:
                if not told:
                    say(f"{taken}; it ingests what was crawled.")
                    told = True
            if instance.is_up_to_date():
                return
            time.sleep(0.5)  # the holder may die, or be one that doesn't ingest: then it is our turn


def known_board(name: str, known: Iterable[str]) -> None:
    if name not in (names := list(known)):
        raise Problem(f"no board named {name!r}; there are: {', '.join(names)}", 2)


@boards_app.callback()
def boards(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="NDJSON, one board a line.")] = False,
    sample: Sample = False,
) -> None:
    """Boards with terms, cadence, last run, counts and health."""
    if context.invoked_subcommand is None:
        list_boards(as_json, sample)


@boards_app.command("list")
def list_boards(
    as_json: Annotated[bool, typer.Option("--json", help="NDJSON, one board a line.")] = False,
    sample: Sample = False,
) -> None:
    """List the boards."""
    from search_api.routes.boards import board_item

    settings = the_settings(sample)
    spiders = the_spiders(settings, sample)
    with the_instance(settings, sample) as instance:
        states = instance.store.boards()
    if as_json:
        for state in states:
            print(board_item(state).model_dump_json())
        return
    from rich.console import Console
    from rich.table import Column, Table
    from rich.text import Text

    console = Console()
    wide = console.width >= WIDE
    reasons = [Column("why", overflow="fold")] if wide else []  # names of variables must be readable whole
    table = Table("board", "state", "since", "every", "last run", "open gigs", *reasons, box=None, pad_edge=False)
    for state in states:
        interval = (
            spiders[state.info.id].board.interval_s if state.info.id in spiders else state.info.terms.min_interval_s
        )
        last = f"{state.last_run.started_at.astimezone():%Y-%m-%d %H:%M}" if state.last_run else "never"
        since = state.reading.since if state.enabled else None
        table.add_row(
            state.info.id,
            state.state,
            f"{since.astimezone():%Y-%m-%d %H:%M}" if since else "",
            f"{interval // 60} min",
            last,
            str(state.open_gigs),
            *([Text(state.why() or "")] if wide else []),  # a board's own words are no markup
        )
    console.print(table)
    for state in () if wide else states:
        if why := state.why():
            console.print(Text(f"\n{state.info.id}: {why}"))


@boards_app.command()
def add(site: Annotated[str, typer.Argument(metavar="HOST", help="Host name of the site.")]) -> None:
    """Add a site with schema.org job postings that grants it in its own /.well-known/gigdex.json."""
    from crawlers.grants import add_site

    terms = add_site(site, the_settings(False))
    if terms.off:
        raise Problem(terms.off)
    say(f"{site} is a board now.")


@boards_app.command()
def enable(
    board: str,
    evidence: Annotated[
        str,
        typer.Option(
            help="The permission: who gave it, where and when.", prompt="Who permits it, where and when was that said"
        ),
    ],
    sample: Sample = False,
) -> None:
    """Switch a board on, on your word that its owner permits it."""
    if not evidence.strip():
        raise Problem("--evidence: say who permits it, where and when", 2)
    decide(board, True, evidence.strip(), sample)


@boards_app.command()
def disable(board: str, sample: Sample = False) -> None:
    """Switch a board off; its gigs are no longer shown to others."""
    decide(board, False, None, sample)


@boards_app.command()
def accept(board: str, sample: Sample = False) -> None:
    """Take a board as it is now: fewer postings or emptier fields are no fault of it, and usual from here on."""
    from index.store.boards import accept as keep

    with the_instance(the_settings(sample), sample) as instance:
        known_board(board, [state.info.id for state in instance.store.boards()])
        keep(instance.store.database, board, datetime.now(UTC))
    say(f"{board}: the next crawl is not compared with those before.")


def decide(board: str, enabled: bool, evidence: str | None, sample: bool) -> None:
    from index.lease import LeaseTaken
    from index.store.boards import decide as keep

    with the_instance(the_settings(sample), sample) as instance:
        known_board(board, [state.info.id for state in instance.store.boards()])
        keep(instance.store.database, board, enabled, evidence)
        when = "now"
        try:
            with instance.working("gigdex boards") as worker:
                worker.step()
        except LeaseTaken as taken:
            when = f"within a minute: {taken}"
    say(f"{board} is {'on' if enabled else 'off'}; what is shown follows {when}.")


@app.command()
def parse(
    board: Annotated[str, typer.Argument(help="Board, kind of file, or a TOML file that declares a board.")],
    files: Annotated[list[Path], typer.Argument(help="Saved responses.")],
    url: Annotated[str | None, typer.Option(help="Link of rows that have none.")] = None,
) -> None:
    """Read saved responses of a board: Postings on stdout, NDJSON. No network, no store."""
    from crawlers.board import BadBoard
    from crawlers.parse import BadRow, UnknownBoard, read_file, reader
    from index.settings import load_settings

    try:
        spider = reader(board, load_settings().data)
    except (BadBoard, UnknownBoard) as error:
        raise Problem(str(error), 2) from None
    except OSError as error:
        raise Problem(f"{board}: {error.strerror}", 2) from None
    bad = 0
    for file in files:
        try:
            data = file.read_bytes()
        except OSError as error:
            say(f"{file}: {error.strerror}")
            bad += 1
            continue
        for row in read_file(spider, data, file.name, url):
            if isinstance(row, BadRow):
                say(f"{file}, row {row.number}: {row.message}")
                bad += 1
            else:
                print(row.model_dump_json(exclude_none=True))
    finish(bad, "could not be read")


@app.command()
def capture(
    board: str,
    source: Annotated[
        Path | None, typer.Option("--from", help="A saved response, instead of asking the board.")
    ] = None,
    folder: Annotated[Path | None, typer.Option(help="Where the fixture goes; tests/boards/BOARD by default.")] = None,
) -> None:
    """Write a board's fixture: one response and what `parse` makes of it, for a reviewer to read."""
    from crawlers.capture import capture as run_capture

    settings = the_settings(False)
    known_board(board, the_spiders(settings, False))
    files = run_capture(board, folder or Path("tests/boards") / board, source, settings=settings)
    say(f"Wrote {', '.join(map(str, files))}; read expected.json before you commit it.")


@board_app.command("new")
def new_board(
    address: Annotated[str, typer.Argument(help="Address of a site, a feed, a sitemap or an interface.")],
    save: Annotated[
        bool, typer.Option("--save", help="Keep it as a board of this instance, off until it has terms.")
    ] = False,
) -> None:
    """Look at a site and propose how to read it: the board's file on stdout, five postings on stderr."""
    from crawlers.declared import FOLDER
    from crawlers.probe import NothingFound, probe, shown

    settings = the_settings(False)
    try:
        proposal = probe(address, settings)
    except (NothingFound, ValueError) as error:
        raise Problem(str(error)) from None
    for note in proposal.notes:
        say(f"- {note}")
    for draft in proposal.postings:
        say("\n  ".join([f"* {draft['title']}", *shown(draft)]))
    text = proposal.toml()
    print(text, end="")
    if save:
        file = settings.data / FOLDER / f"{proposal.board_id}.toml"
        if file.exists():
            raise Problem(f"{file} is there already")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        say(f"Saved as {file}: check it, and put its terms in.")


# --- pure stages -------------------------------------------------------------------------------------------------


@app.command()
def normalize() -> None:
    """Postings on stdin, Gigs on stdout: NDJSON, one for one, in order. No network, no store."""
    bad = 0
    for read in gigs_on_stdin():
        if read is None:
            bad += 1
        else:
            print(read[1].model_dump_json())
    finish(bad, "left out")


@app.command()
def dedupe(
    explain: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="A B", help="Say why two stored postings (BOARD:ID) or gigs are one gig or two."),
    ] = None,
    join: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="A B", help="Make two stored postings or gigs one gig; no rule overturns it."),
    ] = None,
    split: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="GIG POSTING", help="Take a posting out of its gig; no rule overturns it."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The explanation as JSON.")] = False,
    sample: Sample = False,
) -> None:
    """Postings on stdin; {"posting", "gig", "why"} on stdout: NDJSON, one for one, in order. No network, no store.

    With an option: explain or decide what is stored.
    """
    if sum(option is not None for option in (explain, join, split)) > 1:
        raise Problem("--explain, --join and --split: one at a time", 2)
    if explain is not None:
        explain_pair(*explain, as_json, sample)
    elif join is not None or split is not None:
        decide_pair(join, split, sample)
    else:
        dedupe_stdin()


def dedupe_stdin() -> None:
    from index.dedupe.match import group_postings
    from index.gig import gig_id

    lines = list(gigs_on_stdin())
    read = [pair for pair in lines if pair is not None]
    postings = [posting for posting, _ in read]
    order = {posting.key: number for number, posting in reversed(list(enumerate(postings)))}
    verdict = {}
    groups, matched = group_postings(read)
    for group in groups:
        first = min(group.keys, key=lambda key: order[":".join(key)])
        for key in group.keys:
            verdict[":".join(key)] = (gig_id(*first), group.why.get(key))
    for posting in postings:
        gig, why = verdict[posting.key]
        print(json.dumps({"posting": posting.key, "gig": gig, "why": why}, ensure_ascii=False))
    if matched.capped:
        say(f"{matched.capped} postings have so many like them that they were not compared with all.")
    finish(len(lines) - len(read), "left out")


def explain_pair(one: str, other: str, as_json: bool, sample: bool) -> None:
    from dataclasses import asdict

    from index.people import explain

    with the_instance(the_settings(sample), sample) as instance:
        found = explain(instance.store, one, other)
    if as_json:
        print(json.dumps(asdict(found) | {"a": ":".join(found.a), "b": ":".join(found.b)}, ensure_ascii=False))
        return
    a, b = ":".join(found.a), ":".join(found.b)
    print(f"A {a}\nB {b}")
    print(f"verdict: {found.verdict.answer}, score {found.verdict.score:.2f}: {', '.join(found.verdict.reasons)}")
    print(f"stored as: {'one gig' if found.one_gig else 'two gigs'} ({', '.join(map(str, found.gigs))})")
    if found.decided:
        print(f"a person decided: {found.decided}")
    for line in found.why:
        print(f"held by: {line}")
    for what, words in found.only.items():
        print(f"only {what}: {', '.join(words)}")


def decide_pair(join: tuple[str, str] | None, split: tuple[str, str] | None, sample: bool) -> None:
    """Keep the decision, and follow it here or wait until whoever holds the lease has done it."""
    import time

    from index import people
    from index.lease import LeaseTaken

    with the_instance(the_settings(sample), sample) as instance:
        if join is not None:
            people.join(instance.store, *join)
        elif split is not None:
            people.split(instance.store, *split)
        try:
            with instance.working("gigdex dedupe") as worker:
                worker.step()
        except LeaseTaken as taken:
            say(f"{taken}; it follows the decision within a minute.")
        while not people.is_applied(instance.store):
            time.sleep(0.2)
    say("The gigs follow the decision.")


def gigs_on_stdin() -> "Iterator[tuple[Any, Any] | None]":
    """(Posting, its Gig), or None for a bad line that was reported."""
    from index.normalize import normalize

    for number, posting in postings_on_stdin():
        if posting is None:
            yield None
            continue
        try:
            gig = normalize(posting)
        except Exception as error:  # a fault of ours in one posting must not stop the others
            say(f"line {number}: can't be normalized: {error!r}")
            yield None
        else:
            yield posting, gig


def postings_on_stdin() -> "Iterator[tuple[int, Any]]":
    """(line number, Posting, or None for a bad line that was reported)."""
    from index.posting import BadPosting, read_posting

    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        try:
            posting, problems = read_posting(json.loads(line))
        except (BadPosting, ValueError, RecursionError) as error:
            reason = str(error) if isinstance(error, BadPosting) else "not JSON in UTF-8"
            say(f"line {number}: {reason}")
            yield number, None
            continue
        for problem in problems:
            say(f"line {number}: {problem}")
        yield number, posting


def finish(bad: int, what: str) -> None:
    if bad:
        raise Problem(f"{bad} {'row' if bad == 1 else 'rows'} {what}")


# --- asking ------------------------------------------------------------------------------------------------------


def with_filters(*leave_out: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Gives a command one option for each parameter of SearchQuery, collected in its argument `filters`."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        from index.query import MANY, SearchQuery

        own = [p for p in inspect.signature(command).parameters.values() if p.name != "filters"]
        names = [name for name in SearchQuery.model_fields if name not in leave_out]

        @functools.wraps(command)
        def wrapped(**given: Any) -> None:
            filters = [(name, value) for name in names for value in as_list(given.pop(name, None))]
            command(**given, filters=filters)

        options = []
        for name in names:
            kind = list[str] | None if name in MANY else str | None
            option = typer.Option(
                f"--{name.replace('_', '-')}",
                help=SearchQuery.model_fields[name].description,
                metavar="TEXT",
                rich_help_panel="Filters, as in the API",
            )
            options.append(
                inspect.Parameter(
                    name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind, option]
                )
            )
        keyword = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own]
        wrapped.__signature__ = inspect.Signature([*keyword, *options])  # type: ignore[attr-defined]  # what Typer reads
        wrapped.__annotations__ = {p.name: p.annotation for p in [*keyword, *options]}
        return wrapped

    return decorate


def as_list(value: Any) -> Iterable[str]:
    return value if isinstance(value, list) else [] if value is None else [value]


@app.command()
@with_filters("q")
def search(
    filters: list[tuple[str, str]],
    words: Annotated[list[str] | None, typer.Argument(help='Words, "a phrase", OR; put -- before a -word.')] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Gigs as NDJSON.")] = False,
    sample: Sample = False,
) -> None:
    """Search the gigs: a table with links (blocks on a narrow terminal), page after page."""
    from index.query import SearchQuery
    from index.terms import OPERATOR

    query = SearchQuery.from_params([*filters, ("q", " ".join(words or ()))])
    settings = the_settings(sample)
    now = datetime.now(UTC)
    with the_gigs(settings, sample) as instance:
        if as_json:
            for gig in instance.search.search(query, OPERATOR, now).items:
                print(gig.model_dump_json())
            return
        from rich.console import Console

        from index.suggest import correct
        from search_api.terminal import browse

        browse(
            lambda query: instance.search.search(query, OPERATOR, now),
            query,
            now,
            Console(),
            say,
            more if sys.stdin.isatty() and sys.stdout.isatty() else None,
            declared_boards(instance),
            lambda query: correct(instance.search, query, OPERATOR, now),
        )


def declared_boards(instance: "Instance") -> "dict[str, BoardInfo]":
    """For their names. All that the store knows of boards would take counting their gigs."""
    return instance.store.infos()


def more() -> bool:
    """Ask whether to show the next page."""
    try:
        return input("Enter shows more, q ends: ").strip().lower() not in ("q", "quit", "n", "no")
    except (EOFError, KeyboardInterrupt):
        print()
        return False


@app.command()
@with_filters()
def export(
    filters: list[tuple[str, str]],
    format: Annotated[str, typer.Argument(help="atom, csv, jsonfeed, ndjson, parquet, rss or xml")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write; stdout by default.")] = None,
    sample: Sample = False,
) -> None:
    """Write a search as a feed to a file: what GET /feeds/FORMAT answers."""
    from index.query import SearchQuery
    from index.terms import OPERATOR
    from search_api.export import Feed, dialect_of

    dialect = dialect_of(format)
    if dialect.missing:
        raise Problem(dialect.missing)
    query = SearchQuery.from_params(filters)
    settings = the_settings(sample)
    channel = OPERATOR if settings.private else "feed"
    base = str(settings.public_url or f"http://{settings.host}:{settings.port}").rstrip("/")
    with the_gigs(settings, sample) as instance:
        feed = Feed(dialect, query, channel, base, datetime.now(UTC), instance.search, instance.stream)
        pieces = feed.pieces()
        with output_to(output) as out:
            out.writelines(pieces)
    say(f"{feed.count} gigs" + (f" in {output}" if output else ""))


@app.command()
@with_filters("limit", "cursor", "sort", "posted_within", "currency")
def mirror(
    filters: list[tuple[str, str]],
    address: Annotated[str, typer.Argument(help="Address of the other Gigdex.")],
    file: Annotated[Path, typer.Argument(help="NDJSON file to keep up to date.")],
    follow: Annotated[bool, typer.Option("--follow", help="Go on until Ctrl+C.")] = False,
) -> None:
    """Follow the gigs of another Gigdex: a file that is always whole, brought up to date by what changed.

    A partner's key is taken from the variable GIGDEX_MIRROR_KEY.
    """
    import time

    from index.mirror import Mirror, MirrorError, ask

    key = os.environ.get("GIGDEX_MIRROR_KEY")
    its = Mirror(address, file, filters, lambda url: ask(url, key))
    with suppress(KeyboardInterrupt):
        while True:
            try:
                done = its.sync(wait=follow)
            except MirrorError as error:
                if not follow or error.again_s is None:
                    raise
                say(f"{error}; trying again in {error.again_s:.0f} s")
                time.sleep(error.again_s)
                continue
            how = "a new snapshot" if done.anew else f"{done.changes} changed"
            if done.changes or not follow:
                say(f"{done.gigs} gigs in {file} ({how})")
            if not follow:
                return
            time.sleep(min(60, 9 * done.merged_s))  # a large file isn't written all the time for each little change


@contextmanager
def output_to(path: Path | None) -> Iterator[BinaryIO]:
    """Stdout, or a file that appears under its name only when it is complete."""
    if path is None:
        yield sys.stdout.buffer
        return
    target = path.resolve()
    part = target.parent / f"{target.name}.part"
    try:
        if target.exists() and not target.is_file():  # a pipe or a device, which must not be replaced
            with target.open("wb") as file:
                yield file
            return
        with part.open("wb") as file:
            yield file
        part.replace(target)
    except OSError as error:
        raise Problem(f"can't write {path}: {error.strerror}") from None
    finally:
        part.unlink(missing_ok=True)


@app.command()
def rebuild(
    normalize: Annotated[
        bool, typer.Option("--normalize", help="Make the gigs from their postings first, by today's rules.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --normalize: only show which gigs would change, and how.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="With --dry-run: each change as NDJSON instead of a table.")
    ] = False,
    sample: Sample = False,
) -> None:
    """Make the search index anew from the store."""
    if dry_run and not normalize:
        raise Problem("--dry-run: the search index has nothing to show; use it with --normalize", 2)
    if as_json and not dry_run:
        raise Problem("--json: use it with --normalize --dry-run", 2)
    settings = the_settings(sample)
    if dry_run:
        preview_rebuild(settings, as_json)
        return
    with the_gigs(settings, sample) as instance, instance.working("gigdex rebuild") as worker, progress() as bars:
        if normalize:
            task = bars.add_task("normalize", total=None, note="")
            worker.ingest.renormalize(lambda count: bars.advance(task, count))
        index = bars.add_task("index", total=instance.store.count_gigs(), note="")
        follower = instance.rebuild_engine(lambda count: bars.advance(index, count))
        size, refused = follower.engine.size(), follower.parked()
        follower.engine.close()
    say(f"The search index holds {size} documents.")
    tell_refused(refused)


@app.command()
def reconcile(
    check: Annotated[bool, typer.Option("--check", help="Only compare; exit status 1 when something differs.")] = False,
    sample: Sample = False,
) -> None:
    """Compare the search index with the store, document by document, and mend it where it differs."""
    from index.reconcile import reconcile as run_reconcile

    settings = the_settings(sample)
    with the_instance(settings, sample) as instance, instance.working("gigdex reconcile") as worker, progress() as bars:
        worker.follower.catch_up()
        task = bars.add_task("compare", total=instance.store.count_gigs(), note="")
        found = run_reconcile(worker.follower, lambda count: bars.advance(task, count), mend=not check)
    say(
        f"{found.compared} documents compared: {found.missing} missing, {found.surplus} too many, "
        f"{found.outdated} outdated{'; mended.' if found.any and not check else '.'}"
    )
    if found.left:
        raise Problem(f"{found.left} gigs could not be mended; `gigdex rebuild` makes the index anew")
    if check and found.any:
        raise Problem("the search index differs from the store; `gigdex reconcile` mends it")
    tell_refused(found.refused)


def tell_refused(refused: dict[int, str]) -> None:
    """Gigs that can't be found are a fault, and each is named."""
    for seq, why in sorted(refused.items())[:20]:
        say(f"gig number {seq}: {why}")
    if refused:
        raise Problem(f"the search index refuses {len(refused)} {'gig' if len(refused) == 1 else 'gigs'}")


def preview_rebuild(settings: "Settings", as_json: bool) -> None:
    """Which gigs `rebuild --normalize` would change: a table of fields with counts and examples."""
    from dataclasses import asdict

    from index.ingest import Ingest
    from index.instance import Instance
    from index.preview import Tally, changes, short

    tally = Tally()
    with closing(Instance(settings)) as instance, progress() as bars:
        task = bars.add_task("normalize", total=None, note="")
        ingest = Ingest(instance.store, instance.inbox)
        for id_, before, after in ingest.would_change(lambda count: bars.advance(task, count)):
            found = list(changes(id_, before, after))
            tally.add(found)
            for change in found if as_json else ():
                print(json.dumps(asdict(change), ensure_ascii=False))
        total = instance.store.count_gigs()
    if tally.fields and not as_json:
        from rich.console import Console
        from rich.table import Column, Table
        from rich.text import Text

        table = Table("field", Column("gigs", justify="right"), "for example", box=None, pad_edge=False)
        for name, count in tally.fields.most_common():
            examples = (f"{one.gig}: {short(one.before)} -> {short(one.after)}" for one in tally.examples[name])
            table.add_row(Text(name), str(count), Text("\n".join(examples)))
        Console().print(table)
    say(f"{tally.gigs} of {total} gigs would change in what they say. Nothing was written.")


@rates_app.callback()
def rates(context: typer.Context) -> None:
    """Exchange rates: how new they are, and newer ones."""
    if context.invoked_subcommand is None:
        from index.normalize.currency import known_currencies, last_day

        the_settings(False)
        say(f"The exchange rates reach to {last_day()}; {len(known_currencies())} currencies.")


@rates_app.command()
def refresh(
    file: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="A saved eurofxref-hist.zip: no network.")
    ] = None,
    url: Annotated[
        str | None, typer.Option(help="Another address of the same file, such as a mirror of your own.")
    ] = None,
) -> None:
    """Fetch the reference rates of the European Central Bank, check them and keep them in the data folder.

    They count from the next start of a command. Gigs keep the rates that they have.
    """
    from index.rates import ECB, download, read_file
    from index.rates import refresh as keep

    settings = the_settings(False)
    if file is not None:
        packed = read_file(file)
    else:
        with progress() as bars:
            task = bars.add_task("rates", total=None, note="")
            packed = download(url or ECB, settings.contact, lambda count: bars.advance(task, count))
    before, after = keep(settings, packed)
    if after == before:
        say(f"The exchange rates were up to date already: they reach to {after}.")
    else:
        say(f"The exchange rates reach to {after}; before, to {before}.")


@app.command()
def show(
    gig: Annotated[str, typer.Argument(metavar="GIG", help="Id of the gig: 16 letters and digits.")],
    as_json: Annotated[bool, typer.Option("--json", help="The gig as JSON.")] = False,
    sample: Sample = False,
) -> None:
    """Show all that is known of one gig."""
    from index.terms import OPERATOR

    with the_gigs(the_settings(sample), sample) as instance:
        found = instance.store.find(gig, OPERATOR)
        if found is not None and found.moved_to is not None:
            say(f"{gig} is one with {found.moved_to}.")
            found = instance.store.find(found.moved_to, OPERATOR)
        boards = declared_boards(instance)
    if found is None:
        raise Problem(f"there is no gig {gig!r}")
    if found.gig is None:
        raise Problem(f"gig {gig} is closed, and its content was deleted (GIGDEX_KEEP_CLOSED_DAYS)")
    if as_json:
        print(found.gig.model_dump_json())
    else:
        from rich.console import Console

        from search_api.terminal import show_gig

        show_gig(found.gig, Console(), datetime.now(UTC), boards)


# --- alerts ----------------------------------------------------------------------------------------------------


@alerts_app.command("add")
@with_filters("q", "sort", "limit", "cursor")
def add_alert(
    filters: list[tuple[str, str]],
    words: Annotated[list[str] | None, typer.Argument(help='Words, "a phrase", OR; put -- before a -word.')] = None,
    mail: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Tell this mail address, once it agrees.")] = None,
    webhook: Annotated[str | None, typer.Option(metavar="URL", help="Tell a program by signed POSTs.")] = None,
    feed: Annotated[bool, typer.Option("--feed", help="Fill a private feed; the default.")] = False,
    rhythm: Annotated[str, typer.Option(help="instant, daily, or weekly on Mondays.")] = "daily",
    hour: Annotated[int, typer.Option(help="Full hour of daily and weekly digests.")] = 8,
    zone: Annotated[str, typer.Option(help="Time zone of the hour, such as Europe/Berlin.")] = "UTC",
    sample: Sample = False,
) -> None:
    """Save a search, to be told of new gigs that it finds: its id and secrets as JSON."""
    from index.alerts import saved
    from index.engine.base import EngineError
    from index.query import SearchQuery
    from index.terms import OPERATOR

    if (mail is not None) + (webhook is not None) + feed > 1:
        raise Problem("--mail, --webhook and --feed: one at a time", 2)
    kind = "email" if mail is not None else "webhook" if webhook is not None else "feed"
    query = SearchQuery.from_params([("q", " ".join(words or ())), *filters])
    order = saved.Order.of(query, kind, address=mail, url=webhook, rhythm=rhythm, hour=hour, zone=zone)
    with the_gigs(settings := the_settings(sample), sample) as instance:
        with suppress(EngineError):  # there may be no search index yet
            channel = OPERATOR if settings.private else saved.CHANNELS[order.kind]
            count = saved.last_week(instance.search, order.query, channel, datetime.now(UTC))
            say(f"{count:,} gig{'s' if count != 1 else ''} of the last 7 days would have been told.")
        made = saved.accept(instance.store.database, settings, order, datetime.now(UTC))
    told = {"id": made.search.id, "state": made.search.state, "key": made.key, "webhook_secret": made.webhook_secret}
    if made.feed_token is not None:
        told["feed_url"] = f"{settings.home}/saved-searches/{made.search.id}/feed?token={made.feed_token}"
    print(json.dumps({name: value for name, value in told.items() if value is not None}))


@alerts_app.command("list")
def list_alerts(sample: Sample = False) -> None:
    """Everybody's saved searches, NDJSON. Who they are for is not shown."""
    from index.alerts import saved

    with the_gigs(the_settings(sample), sample) as instance, instance.store.database.reading() as connection:
        for one in saved.of_subscriber(connection, None):
            shown = {"id": one.id, "query": json.loads(saved.query_json(one.query)), "kind": one.kind,
                     "rhythm": one.rhythm, "state": one.state, "why": one.why}  # fmt: skip
            print(json.dumps(shown, ensure_ascii=False))


SEARCH = typer.Argument(help="Its id, or a mail address for all that goes there.")


@alerts_app.command("pause")
def pause_alert(search: Annotated[str, SEARCH], sample: Sample = False) -> None:
    """Tell nothing of this saved search until it is resumed."""
    turn_alert(search, "paused", sample)


@alerts_app.command("resume")
def resume_alert(search: Annotated[str, SEARCH], sample: Sample = False) -> None:
    """Let a paused saved search go on, with what comes from now on."""
    turn_alert(search, "active", sample)


@alerts_app.command("delete")
def delete_alert(search: Annotated[str, SEARCH], sample: Sample = False) -> None:
    """Delete a saved search; of who has none left nothing is kept, the address neither."""
    turn_alert(search, None, sample)


def turn_alert(name: str, state: Literal["active", "paused"] | None, sample: bool) -> None:
    """Give saved searches another state; None deletes them."""
    from index.alerts import saved

    with the_gigs(the_settings(sample), sample) as instance:
        with instance.store.database.writing() as connection:
            found = saved.named(connection, name)
            if not found:
                raise Problem(f"there is no saved search {name!r}; `gigdex alerts list` shows all", 2)
            confirmed = [one for one in found if one.state != "unconfirmed"]
            if state is not None and not confirmed:
                raise Problem("its address has not confirmed it yet")
            for one in found if state is None else confirmed:
                if state is None:
                    saved.delete(connection, one)
                else:
                    saved.change(connection, one, datetime.now(UTC), state=state)
        if state is None:
            instance.store.database.truncate_log()


@alerts_app.command("bounced")
def take_bounce(sample: Sample = False) -> None:
    """Read a mail server's report of a mail that came back (RFC 3464) on stdin, and pause what goes to that address."""
    from index.alerts.bounces import NoBounce, take_back

    raw = sys.stdin.buffer.read()
    with the_gigs(the_settings(sample), sample) as instance:
        try:
            count = take_back(instance.store.database, raw, datetime.now(UTC))
        except NoBounce as error:
            raise Problem(f"nothing is paused: {error}") from None
    say(f"{count} saved search{'es' if count != 1 else ''} paused.")


# --- operating -----------------------------------------------------------------------------------------------


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File to write.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    sample: Sample = False,
) -> None:
    """Write everything worth keeping into one file, while all else goes on: gigs, postings, boards, inbox."""
    from index.backup import backup as run_backup

    manifest = run_backup(the_settings(sample), file, force)
    size = sum(entry.size for entry in manifest.files)
    say(f"{file} holds {size / 1e6:,.1f} MB of data in {file.stat().st_size / 1e6:,.1f} MB.")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File that `gigdex backup` wrote.")],
    sample: Sample = False,
) -> None:
    """Bring a backup into an empty data folder. The search index is made anew at the next start."""
    from index.backup import restore as run_restore

    settings = the_settings(sample)
    manifest = run_restore(settings, file)
    say(f"{settings.data} is as it was on {manifest.made_at.astimezone():%Y-%m-%d %H:%M}.")


@app.command()
def move() -> None:
    """Move everything from the data folder into the empty PostgreSQL database that GIGDEX_DATABASE_URL names.

    All or nothing: whatever goes wrong, the database stays empty. The files stay as they are and are not used any
    more. Stop everything else before.
    """
    from index.move import move as run_move

    settings = the_settings(False)
    with progress() as bars:
        tasks = {}

        def stepped(table: str, rows: int) -> None:
            if table not in tasks:
                tasks[table] = bars.add_task(table, total=None, note="")
            bars.advance(tasks[table], rows)

        moved = run_move(settings, stepped)
    say(
        f"{moved.gigs:,} gigs, {moved.postings:,} postings and {moved.waiting:,} waiting ones moved; "
        "start Gigdex with the same GIGDEX_DATABASE_URL."
    )


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="NDJSON, one finding a line.")] = False,
    sample: Sample = False,
) -> None:
    """Say what is wrong and what to do about it. Exit status 1 when there is a problem, 0 for advice alone."""
    from dataclasses import asdict

    from index.doctor import examine

    findings = examine(sample)
    for finding in findings:
        if as_json:
            print(json.dumps(asdict(finding), ensure_ascii=False))
        else:
            print(f"{finding.level}: {finding.what}\n  {finding.todo}")
    problems = sum(finding.level == "problem" for finding in findings)
    if problems:
        raise Problem(f"{problems} {'problem' if problems == 1 else 'problems'} found")
    if not as_json:
        say("No problem found.")


@app.command()
def forget(
    pattern: Annotated[str, typer.Argument(help="Words to forget, such as a name or an address.")],
    regex: Annotated[bool, typer.Option("--regex", help="The pattern is a regular expression.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    sample: Sample = False,
) -> None:
    """Erase words from all that is stored and keep them out: from raw postings, gigs, search index and inbox."""
    from index.forget import find, make_rule, remember

    with the_instance(the_settings(sample), sample) as instance:
        rule = make_rule(instance.store, pattern, regex)
        count = 0
        for match in find(instance.store, instance.inbox, rule):
            count += 1
            print(f"{match.posting} {match.field}{' (inbox)' if match.waiting else ''}: {match.text}")
        say(f"{count} {'place' if count == 1 else 'places'} found; later postings will be kept free of it too.")
        if not yes and not (sys.stdin.isatty() and typer.confirm("Erase for good?", err=True)):
            raise Problem("nothing was erased; --yes erases without asking")
        changed = forget_now(instance, remember(instance.store, rule))
    say(f"{changed} {'posting' if changed == 1 else 'postings'} changed. Backups made before still hold it.")


def forget_now(instance: "Instance", rule: int, command: str = "forget") -> int:
    """Apply the rule here, or wait until whoever holds the lease has done it."""
    import time

    from index.forget import applied
    from index.lease import LeaseTaken

    told = False
    with progress() as bars:
        task = bars.add_task(command, total=None, note="")
        while (changed := applied(instance.store, rule)) is None:
            try:
                with instance.working(f"gigdex {command}") as worker:
                    if worker.forget(lambda count: bars.advance(task, count)):
                        worker.follower.catch_up()
                        continue
            except LeaseTaken as taken:
                if not told:
                    say(f"{taken}; it erases within a minute.")
                    told = True
            time.sleep(0.2)  # another worker may be at it, or have died of it
    return changed


@app.command()
def takedown(
    address: Annotated[
        str, typer.Argument(help="Address of the posting on its board or of the gig's page, or board:id.")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    sample: Sample = False,
) -> None:
    """Remove a posting for good: from gigs, pages, feeds and search at once, with a tombstone, and keep it out."""
    from index.takedown import find, order

    with the_gigs(the_settings(sample), sample) as instance:
        found = find(instance.store, address)
        if not found:
            raise Problem(f"there is no posting at {address!r}; give its address, its gig's page, or board:id", 2)
        for board, external_id in found:
            print(f"{board}:{external_id}")
        if not yes and not (sys.stdin.isatty() and typer.confirm("Remove for good?", err=True)):
            raise Problem("nothing was removed; --yes removes without asking")
        for rule in order(instance.store, found):
            forget_now(instance, rule, "takedown")
    say(f"{len(found)} {'posting' if len(found) == 1 else 'postings'} removed. Backups made before still hold them.")


# --- partners' keys ----------------------------------------------------------------------------------------------


@keys_app.command("add")
def add_key(
    name: Annotated[str, typer.Argument(help="Whose key it is.")],
    scope: Annotated[list[str] | None, typer.Option(help="What it is for: feeds (default) or api; repeatable.")] = None,
    rate_limit: Annotated[int, typer.Option(help="Requests a minute; 0: any number.")] = 3_000,
    sample: Sample = False,
) -> None:
    """Make a key for a partner; it is shown once. An earlier key of the same partner stops working."""
    from index.store import api_keys

    with the_instance(the_settings(sample), sample) as instance:
        print(api_keys.add(instance.store.database, name, scope or ["feeds"], rate_limit))
    say("Keep it: only its hash is stored. It goes into the header `Authorization: Bearer KEY`.")


@keys_app.command("list")
def list_keys(sample: Sample = False) -> None:
    """Partners with scopes and quotas, NDJSON; never the keys."""
    from index.store import api_keys

    with the_instance(the_settings(sample), sample) as instance:
        for one in api_keys.everyone(instance.store.database):
            row = {"name": one.name, "scopes": one.scopes, "rate_limit": one.rate_limit}
            row |= {"created_at": one.created_at.isoformat()}
            row |= {"revoked_at": one.revoked_at.isoformat() if one.revoked_at else None}
            print(json.dumps(row, ensure_ascii=False))


@keys_app.command("revoke")
def revoke_key(name: str, sample: Sample = False) -> None:
    """Stop a partner's key; a running server notices within ten seconds."""
    from index.store import api_keys

    with the_instance(the_settings(sample), sample) as instance:
        if not api_keys.revoke(instance.store.database, name):
            raise Problem(f"no key of {name!r} works; `gigdex keys list` shows whose do", 2)
    say(f"The key of {name} no longer works.")


# --- entry -------------------------------------------------------------------------------------------------------


def show_version(wanted: bool) -> None:
    if wanted:
        print(f"gigdex {version('gigdex')}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=show_version, is_eager=True)
    ] = False,
) -> None:
    from index import logs
    from index.settings import BadSettings, load_settings

    try:
        logs.configure(load_settings())
    except BadSettings:  # the command itself reports it; `doctor` goes on
        logs.configure(None)


def main() -> None:
    """Run the command line; whatever goes wrong ends in one clear line and exit status 1 or 2, never in a traceback."""
    try:
        app()
    except Exception as error:
        if os.environ.get("GIGDEX_TRACEBACK"):
            raise
        sys.exit(explain(error))


def explain(error: Exception) -> int:
    """Print the one line for an error; returns the exit status: 2 for bad input, 1 for everything else."""
    from crawlers.capture import CaptureFailed
    from crawlers.grants import BadGrant
    from index.alerts.saved import TooMany
    from index.backup import BackupError
    from index.engine.base import EngineError
    from index.forget import BadPattern
    from index.lease import LeaseTaken
    from index.mirror import MirrorError
    from index.move import MoveError
    from index.normalize.currency import BadRates
    from index.people import UnknownName
    from index.query import BadQuery
    from index.rates import RatesError
    from index.settings import BadSettings
    from index.store.db import StoreError
    from search_api.server import CantListen

    if isinstance(error, Problem):
        say(f"gigdex: {error}")
        return error.status
    if isinstance(error, BadGrant | BadPattern | BadQuery | BadSettings | UnknownName):
        say(f"gigdex: {error}")
        return 2
    if isinstance(
        error,
        BackupError
        | BadRates
        | CantListen
        | CaptureFailed
        | EngineError
        | LeaseTaken
        | MirrorError
        | MoveError
        | RatesError
        | StoreError
        | TooMany,
    ):
        say(f"gigdex: {error}")
        return 1
    if isinstance(error, UnicodeEncodeError):
        say(f"gigdex: {ascii(error.object)[:80]} is not UTF-8 text")
        return 2
    kind = f"{type(error).__name__}: {error}".splitlines()[0]
    say(f"gigdex: unexpected fault, {kind}; please report it (GIGDEX_TRACEBACK=1 shows where)")
    return 1


if __name__ == "__main__":
    main()
