"""Made-up boards and gigs: every kind of pay, place, risk and source, and hostile ones."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from index.gig import (
    Evidence,
    Fee,
    Gig,
    MinimumPayout,
    Pay,
    Place,
    Points,
    Risk,
    Signal,
    Source,
    Terms,
    gig_id,
)
from index.terms import BoardInfo, BoardTerms, ChannelLevels, TermsEvidence

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)

BERLIN = Place(text="Berlin", city="Berlin", region="Berlin", country="DE", lat=52.52, lon=13.405)
POTSDAM = Place(text="Potsdam", city="Potsdam", region="Brandenburg", country="DE", lat=52.4, lon=13.065)
AUSTIN = Place(text="Austin, TX", city="Austin", region="Texas", country="US", lat=30.2672, lon=-97.7431)

RATES = date(2026, 5, 1)


def board(id: str, name: str, *, off: str | None = None, **channels: Any) -> BoardInfo:
    levels = {"page": "full", "api": "full", "feed": "full"} | channels
    return BoardInfo(
        id=id,
        name=name,
        homepage=f"https://{id}.example/",
        shape="json_api",
        terms=BoardTerms(
            attribution=f"Gigs by {name}",
            min_interval_s=21_600,
            channels=ChannelLevels(**levels),
            duties=("follow_link",),
            evidence=(TermsEvidence(what=f"https://{id}.example/api", read=date(2026, 5, 1), says="free to list"),),
            off=off,
        ),
    )


BOARDS = {
    info.id: info
    for info in (
        board("tasks", "Tidy Tasks"),
        board("errands", "Errand & Co."),
        board("linkonly", "Link Only", page="link_only", api="none", feed="none"),
        board("hidden", "Hidden Board", page="none", api="none", feed="none"),
        board("resting", "Resting Board", off="its owner hasn't answered"),
    )
}


def gig(number: int, title: str, *, boards: tuple[str, ...] = ("tasks",), hours: float = 5, **fields: Any) -> Gig:
    """A gig posted `hours` before NOW."""
    posted = NOW - timedelta(hours=hours)
    pay = fields.pop("pay", Pay())
    category = fields.pop("category", "other")
    return Gig(
        id=gig_id(boards[0], str(number)),
        seq=number,
        revision=number,
        title=title,
        description=fields.pop("description", f"{title}. A few plain sentences about the work and how to start."),
        language=fields.pop("language", "en"),
        category=category,
        categories=[category],
        pay=pay,
        posted_at=posted,
        first_seen=posted,
        last_seen=NOW - timedelta(minutes=10),
        sources=fields.pop("sources", None)
        or [
            Source(
                board=name,
                external_id=str(number),
                url=f"https://{name}.example/gigs/{number}",
                pay=pay,
                posted_at=posted,
                first_seen=posted,
                last_seen=NOW - timedelta(minutes=10),
                attribution=f"Gigs by {BOARDS[name].name}",
            )
            for name in boards
        ],
        **fields,
    )


def usd(low: float | None, high: float | None, unit: Any, **more: Any) -> Pay:
    return Pay(
        status="stated",
        unit=unit,
        min=low,
        max=high,
        currency="USD",
        usd_min=low,
        usd_max=high,
        rate_date=RATES,
        **more,
    )


HOSTILE_TITLE = "<script>alert(1)</script> \u202eevil\u202c <b>bold</b> \"quoted\" 'and' & more"
LONG_WORD = "W" * 10_000

TRANSCRIBE = gig(
    1,
    "Transcribe short interviews",
    boards=("tasks", "errands"),
    category="transcription",
    work_mode="online",
    organization="Papertrail Studio",
    description="Type out interviews of 30 minutes. Pay is 18 to 22 dollars an hour.\n\n- Headphones needed",
    description_html="<p>Type out interviews of <strong>30 minutes</strong>. "
    "Pay is 18 to <em>22 dollars</em> an hour.</p>"
    "<ul><li>Headphones needed</li></ul>",
    pay=usd(
        18, 22, "hour", usd_per_hour_min=18, usd_per_hour_max=22, basis="stated", media=["paypal", "bank_transfer"]
    ),
    terms=Terms(equipment="own", schedule="weekends, 9-5", experience="1 year", duration_minutes=90),
    evidence={"pay": [Evidence(source="description", text="18 to 22 dollars an hour", start=42, end=66)]},
)
LESSON = gig(
    2,
    "Help with a moving van for an afternoon",
    category="moving",
    work_mode="in_person",
    places=[BERLIN, POTSDAM],
    language="de",
    pay=Pay(
        status="stated", unit="task", min=40, max=40, currency="EUR", usd_min=43.2, usd_max=43.2, rate_date=RATES,
        usd_per_hour_min=14.4, usd_per_hour_max=14.4, basis="duration", media=["cash"],
    ),
    terms=Terms(duration_minutes=180),
)  # fmt: skip
SURVEY = gig(
    3,
    "Answer a survey about breakfast",
    category="surveys",
    work_mode="online",
    hours=30,
    pay=Pay(
        status="stated", unit="item", min=500, max=500, usd_min=5, usd_max=5, points=Points(amount=500, usd=5),
        media=["gift_card"], minimum_payout=MinimumPayout(amount=25, currency="USD", usd=25),
    ),
)  # fmt: skip
SCAM = gig(
    4,
    "Repackage parcels at home, $5,000 a week guaranteed",
    category="other",
    work_mode="online",
    pay=usd(5_000, 5_000, "week", worker_fee=Fee(amount=49, currency="USD", text="$49 starter kit")),
    risk=Risk(
        level="high",
        score=0.95,
        signals=[
            Signal(code="fee", text="pay $49 for the starter kit", start=0, end=5, why="You would pay to get work."),
            Signal(code="parcels", text="Repackage parcels", start=0, end=5, why="Parcel mules move stolen goods."),
        ],
    ),
)
HOSTILE = gig(
    5,
    HOSTILE_TITLE,
    description=f"<img src=x onerror=alert(1)> {LONG_WORD}",
    description_html=f'<p onclick="alert(1)">Hi<script>alert(1)</script><img src="https://spy.example/x.png"> '
    f'<a href="javascript:alert(1)">x</a> {LONG_WORD}</p>',
    organization="<i>Org</i>",
    work_mode="online",
    sources=[
        Source(board="tasks", external_id="5", url="javascript:alert(1)", organization="<u>x</u>"),
        *(
            Source(board="errands", external_id=f"5-{n}", url=f'https://errands.example/{n}?a="><script>x</script>')
            for n in range(499)
        ),
    ],
)
MULTI = gig(6, LONG_WORD, work_mode="online", hours=400)
CLOSED = gig(
    7, "Water my plants in June", status="closed", closed_reason="expired", closed_at=NOW - timedelta(days=2),
    work_mode="in_person", places=[AUSTIN], category="pet_care", pay=usd(None, 50, "task"),
)  # fmt: skip
LINK_ONLY = gig(8, "Only a link may be shown", boards=("linkonly",), description="", work_mode="unknown")
HIDDEN = gig(9, "Seen by the operator only", boards=("hidden",), description="Secret text of a board that bans us")
FULL_LINK_ONLY = gig(
    8, "Only a link may be shown", boards=("linkonly",), description="The whole text", pay=usd(9, 9, "hour")
)
TALKS = gig(10, "Logo for a bakery", category="design", work_mode="either",
            pay=Pay(status="negotiable", currency="EUR", average_bid=120))  # fmt: skip
VOLUNTEER = gig(11, "Read to children", work_mode="in_person", places=[AUSTIN], pay=Pay(status="unpaid"))
WORDS = gig(
    12,
    "Write product texts",
    category="writing",
    work_mode="online",
    pay=usd(0.035, 0.05, "word", usd_per_hour_min=17.5, usd_per_hour_max=25, basis="words_per_hour"),
)

MANY = [
    gig(
        100 + n,
        f"{('Data entry', 'Dog walk', 'Photo of a shop')[n % 3]} number {n}",
        category=("data_entry", "pet_care", "other")[n % 3],
        work_mode=("online", "in_person", "in_person")[n % 3],
        places=[] if n % 3 == 0 else [AUSTIN],
        hours=n * 7,
        pay=usd(5 + n, 6 + n, ("hour", "task", "item")[n % 3]),
        risk=Risk(level="low", score=0.3, signals=[Signal(code="vague", text="", why="It says little.")])
        if n % 10 == 9
        else Risk(),
    )
    for n in range(24)
]

GIGS = [TRANSCRIBE, LESSON, SURVEY, SCAM, HOSTILE, MULTI, CLOSED, TALKS, VOLUNTEER, WORDS, *MANY]
"""Seen alike by every channel."""
