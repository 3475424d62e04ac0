"""What a text says, word by word, for comparing: folded words, names, numbers with what they count, contacts.

Names and numbers are what tells two ads of one template apart ("our restaurant in Springfield, $14"), so they are
found here whatever the language: a number by what stands beside it, a name by its capital letter or because a town
is called so.
"""

import gzip
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

from index.dedupe.vocabulary import COUNTED, EVERYDAY, NO_NAMES, STOPWORDS

MAX_WORDS = 2_000
"""Words of a text that are compared: with more, two texts that agree so far are one text."""
MAX_CHARACTERS = 20_000
MAX_TITLE = 200
LARGE = 10_000
"""Inhabitants of a town whose name is known without its capital letter, behind a word such as "in" or "near"."""

NUMBER_KINDS = ("money", "street", "size", "time", "date", "age", "hours", "code", "count")
"""What a number can be. A code is a long number of no other kind (a reference, a postcode), a count a short one."""


class Number(NamedTuple):
    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A text, read."""

    words: tuple[str, ...]
    """Folded, in order; numbers among them."""
    names: frozenset[str]
    """Words that are always capitalised, not only where a sentence begins, and towns in whatever case."""
    towns: frozenset[str]
    """Those names that are towns and capitalised."""
    numbers: frozenset[Number]
    levels: frozenset[str]
    """"Class b", "level ii", "driver a": letters and Roman numbers that stand for one of several."""
    contacts: frozenset[str]
    """Mail addresses and phone numbers in the text, each in one spelling. Links are none: a whole chain shares the form
    to apply with."""


_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"')\]]{3,300}", re.IGNORECASE)
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}")
_PHONE = re.compile(
    r"[+(\d](?<![\w.,].)(?:(?<=\+)(?:\(\d{1,4}\)|\d)|(?<=\()\d{1,4}\)|(?<=\d))(?:[ ./-]?(?:\(\d{1,4}\)|\d)){7,14}(?!\w)"
)
"""Here and in _AMID what stands before is looked at behind the first character, which is quicker to rule out."""
_GARBLED = re.compile(r"\b(?:[0-9a-fA-F]{8,}(?:-[0-9a-fA-F]{4,})*\b|\w{26,})")
"""Keys and hashes, which say nothing to a reader."""
_TOKEN = re.compile(r"\d+(?:[.,'\u2019\u202f]\d+)*|[^\W\d_]+")
_NUMBER = re.compile(r"\d+(?:[.,'\u2019\u202f]\d+)*")
_AMID = re.compile(
    r"[A-Z\u00c0-\u00de\u0391-\u03a9\u0410-\u042f](?:(?<=[\w,:(&'\u2019] .)|(?<=[,:(&'\u2019].))[^\W\d_]{2,}"
)
"""A capitalised word amid a sentence."""
_OPENING = re.compile(
    r"(?:^|(?<=[.!?\n] )|(?<=\n))([A-Z\u00c0-\u00de][^\W\d_]{2,30}) (?:(?:is|are) (?:hiring|looking|seeking|searching|"
    r"expanding|growing|now)|seeks|needs|wants|hires|offers|sucht|braucht|recherche|recrute|embauche|busca|necesita|"
    r"ofrece|cerca|procura|precisa)\b"
)
"""A name that begins a sentence: "Nada is hiring", "Petit sucht"."""
_LEVEL = re.compile(
    r"\b(?:(?:class|grade|group|level|shift|team|tier|type|schicht|gruppe|klasse|classe|equipe|niveau|clase|nivel|turno)"
    r"[ -]([a-z]|i{1,3}|iv|v)\b|([a-z])[ -](?:shift|crew|team|schicht|turno)\b|"
    r"(?<=[\w,)] )(i{1,3}|iv|v)(?=\W*$| ?[,(/|\u2013-]))"
)
"""In a title."""
_PLACED = re.compile(
    r"\b(?:in|at|near|around|from|to|downtown|a|à|sur|en|de|au|pres|près|vers|bei|nach|aus)\s(?:le\s|la\s|les\s)?([^\W\d_]{4,})"
)
"""What stands where a place would."""
_THOUSANDS = re.compile(r"[.,'\u2019\u202f](?=\d{3}(?:\D|$))")
_ZEROS = re.compile(r"[.,]0{1,2}$")

_MONTHS = (
    "jan|january|janvier|januar|enero|feb|february|fevrier|februar|febrero|mar|march|mars|marz|marzo|apr|april|avril|"
    "abril|may|mai|mayo|jun|june|juin|juni|junio|jul|july|juillet|juli|julio|aug|august|aout|agosto|sep|sept|september|"
    "septembre|septiembre|oct|october|octobre|oktober|octubre|nov|november|novembre|noviembre|dec|december|decembre|"
    "dezember|diciembre"
)
_BEFORE = {
    "money": re.compile(r"(?:[$€£₹¥]|\b(?:usd|eur|gbp|cad|aud|inr|rs\.?|chf))\s?$"),
    "street": re.compile(
        r"(?:(?:stra(?:ss|ß)e|str\.|weg|platz|allee|gasse)|\b(?:apt|apartment|unit|suite|hwy|us|"
        r"#))\s?\.?#?$"
    ),
    "date": re.compile(rf"\b(?:{_MONTHS})\.?\s?$|\d/$"),
    "size": re.compile(r"\b[tf]$"),
}  # fmt: skip
_AFTER = {
    "money": re.compile(
        r"\s?(?:[$€£₹¥]|(?:usd|eur|euros?|gbp|cad|aud|inr|rs|chf|dollars?|pounds?|bucks|k/|/\s?(?:hr|h|"
        r"hour|wk|week|day|mo))\b|(?:an?|per)\s(?:hour|day|week|month|word|page|task|hit)\b|/?(?:hr|"
        r"de l'heure|par heure|pro stunde|die stunde)\b)"
    ),
    "time": re.compile(r"\s?(?:[ap]\.?m\b|:\d\d|h\d\d\b|uhr\b)"),
    "date": re.compile(rf"(?:st|nd|rd|th)\b|\.?\s?(?:of\s)?(?:{_MONTHS})\b|/\d"),
    "age": re.compile(
        r"\s?-?(?:(?:years?|months?|yrs?)[ -]?old\b|yo\b|y/o\b|years? of age\b|(?:ans|mois)\b(?! d.exp)|jahre alt\b|"
        r"-?jährig|años\b(?! de exp)|anni\b)"
    ),
    "size": re.compile(
        r"\s?-?(?:m2|m²|qm|sqm|sq\.? ?ft|sqft|square|bed|bedrooms?|br|bdrm|bath|rooms?|pi[eè]ces?|chambres?|"
        r"zimmer|kg|lbs?|hectares?|acres?)\b|\s?m²"
    ),
    "hours": re.compile(
        r"\s?-?(?:hours?|hrs?|heures?|stunden?|horas?|h\b|minutes?|mins?|min\b|days?|jours?|tage?|weeks?|"
        r"semaines?|wochen?)"
    ),
    "street": re.compile(
        r"\s(?:[nsew]\.?\s|bis\s)?(?:(?:[\w.'-]{1,20}\s){0,3}(?:street|st|road|rd|avenue|ave|blvd|"
        r"boulevard|lane|ln|drive|dr|way|highway|hwy|parkway|pkwy|court|ct|square|loop|terrace)\b|"
        r",?\s?(?:rue|avenue|boulevard|chemin|place|impasse|quai)\b)"
    ),
}  # fmt: skip
_CLOCK_BEFORE = re.compile(r"\d[:h]$")


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """Lower case without accents."""
    if word.isascii():
        return word.lower()
    return "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))


_UNSPACED = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def weight(word: str) -> int:
    """How many words a word is worth: of scripts without spaces (Chinese, Japanese, Thai, Lao, Khmer) a whole clause
    is one, and two of its characters are about a word."""
    return 1 if word.isascii() or not _UNSPACED.search(word) else max(1, len(word) // 2)


def plain_number(written: str) -> str:
    """One spelling of a number, without thousands separators and trailing zeros: "1.000,00" and "1,000" are 1000."""
    whole = _ZEROS.sub("", written)
    return _THOUSANDS.sub("", whole).replace(",", ".").lstrip("0") or "0"


def _contacts(text: str) -> tuple[str, set[str]]:
    """The text without links, mail addresses and phone numbers, and the latter two."""
    found: set[str] = set()
    if "://" in text or "www." in text.lower():
        text = _LINK.sub(" \n ", text)
    if "@" in text:
        found.update("mail:" + hit.lower().strip(".") for hit in _MAIL.findall(text))
        text = _MAIL.sub(" \n ", text)
    phones = _PHONE.findall(text)
    if phones:
        found.update("tel:" + re.sub(r"\D", "", hit)[-9:] for hit in phones)
        text = _PHONE.sub(" \n ", text)
    return text, found


def _kind(low: str, start: int, end: int, value: str) -> str:
    before, after = low[max(0, start - 14) : start], low[end : end + 60]
    if _CLOCK_BEFORE.search(before) or _AFTER["time"].match(after):
        return "time"
    for kind in ("money", "street", "date", "size"):
        if _BEFORE[kind].search(before):
            return kind
    for kind in ("money", "date", "age", "size", "hours", "street"):
        if _AFTER[kind].match(after):
            return kind
    return "code" if len(value.replace(".", "")) >= 3 and not re.fullmatch(r"(?:19|20)\d\d", value) else "count"


_WORD = re.compile(r"\b[^\W\d_]{3,6}\b")


def _in_words(low: str) -> Iterator[Number]:
    """Numbers in words of which what stands beside them says what they count: "two-bedroom", "five hours". Others are
    left out: "two of us" is said in many ways."""
    for match in _WORD.finditer(low):
        value = COUNTED.get(fold(match.group()))
        if value is not None:
            kind = _kind(low, match.start(), match.end(), value)
            if kind in ("age", "size", "hours", "money", "time"):
                yield Number(kind, value)


_LABEL = re.compile(
    r"\b(?:(?:ref|req|job|posting|listing|vacancy|ad|offer)\W{0,3}(?:id|no|nr|number|code)\W{0,4}|ref\W{1,3}|id: ?)"
    r"(?:[a-z]{1,4}-)?$"
)
_AGE = re.compile(r"\s?(?:minutes?|mins?|hours?|hrs?|days?|weeks?|months?)\s(?:ago|old)\b")


def _is_label(low: str, start: int, end: int) -> bool:
    """Whether a number is the board's own: its number of the posting, or how long ago it was listed."""
    return _LABEL.search(low[max(0, start - 30) : start]) is not None or _AGE.match(low[end : end + 20]) is not None


def _keep_plain(match: re.Match[str]) -> str:
    """A long number or word is kept; a mixture of both is a key."""
    written = match.group()
    return written if len(written) < 26 and (written.isdigit() or written.isalpha()) else " \n "


def read(text: str) -> Reading:
    """Read a plain text. Time is linear in its length, and bounded."""
    text, contacts = _contacts(text[:MAX_CHARACTERS])
    text = _GARBLED.sub(_keep_plain, text)
    low = text.lower()
    if len(low) != len(text):  # a letter whose lower case is longer; offsets must agree
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    tokens = _TOKEN.findall(text)[:MAX_WORDS]
    folded = " ".join(tokens).lower().split(" ") if text.isascii() else [fold(token) for token in tokens]
    # A lone mark of another script folds to nothing.
    words = tuple([plain_number(word) if word[0].isdigit() else word for word in folded if word])
    numbers = set()
    for match in _NUMBER.finditer(text):
        if _is_label(low, match.start(), match.end()):
            continue
        value = plain_number(match.group())
        numbers.add(Number(_kind(low, match.start(), match.end(), value), value))
    if not COUNTED.keys().isdisjoint(words):
        numbers.update(_in_words(low))
    small = set(tokens).intersection(folded) if text.isascii() else {fold(one) for one in tokens if one[0].islower()}
    amid = {fold(word) for word in _AMID.findall(text)}
    towns, large = _towns()
    capital_towns = towns.intersection(words) - small
    placed = large.intersection(fold(word) for word in _PLACED.findall(low))
    opening = {fold(word) for word in _OPENING.findall(text)}
    names = ((amid | opening) - small - STOPWORDS - NO_NAMES) | capital_towns | placed
    return Reading(
        words, frozenset(names), frozenset(capital_towns), frozenset(numbers), _levels(low), frozenset(contacts)
    )


def _levels(low: str) -> frozenset[str]:
    """Of a title; a longer text has too many letters that stand alone."""
    if len(low) > MAX_TITLE:
        return frozenset()
    return frozenset(next(filter(None, match.groups())) for match in _LEVEL.finditer(low))


def after_title(text: str, title: tuple[str, ...]) -> str:
    """The text without the title where it begins with it, as on many boards: then that is no part of what is said."""
    end = 0
    tokens = _TOKEN.finditer(text)
    for word in title:
        match = next(tokens, None)
        if (
            match is None
            or (plain_number(match.group()) if match.group()[0].isdigit() else fold(match.group())) != word
        ):
            return text
        end = match.end()
    return text[end:]


@cache
def _towns() -> tuple[frozenset[str], frozenset[str]]:
    """The first words of the names of towns, folded, without everyday words: of all towns, and of LARGE ones."""
    packed = resources.files("index.normalize").joinpath("gazetteer/cities.tsv.gz").read_bytes()
    found: set[str] = set()
    large: set[str] = set()
    for row in gzip.decompress(packed).decode("utf-8").splitlines():
        _, is_own, name, _, _, _, _, population = row.split("\t")
        word = _TOKEN.match(name)
        if is_own == "1" and word and len(word.group()) > 3:
            found.add(fold(word.group()))
            if int(population) >= LARGE:
                large.add(fold(word.group()))
    everyday = EVERYDAY | STOPWORDS
    return frozenset(found - everyday), frozenset(large - everyday)
