"""The made-up postings of the sample boards: the same ones for the same seed, on any day and any machine.

Sentences come from templates.toml, one-off postings from specials.toml, places, prices and names from world.toml.
Nothing is copied from anybody, and boards, organizations and people don't exist.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from html import escape
from importlib.resources import files
from itertools import islice
from random import Random
from typing import Any

SEED = 20
PER_CATEGORY = 18
"""Postings written from the templates of each category, besides the copies and the one-off ones."""
FIRST_NUMBER = 70_001

# Boards by key; board ids are `sample_` + key. What work each one has, as weights:
ONLINE_BOARDS = {
    "taskfinch": 6,
    "lanternwork": 6,
    "brightmoss": 6,
    "plinth": 4,
    "wrenwire": 6,
    "hedgerow": 2,
    "puddlejobs": 2,
    "bidbarrow": 5,
}
LOCAL_BOARDS = {"hedgerow": 7, "puddlejobs": 6, "taskfinch": 4, "plinth": 2, "bidbarrow": 2}
BOARDS = tuple(ONLINE_BOARDS)

# Boards whose rows link to wherever the work was announced first, so that the same link can stand on several of them.
LINKING_ONLINE = ("taskfinch", "lanternwork", "brightmoss", "wrenwire")
LINKING_LOCAL = ("taskfinch", "hedgerow")
SAME_LINK_COPIES = 34
"""Postings that are announced again on one or two other boards under the same link."""
REWORDED_COPIES = 22
"""Postings that another board has in other words and under a link of its own."""

BID_UNITS = ("task", "hour")
"""Units of a board where workers bid: a project's budget is fixed or hourly."""

# Which units a board's own pay field can say; all else stands in the text only.
FIELD_UNITS: dict[str, frozenset[str]] = {
    "taskfinch": frozenset(
        ["task", "hour", "day", "week", "month", "year", "word", "page", "item", "minute", "gift_card", "points"]
    ),
    "lanternwork": frozenset({"year"}),
    "brightmoss": frozenset({"hour", "week", "month", "year"}),
    "plinth": frozenset(),
    "wrenwire": frozenset(),
    "hedgerow": frozenset({"hour", "day", "week", "month", "year"}),
    "puddlejobs": frozenset({"hour", "day", "week", "month", "year"}),
    "bidbarrow": frozenset(BID_UNITS),
}

CLOSED = 9
"""Projects of the bidding board that were given away already."""

SLOT = re.compile(r"\{(\w+)\}")
WAYS = ("online", "in_person")
CONDITION = re.compile(r"^\[(\w+)\] ")


@dataclass(frozen=True)
class City:
    name: str
    region: str
    region_code: str
    country: str
    code: str
    """ISO 3166-1 alpha-2."""
    currency: str
    lat: float
    lon: float

    @property
    def text(self) -> str:
        return ", ".join(dict.fromkeys((self.name, self.region, self.country)))


@dataclass(frozen=True)
class SamplePay:
    """What a posting really pays: `low` and `high` in `currency` per `unit` (None: open below or above)."""

    status: str = "unknown"
    """stated, negotiable, unpaid or unknown."""
    unit: str | None = None
    """As in index.gig.PayUnit, or `points` (then the amounts are points) or `gift_card`."""
    low: float | None = None
    high: float | None = None
    currency: str | None = None
    text: str = ""
    """As a pay field has it: "$18 - $22/hr"."""
    in_text: bool = True
    """The description says it too."""


@dataclass(frozen=True)
class SamplePosting:
    number: int
    """Unique on all boards; a board's external id is made from it."""
    board: str
    category: str
    label: str
    """ordinary, copy (same link as `twin`), reworded (of `twin`), closed, or what specials.toml calls it."""
    title: str
    html: str
    organization: str
    mode: str
    """online, in_person or either."""
    city: City | None
    place: str
    """Location as the board writes it."""
    pay: SamplePay
    tags: tuple[str, ...]
    age: timedelta
    """Posted so long before the server's start."""
    language: str = "en"
    link: str | None = None
    """Path of the announcement that several boards link to; None for the board's own page."""
    twin: int | None = None
    """Number of the posting that this one repeats."""

    @property
    def offer(self) -> bool:
        """Work is offered and open; the rest must not become a gig."""
        return self.label not in ("seeking", "discussion", "closed")

    @property
    def slug(self) -> str:
        return slug(self.title)

    @property
    def plain(self) -> str:
        """The description without tags, for excerpts; entities stay."""
        return " ".join(re.sub(r"<[^>]*>", " ", self.html).split())


def sample_postings(seed: int = SEED) -> list[SamplePosting]:
    """All postings of all boards, the same list for the same seed."""
    return list(_cached(seed))


@cache
def _cached(seed: int) -> tuple[SamplePosting, ...]:
    ordinary = list(_ordinary(seed))
    one_off = list(_one_off(seed))
    copies = list(_copies(seed, ordinary))  # changes `ordinary`
    everything = [*ordinary, *one_off, *copies, *_closed(seed)]
    return tuple(replace(posting, number=FIRST_NUMBER + i) for i, posting in enumerate(everything))


def slug(text: str) -> str:
    """Words of a link: lower case, ASCII, hyphens, at most 60 characters."""
    return "-".join(re.findall(r"[a-z0-9]+", text.lower()))[:60].strip("-") or "job"


@cache
def _data(name: str) -> dict[str, Any]:
    return tomllib.loads((files(__package__) / name).read_text(encoding="utf-8"))


@cache
def cities() -> tuple[City, ...]:
    return tuple(City(*row) for row in _data("world.toml")["cities"])


def _organizations(category: str) -> list[str]:
    """Those of the trade, and those that could be anything."""
    names = _data("world.toml")["names"]
    return [*names["trade"].get(category, []) * 3, *names["organizations"]]


def online_places() -> list[str]:
    """Locations of work that can be done from anywhere in them."""
    found: list[str] = _data("world.toml")["online"]["places"]
    return found


def currencies() -> dict[str, dict[str, Any]]:
    """Sign, name and rough dollar value of each currency that the sample boards use."""
    found: dict[str, dict[str, Any]] = _data("world.toml")["currencies"]
    return found


# Ordinary postings, from templates


def _ordinary(seed: int) -> Iterator[SamplePosting]:
    for category, template in _data("templates.toml")["categories"].items():
        titles: set[str] = set()
        for n in range(PER_CATEGORY):
            for attempt in range(20):  # few titles are drawn twice; the twentieth draw is taken as it is
                posting = _Writer(f"{seed}:{category}:{n}:{attempt}", category, template).posting()
                if posting.title not in titles:
                    break
            titles.add(posting.title)
            yield posting


def _closed(seed: int) -> Iterator[SamplePosting]:
    templates = _data("templates.toml")["categories"]
    drawn = (
        _Writer(f"{seed}:closed:{category}:{n}", category, template).posting()
        for n in range(50)
        for category, template in templates.items()
    )
    yield from islice((replace(posting, label="closed") for posting in drawn if posting.board == "bidbarrow"), CLOSED)


class _Writer:
    """Writes one posting: draws its facts first, then the sentences that fit them."""

    def __init__(self, key: str, category: str, template: dict[str, Any]) -> None:
        self.random = Random(key)  # noqa: S311 - repeatable on purpose, nothing secret
        self.category = category
        self.template = template
        self.common = _data("templates.toml")["common"]
        self.world = _data("world.toml")
        slots = self.world["slots"] | template["slots"]
        self.facts = {name: self.random.choice(values) for name, values in slots.items()}
        self.facts |= {f"{name}_cap": value[:1].upper() + value[1:] for name, value in self.facts.items()}
        self.about: set[str] = set()
        self.mode: str = self.random.choice(template["mode"])
        self.city = None if self.mode == "online" else self.random.choice(cities())
        self.person = f"{self.random.choice(self.world['names']['first'])} {self.random.choice('ABDEFGHKLMNPRSTW')}."
        self.private = self.random.random() < (0.25 if self.mode == "online" else 0.6)
        self.organization = self.person if self.private else self.random.choice(_organizations(category))
        self.facts |= {"org": self.organization}

    def posting(self) -> SamplePosting:
        title_template = self.random.choice([title for title in self.template["titles"] if self._way_fits(title)])
        self.about = self._topics(title_template)
        title = self._fill(title_template)
        pay = self.pay()
        board = self._board(pay)
        pay = replace(pay, in_text=pay.unit not in FIELD_UNITS[board] or self.random.random() < 0.6)
        place = self.city.text if self.city else self.random.choice(self.world["online"]["places"])
        if self.mode == "either" and self.city:
            place = f"Remote or {self.city.name}"
        return SamplePosting(
            number=0,
            board=board,
            category=self.category,
            label="ordinary",
            title=self._adorned(title, pay),
            html=self._html(self.paragraphs(pay)),
            organization=self.organization,
            mode=self.mode,
            city=self.city,
            place=place,
            pay=pay,
            tags=tuple(self.random.sample(self.template["tags"], 2)),
            age=timedelta(minutes=self.random.choice((180, 1440, 4320, 14_000, 43_000)) * self.random.uniform(0.2, 1)),
        )

    def _board(self, pay: SamplePay) -> str:
        weights = dict(ONLINE_BOARDS if self.mode == "online" else LOCAL_BOARDS)
        if pay.status == "unpaid" or (pay.status == "stated" and pay.unit not in BID_UNITS):
            del weights["bidbarrow"]
        return self.random.choices(list(weights), list(weights.values()))[0]

    def _adorned(self, title: str, pay: SamplePay) -> str:
        """Titles as people write them: some with a town, a price or an emoji."""
        title = title[:1].upper() + title[1:]
        if self.city and self.random.random() < 0.45:
            title += self.random.choice((f" in {self.city.name}", f" ({self.city.name})", f" - {self.city.name}"))
        if pay.status == "stated" and pay.unit != "points" and self.random.random() < 0.2:
            title += f" - {pay.text}"
        if self.random.random() < 0.05:
            title = self.random.choice(("⭐ ", "🔥 ", "✨ ", "👉 ")) + title
        return title

    def paragraphs(self, pay: SamplePay) -> list[str]:
        first = [self._one(self._on_topic(self.template["open"]))]
        if self.random.random() < 0.6:
            first.append(self._one(self.common["private" if self.private else "company"]))
        second = self._some(self.template["detail"], self.random.choice((2, 3, 3)))
        if "equipment" in self.template and self.random.random() < 0.85:
            second.append(self._one(self._on_topic(self.template["equipment"])))
        schedule = self.common["schedule_online" if self.mode == "online" else "schedule_in_person"]
        third = [*self._some(self.template["need"], self.random.choice((1, 2))), self._one(schedule)]
        for pool, chance in (("experience", 0.3), ("age", 0.08), ("countries", 0.12 if self.mode == "online" else 0)):
            if self.random.random() < chance:
                third.append(self._one(self.common[pool]))
        if self.mode == "either" and self.city:
            third.append(f"From home or at our place in {self.city.name}, as you like.")
        parts = [first, second, third]
        if self.random.random() < 0.65:
            parts.append([self._one(self.common["closing"])])
        if pay.in_text and (words := self._pay_words(pay)):
            self.random.choice(parts).append(words)
        return [" ".join(part) for part in parts]

    def _pay_words(self, pay: SamplePay) -> str:
        if pay.status in ("negotiable", "unpaid"):
            return self._one(self.common[pay.status])
        if pay.status == "unknown":
            return ""
        sentences = _data("templates.toml")["pay_sentences"]
        kind = pay.unit if pay.unit in ("points", "gift_card") else "stated"
        amount = pay.text.removesuffix(" gift card")
        medium = self.random.choice(self.world["payment"]["online" if self.mode == "online" else "in_person"])
        facts = {"amount": amount, "medium": medium, "points": f"{pay.high:,.0f}" if pay.high else "", "rate": "100"}
        sentence: str = self.random.choice(sentences[kind])
        words = sentence.format_map(self.facts | facts)
        words = words[:1].upper() + words[1:]
        if (
            pay.unit in ("points", "item")
            and self.category in ("surveys", "micro_tasks")
            and self.random.random() < 0.7
        ):
            if pay.unit == "points":
                threshold = self.random.choice(("500 points", "1,000 points", "2,500 points"))
            else:
                threshold = money(self.random.choice((5, 10, 25)) * self._local(pay.currency), pay.currency, "{n}")
            words += " " + self.random.choice(sentences["threshold"]).format(threshold=threshold)
        return words

    # Pay

    def pay(self) -> SamplePay:
        status = self.random.choices(("stated", "negotiable", "unpaid", "unknown"), (83, 7, 2, 8))[0]
        if status != "stated":
            return SamplePay(status=status)
        unit, low_text, high_text = self.random.choice(self.template["pays"]).split()
        low, high = float(low_text), float(high_text)
        middle = self.random.uniform(low, high)
        if unit == "points":
            points = float(round(middle / 5) * 5)
            return SamplePay("stated", "points", points, points, None, f"{points:,.0f} points")
        currency = self.city.currency if self.city else self.random.choice(self.world["online"]["currencies"])
        if unit == "gift_card":
            value = nice(middle * self._local(currency))
            return SamplePay(
                "stated", unit, value, value, currency, money(value, currency, self._style(currency)) + " gift card"
            )
        return self._price(unit, low, high, middle, currency)

    def _price(self, unit: str, low: float, high: float, middle: float, currency: str) -> SamplePay:
        local, style, suffix = self._local(currency), self._style(currency), self._suffix(unit)
        if unit == "word" and self.random.random() < 0.3:  # a thousand words a price
            value = nice(middle * local * 1000)
            return SamplePay(
                "stated", unit, value / 1000, value / 1000, currency, money(value, currency, style) + " per 1,000 words"
            )
        form = self.random.choices(("range", "single", "from", "up to"), (40, 45, 8, 7))[0]
        bottom, top = nice(low * local), nice(high * local)
        if form == "range" and bottom < top:
            dash = self.random.choice((" - ", "–", " to "))
            text = money(bottom, currency, style) + dash + money(top, currency, style) + suffix
            return SamplePay("stated", unit, bottom, top, currency, text)
        value = nice(middle * local)
        text = money(value, currency, style) + suffix
        if form == "from":
            return SamplePay("stated", unit, value, None, currency, f"from {text}")
        if form == "up to":
            return SamplePay("stated", unit, None, value, currency, f"up to {text}")
        return SamplePay("stated", unit, value, value, currency, text)

    def _local(self, currency: str | None) -> float:
        return float(currencies()[currency]["local"]) if currency else 1.0

    def _style(self, currency: str) -> str:
        return str(self.random.choice(currencies()[currency]["formats"]))

    def _suffix(self, unit: str) -> str:
        if unit == "task":
            return self.random.choice((" for the whole job", " in total", " fixed", " flat"))
        word = unit
        if unit == "item":
            word = self.random.choice(self.world["item_words"].get(self.category, ["item"]))
        if unit == "minute":
            word = {"transcription": "audio minute", "media": "finished minute"}.get(self.category, "minute")
        short = {"hour": "/hr", "month": "/mo", "year": "/yr"}.get(unit, f"/{word}")
        article = "an" if word[0] in "aeiou" or word == "hour" else "a"
        return self.random.choice((short, f" per {word}", f" {article} {word}"))

    # Sentences

    def _topics(self, sentence: str) -> set[str]:
        """The category's slots that a sentence names, or is on the condition of."""
        condition = CONDITION.match(sentence)
        named = SLOT.findall(sentence) + ([condition[1]] if condition else [])
        return {name.removesuffix("_cap") for name in named} & set(self.template["slots"])

    def _fits(self, sentence: str) -> bool:
        """It speaks of nothing but what the title speaks of."""
        return self._topics(sentence) <= self.about and self._way_fits(sentence)

    def _way_fits(self, sentence: str) -> bool:
        """It is not on the condition of work that is done another way."""
        condition = CONDITION.match(sentence)
        return not condition or condition[1] not in WAYS or condition[1] == self.mode

    def _on_topic(self, pool: Sequence[str]) -> Sequence[str]:
        """Mostly the sentences that take up what the title speaks of."""
        close = [sentence for sentence in pool if self._topics(sentence) & self.about and self._fits(sentence)]
        return close if close and self.random.random() < 0.8 else pool

    def _some(self, pool: Sequence[str], count: int) -> list[str]:
        fitting = [sentence for sentence in pool if self._fits(sentence)] or list(pool)
        return [self._fill(sentence) for sentence in self.random.sample(fitting, min(count, len(fitting)))]

    def _one(self, pool: Sequence[str]) -> str:
        return self._some(pool, 1)[0]

    def _fill(self, sentence: str) -> str:
        return CONDITION.sub("", sentence).format_map(self.facts)

    def _html(self, paragraphs: list[str]) -> str:
        """Boards' editors differ: paragraphs, line breaks, lists, headings; quotes as entities or as they are."""
        texts = [escape(text, quote=self.random.random() < 0.3) for text in paragraphs]
        style = self.random.choices(("p", "br", "list", "strong"), (55, 20, 15, 10))[0]
        if style == "br":
            return "<br><br>".join(texts)
        if style == "list":
            items = "".join(f"<li>{sentence}</li>" for sentence in re.split(r"(?<=[.!?]) (?=[A-Z0-9])", texts[1]))
            return f"<p>{texts[0]}</p><ul>{items}</ul>" + "".join(f"<p>{text}</p>" for text in texts[2:])
        if style == "strong":
            heads = self.random.choice((("About", "The work", "You"), ("What it is", "Details", "Who we hope for")))
            bodies = (texts[0], texts[1], "</p><p>".join(texts[2:]))
            return "".join(
                f"<p><strong>{head}</strong></p><p>{body}</p>" for head, body in zip(heads, bodies, strict=True)
            )
        return "".join(f"<p>{text}</p>" for text in texts)


def nice(value: float) -> float:
    """A price as people say it: two digits, from 20 on in steps of 5 or more."""
    if value < 1:
        return round(value, 2) or 0.01
    if value < 20:
        return float(round(value)) if value >= 5 else round(value * 2) / 2
    step = 5.0
    while value >= step * 40:
        step *= 10
    return round(value / step) * step


def money(value: float, currency: str | None, style: str) -> str:
    """`{n}` alone as a style means the currency's first one."""
    if style == "{n}" and currency:
        style = currencies()[currency]["formats"][0]
    number = f"{value:,.0f}" if value == int(value) else f"{value:,.2f}" if value >= 0.1 else f"{value:g}"
    return style.replace("{n}", number)


# Postings written one by one


def _one_off(seed: int) -> Iterator[SamplePosting]:
    by_name = {city.name: city for city in cities()}
    for n, raw in enumerate(_data("specials.toml")["posting"]):
        random = Random(f"{seed}:special:{n}")  # noqa: S311 - repeatable on purpose, nothing secret
        city = by_name[raw["city"]] if "city" in raw else None
        pay = _written_pay(raw.get("pay"))
        names = _data("world.toml")["names"]
        template = _data("templates.toml")["categories"][raw["category"]]
        yield SamplePosting(
            number=0,
            board=_special_board(random, raw["label"], city, pay, raw["text"]),
            category=raw["category"],
            label=raw["label"],
            title=raw["title"],
            html=raw["text"] if "<" in raw["text"] else f"<p>{raw['text']}</p>",
            organization=random.choice(
                names["first"] if raw["label"] == "seeking" else _organizations(raw["category"])
            ),
            mode="in_person" if city else "online",
            city=city,
            place=city.text if city else random.choice(_data("world.toml")["online"]["places"]),
            pay=pay,
            tags=tuple(random.sample(template["tags"], 2)),
            age=timedelta(minutes=random.choice((180, 1440, 14_000, 43_000)) * random.uniform(0.2, 1)),
            language=raw.get("language", "en"),
        )


def _written_pay(text: str | None) -> SamplePay:
    if text is None:
        return SamplePay()
    unit, low, high, currency = text.split()
    amount = " - ".join(dict.fromkeys(money(float(value), currency, "{n}") for value in (low, high)))
    suffix = " fixed" if unit == "task" else f" per {unit}"
    return SamplePay("stated", unit, float(low), float(high), currency, amount + suffix)


def _special_board(random: Random, label: str, city: City | None, pay: SamplePay, text: str) -> str:
    if label in ("seeking", "discussion"):  # a board of job adverts has none of these
        return random.choice(("plinth", "plinth", "taskfinch", "lanternwork"))
    if label == "hostile":  # formats that carry any text: HTML inside JSON or a feed
        return "hedgerow" if city else random.choice(("taskfinch", "lanternwork", "brightmoss", "wrenwire"))
    weights = dict(LOCAL_BOARDS if city else ONLINE_BOARDS)
    if pay.unit not in BID_UNITS:
        del weights["bidbarrow"]
    return random.choices(list(weights), list(weights.values()))[0]


# The same work on several boards


def _copies(seed: int, ordinary: list[SamplePosting]) -> Iterator[SamplePosting]:
    """Copies under the same link, and copies in other words.

    The originals of the first kind in `ordinary` get the shared link too. Numbers of twins hold because `ordinary`
    is the beginning of the whole list.
    """
    random = Random(f"{seed}:copies")  # noqa: S311 - repeatable on purpose, nothing secret
    linked = [i for i, posting in enumerate(ordinary) if posting.board in _linking(posting)]
    chosen = random.sample(linked, SAME_LINK_COPIES)
    for n, i in enumerate(chosen):
        original = ordinary[i]
        link = f"/announced/{slug(original.organization)}/{slug(original.title)}-{i}"
        ordinary[i] = replace(original, link=link)
        others = [board for board in _linking(original) if board != original.board]
        for board in random.sample(others, min(len(others), 2 if n % 5 == 0 else 1)):
            copy = replace(_moved(random, original, board), label="copy", link=link, twin=FIRST_NUMBER + i)
            yield _paying_more(copy) if n % 3 == 0 else copy
    rest = [i for i in range(len(ordinary)) if i not in chosen and ordinary[i].board != "bidbarrow"]
    for i in random.sample(rest, REWORDED_COPIES):
        original = ordinary[i]
        weights = LINKING_ONLINE if original.mode == "online" else ("hedgerow", "puddlejobs", "taskfinch")
        board = random.choice([board for board in weights if board != original.board])
        yield replace(_reworded(random, _moved(random, original, board)), label="reworded", twin=FIRST_NUMBER + i)


def _linking(posting: SamplePosting) -> tuple[str, ...]:
    return LINKING_ONLINE if posting.mode == "online" else LINKING_LOCAL


def _moved(random: Random, original: SamplePosting, board: str) -> SamplePosting:
    """On another board, a few hours later or earlier. Its pay field may not carry the unit: then the text says it."""
    html, pay = original.html, original.pay
    if pay.status == "stated" and not pay.in_text and pay.unit not in FIELD_UNITS[board]:
        html += f"<p>Pay: {escape(pay.text, quote=False)}.</p>"
        pay = replace(pay, in_text=True)
    age = max(timedelta(hours=1), original.age + timedelta(hours=random.uniform(-20, 20)))
    return replace(original, board=board, html=html, pay=pay, age=age)


def _paying_more(copy: SamplePosting) -> SamplePosting:
    """One board sometimes pays better for the same work; only a text that says it once can be changed."""
    pay = copy.pay
    old = f"{pay.high:g}" if pay.high else ""
    if (
        pay.high is None
        or pay.low != pay.high
        or copy.html.count(old) != 1
        or pay.text.count(old) != 1
        or old in copy.title
    ):
        return copy
    better = pay.high * 1.25
    new = f"{better:g}"
    changed = replace(pay, low=better, high=better, text=pay.text.replace(old, new))
    return replace(copy, pay=changed, html=copy.html.replace(old, new))


def _reworded(random: Random, copy: SamplePosting) -> SamplePosting:
    """The same facts, told a little differently: another order, another greeting, a changed title."""
    body = re.sub(r"</?(?:ul|strong)>", "", copy.html)
    paragraphs = [part for part in re.split(r"(?:</?p>|<br>|</?li>)+", body) if part.strip()]
    head, *tail = paragraphs
    random.shuffle(tail)
    greeting = random.choice(
        ("Hello everybody.", "Posted here too, as the other place was quiet.", "Hi there!", "Still looking.")
    )
    title = copy.title
    if copy.city and copy.city.name not in title:
        title += f", {copy.city.name}"
    title = random.choice(("Wanted: ", "Needed: ", "Looking for help: ", "")) + title[:1].lower() + title[1:]
    return replace(copy, title=title, html="".join(f"<p>{part.strip()}</p>" for part in (f"{greeting} {head}", *tail)))


def by_board(postings: Iterable[SamplePosting]) -> dict[str, list[SamplePosting]]:
    """Postings of each board, newest first, as boards list them."""
    found: dict[str, list[SamplePosting]] = {board: [] for board in BOARDS}
    for posting in sorted(postings, key=lambda posting: (posting.age, posting.number)):
        found[posting.board].append(posting)
    return found
