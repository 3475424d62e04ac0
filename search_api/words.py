"""What a gig says, in plain English words for the pages: pay, places, terms, times."""

import re
from datetime import datetime
from typing import Final

from index.gig import ClosedReason, Contract, Gig, MinimumPayout, Pay, Place
from index.normalize.place import country_names, region_names

INVISIBLE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff]+")
"""Controls, line separators and marks of direction: where no element can isolate them, they are dropped."""

NBSP: Final = "\u00a0"

SYMBOLS: Final = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩", "PHP": "₱", "ILS": "₪"}
"""Signs that mean one currency only to most readers; all others are named by their code."""

PER_UNIT: Final = {
    "task": "a task",
    "hour": "an hour",
    "day": "a day",
    "week": "a week",
    "month": "a month",
    "year": "a year",
    "word": "a word",
    "page": "a page",
    "item": "an item",
    "minute": "a minute",
}
MEDIA: Final[dict[str, str]] = {
    "cash": "cash",
    "bank_transfer": "bank transfer",
    "paypal": "PayPal",
    "gift_card": "gift cards",
    "points": "points",
    "crypto": "crypto",
    "check": "check",
    "amazon_balance": "Amazon balance",
    "venmo": "Venmo",
    "other": "other means",
}
MODES: Final = {
    "online": "Online",
    "in_person": "In person",
    "either": "Online or in person",
    "unknown": "Place not said",
}
RISKS: Final = {"none": "No warning signs", "low": "Some warning signs", "high": "Looks like a scam"}
PAY_STATES: Final = {
    "stated": "Stated",
    "negotiable": "Pay to be agreed",
    "unpaid": "Unpaid",
    "unknown": "Pay not stated",
}
BASES: Final = {
    "stated": "as stated",
    "duration": "worked out from the stated duration",
    "words_per_hour": "worked out from the stated speed",
    "period": "worked out from the stated hours",
}
"""Where an hourly figure comes from; said so that nobody takes it for an offer by the hour."""
CLOSED: Final[dict[ClosedReason, str]] = {
    "expired": "Its closing date has passed.",
    "gone": "Its board no longer lists it.",
    "filled": "Somebody has taken it.",
    "removed": "It was removed.",
    "duplicate": "It was listed twice.",
    "scam": "It was a scam.",
}
ADVICE: Final = {
    "upfront_fee": "Pay nothing to get work. Who hires you pays you.",
    "advance_payment_fraud": "Don't cash a check or send money on for anybody: it bounces, and you owe it all.",
    "money_forwarding": "Don't let anybody's money pass through your account: that is money laundering, in your name.",
    "reshipping": "Don't take in and send on other people's parcels: they are often bought with stolen cards.",
    "pyramid": "Ask what is sold to whom. If it pays for bringing people in, leave it.",
    "account_renting": "Don't lend or rent out accounts or documents: what is done with them is done in your name.",
    "deceptive_task": "False reviews, votes and accounts break rules and often laws, and it is you who is found out.",
    "referral_bait": "Don't give your friends' data, and count only what the work itself pays.",
    "too_good": "Compare with what others pay for such work. Nobody pays a multiple of that for nothing.",
    "vague": "Ask what the work is, for whom, and what it pays, before you give any data.",
    "off_platform_contact": "Stay on the board with your messages: elsewhere nobody can help you.",
    "personal_data": "Send no papers, tax number or bank data before there is a contract with a company you checked.",
    "adult": "Know what is asked of you before you go anywhere or send pictures.",
    "off_the_books": "Undeclared work leaves you without insurance and with the tax.",
}
"""What to do about a sign of risk, by its code in index/normalize/risk.py."""
FACTS: Final = {
    "category": "kind of work",
    "kind": "that it is paid work",
    "pay": "pay",
    "pay.media": "how it is paid out",
    "pay.minimum_payout": "smallest payout",
    "pay.points": "worth of the points",
    "pay.usd_per_hour": "hourly figure",
    "pay.worker_fee": "what you would pay",
    "pay.average_bid": "average bid",
    "places": "place",
    "work_mode": "online or in person",
    "eligible": "who may apply",
    "language": "language",
    "terms.contract": "employee or contractor",
    "terms.duration_minutes": "how long it takes",
    "terms.equipment": "equipment",
    "terms.experience": "experience",
    "terms.schedule": "when",
}
"""What the fields of a gig's evidence say."""
CONTRACTS: Final[dict[Contract, str]] = {
    "employee": "an employee",
    "contractor": "a contractor (freelance)",
    "either": "an employee or a contractor",
}
MARKS: Final = {"pay": "pay", "fact": "other terms", "risk": "warnings"}
"""Kinds of marked words (index.highlight.RANKS)."""
CHANNELS: Final[dict[str, str]] = {
    "page": "On this site",
    "api": "To other programs, by API",
    "feed": "In feeds and exports",
    "mail": "In mails",
    "jsonld": "To search engines",
}
LEVELS: Final[dict[str, str]] = {
    "full": "everything",
    "link_only": "the title and a link to the board",
    "none": "nothing",
}
DUTIES: Final[dict[str, str]] = {
    "delete_at_once": "a gig that is deleted there is deleted here at once",
    "refresh_daily": "gigs are read again every day",
    "apply_link_unchanged": "links lead to the board as it wrote them",
    "no_logo": "its logo isn't used",
    "no_email_wall": "nobody has to leave an address to see a gig",
    "no_personal_names": "names and addresses of people are left out",
    "follow_link": "the link back is one that search engines may follow",
    "label": "its label stands on each of its gigs",
    "purge_at_end": "what came from it is deleted once it is no longer read",
}
LANGUAGES: Final = {
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "hi": "Hindi",
    "it": "Italian",
    "ja": "Japanese",
    "nb": "Norwegian",
    "nl": "Dutch",
    "no": "Norwegian",
    "pl": "Polish",
    "pt": "Portuguese",
    "ru": "Russian",
    "sv": "Swedish",
    "uk": "Ukrainian",
    "zh": "Chinese",
}


def number(amount: float) -> str:
    """18, 18.50, 1,200, 0.035: cents where there are any, more digits only below ten cents."""
    if amount >= 1e12:
        return f"{amount:.3g}"
    if amount == int(amount):
        return f"{int(amount):,}"
    if amount < 0.1:
        digits = f"{amount:.4f}".rstrip("0")
        return digits if len(digits) > 3 else f"{amount:.2f}"
    return f"{amount:,.2f}"


def money(amount: float, currency: str | None) -> str:
    """$18, CAD 18; without a currency the bare number."""
    if currency is None:
        return number(amount)
    symbol = SYMBOLS.get(currency)
    return f"{symbol}{number(amount)}" if symbol else f"{currency}{NBSP}{number(amount)}"


def money_range(low: float | None, high: float | None, currency: str | None) -> str | None:
    """$18–22, $18, "from $18", "up to $22"; None without any amount."""
    if low is not None and high is not None:
        return money(low, currency) if low == high else f"{money(low, currency)}–{number(high)}"
    if low is not None:
        return f"from {money(low, currency)}"
    return None if high is None else f"up to {money(high, currency)}"


def rounded(low: float | None, high: float | None, currency: str) -> str | None:
    """Like money_range for amounts that were converted: false precision is dropped."""
    return money_range(_coarse(low), _coarse(high), currency)


def about(amounts: str) -> str:
    """ "about $18": for what was converted or worked out; "from" and "up to" are vague enough."""
    return amounts if amounts.startswith(("from", "up to")) else f"about {amounts}"


def _coarse(amount: float | None) -> float | None:
    """Two digits below 10, whole numbers below 1,000, three digits above."""
    if amount is None:
        return None
    return float(f"{amount:.2g}" if amount < 10 else f"{amount:.0f}" if amount < 1_000 else f"{amount:.3g}")


def pay_words(pay: Pay) -> str:
    """The pay as offered: "$18–22 an hour", "500 points an item", "Pay not stated"."""
    if pay.status == "unpaid":
        return "Unpaid"
    if pay.points is not None:
        amounts = money_range(pay.min, pay.max, None) or number(pay.points.amount)
        words = f"{amounts} points"
    else:
        words = money_range(pay.min, pay.max, pay.currency) or ""
    if not words:
        return PAY_STATES["unknown" if pay.status == "stated" else pay.status]
    return f"{words} {PER_UNIT[pay.unit]}" if pay.unit else words


def payout_words(pay: Pay) -> str | None:
    """How and from what sum it is paid out: "gift cards from $25", "PayPal or cash"."""
    how = " or ".join(MEDIA[medium] for medium in pay.media)
    sum_ = _threshold(pay.minimum_payout)
    if sum_ is None:
        return how or None
    if how == "points" and pay.minimum_payout and pay.minimum_payout.currency == "points":
        how = ""  # the sum says it
    return f"{how or 'paid out'} from {sum_}"


def _threshold(payout: MinimumPayout | None) -> str | None:
    """None where nobody says what the sum is of: points and dollars are a hundredfold apart."""
    if payout is None or payout.currency is None:
        return None
    if payout.currency == "points":
        worth = "" if payout.usd is None else f" (about {rounded(payout.usd, payout.usd, 'USD')})"
        return f"{number(payout.amount)} points{worth}"
    return money(payout.amount, payout.currency)


def fee_words(pay: Pay) -> str | None:
    """What the worker would have to pay first."""
    if pay.worker_fee is None:
        return None
    if pay.worker_fee.amount is not None:
        return money(pay.worker_fee.amount, pay.worker_fee.currency)
    return pay.worker_fee.text


def fact_words(field: str) -> str:
    """What a field of a gig's evidence says."""
    return FACTS.get(field, field.rpartition(".")[2].replace("_", " "))


def country_name(code: str) -> str:
    """What people call a country; the code where we don't know."""
    return country_names().get(code, code)


def place_words(place: Place) -> str:
    """City, region, country; as written where no city was found."""
    if not place.city:
        return place.text
    country = place.country or ""
    region = region_names().get((country, place.region or ""), place.region)
    return ", ".join(dict.fromkeys(part for part in (place.city, region, country_name(country)) if part))


def where_words(gig: Gig, most: int = 2) -> str:
    """ "Online", "Berlin, Germany and 3 more places", "Online or in person: Oslo, Norway"."""
    mode = MODES[gig.work_mode]
    if not gig.places or gig.work_mode == "online":
        return mode
    named = "; ".join(place_words(place) for place in gig.places[:most])
    more = len(gig.places) - most
    if more > 0:
        named += f" and {more} more place{'s' if more > 1 else ''}"
    return named if gig.work_mode in ("in_person", "unknown") else f"{mode}: {named}"


def minutes_words(minutes: float) -> str:
    """30 seconds, 45 minutes, 1 hour, 2.5 hours."""
    seconds = round(minutes * 60)
    if seconds < 60:
        return _counted(max(seconds, 1), "second")
    if minutes < 60:
        return _counted(round(minutes, 1), "minute")
    return _counted(round(minutes / 60, 1), "hour")


def _counted(count: float, unit: str) -> str:
    """1 hour, 2 hours, 2.5 hours."""
    return f"{count:,.15g} {unit}{'' if count == 1 else 's'}"


def term_words(gig: Gig) -> list[tuple[str, str]]:
    """The terms as (name, plain words), only those that are known."""
    terms, eligible = gig.terms, gig.eligible
    rows = [("Where", where_words(gig, most=10))]
    if eligible.countries:
        rows.append(("Open to people in", ", ".join(map(country_name, eligible.countries))))
    if eligible.age_min is not None or eligible.age_max is not None:
        low, high = eligible.age_min, eligible.age_max
        age = (
            f"{low} to {high}"
            if low is not None and high is not None
            else f"{low} or older"
            if high is None
            else f"up to {high}"
        )
        rows.append(("Age", age))
    if terms.duration_minutes is not None:
        rows.append(("Takes", minutes_words(terms.duration_minutes)))
    if terms.schedule:
        rows.append(("When", terms.schedule))
    if terms.experience:
        rows.append(("Experience", terms.experience))
    if terms.equipment != "unknown":
        rows.append(("Equipment", "is provided" if terms.equipment == "provided" else "you bring your own"))
    if terms.contract is not None:
        rows.append(("Hired as", CONTRACTS[terms.contract]))
    if gig.language:
        rows.append(("Language", LANGUAGES.get(gig.language, gig.language)))
    return rows


def plain(text: str) -> str:
    """For places that hold bare text, such as <title>: no controls, no marks of direction."""
    return INVISIBLE.sub(" ", text).strip()


def ago(instant: datetime, now: datetime) -> str:
    """In words, against `now`: minutes up to an hour, hours up to a day, days up to a month, then the date."""
    seconds = (now - instant).total_seconds()
    for limit, size, unit in (
        (90, 0, ""),
        (5_400, 60, "minute"),
        (36 * 3_600, 3_600, "hour"),
        (2_600_000, 86_400, "day"),
    ):
        if abs(seconds) < limit:
            if not size:
                return "just now"
            count = max(1, round(abs(seconds) / size))
            words = f"{count} {unit}{'s' if count > 1 else ''}"
            return f"{words} ago" if seconds > 0 else f"in {words}"
    return f"{instant.day} {instant:%b %Y}"
