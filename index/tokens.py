"""Text to tokens, once for every engine: queries and documents go through here, engines only split at spaces.

A *surface* token is a word as written, folded: NFKC, case and diacritics gone ("Ménage" and "menage" are one).
A *stem* is what Snowball leaves of a word, marked with its language ("en:clean"), so that a French stem never
meets an English one. A gig's words are stemmed by its own language, a query's words by each that may occur.
"""

import re
import threading
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import islice
from typing import ClassVar

import Stemmer  # type: ignore[import-not-found]  # a compiled module without type hints

SNOWBALL = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "eo": "esperanto", "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish",
    "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian",
    "it": "italian", "lt": "lithuanian", "ne": "nepali", "nl": "dutch", "no": "norwegian", "pl": "polish",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "st": "sesotho", "sv": "swedish",
    "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
"""ISO 639-1 -> Snowball algorithm."""
FALLBACK = "en"
"""Stems a text whose language is unknown or has no stemmer: most boards write English."""
SAME_STEMMER = {"nb": "no", "nn": "no"}

MAX_TOKEN = 100
"""Characters of a token that count; engines refuse or split longer ones, each in its own way."""
MAX_TOKENS = 50_000
"""Tokens of a text that are indexed: more than any honest posting has, few enough for the writer's memory."""
BREAK = "|"
"""Stands between the parts of a document (title, description...), so that no phrase runs across. Never a token."""


UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Thai, Lao, Burmese, Khmer, Japanese, Chinese and Korean: words are not set apart by spaces (or carry particles),
so every character is a token, and a word is found as the phrase of its characters."""
APOSTROPHES = "'\u2019\u02bc\u201b"
ELISIONS = "[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|all|dall|dell|nell|sull|coll|un|quest|quell|sant"
"""What French, Italian and Catalan put before an apostrophe: a word of its own ("l'aide" is l, aide)."""


def _marks() -> str:
    """The combining marks as the inside of a regex class: `\\w` lacks them, and Hindi words would fall apart."""
    marks = [code for code in range(0x300, 0x10000) if unicodedata.category(chr(code)) in ("Mn", "Mc")]
    ranges: list[list[int]] = []
    for code in marks:
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"{chr(low)}-{chr(high)}" for low, high in ranges)


@cache
def _pattern() -> re.Pattern[str]:
    marks = _marks()
    letter = rf"[^\W_{UNSPACED}]"
    word = rf"{letter}+(?:(?![{UNSPACED}])[{marks}]+{letter}*)*"
    return re.compile(
        rf"(?:(?<![^\W_])(?:{ELISIONS})(?=[{APOSTROPHES}]{letter}{{2}}))"
        r"|(?<![^\W_])[a-z]\#(?![^\W_])"  # C#, but neither "#1" nor "issue#5"
        rf"|{word}(?:\+\+|(?:[{APOSTROPHES}]{word})*)"  # C++, don't
        r"|(?:(?<![^\W_])|(?<=\basp)|(?<=\bado))\.net(?![^\W_])"  # .NET and ASP.NET, but no example.net
        rf"|(?:(?=[{UNSPACED}])(?:[^\W_]|[{marks}]))"
    )


_PLAIN_WORD = re.compile(r"[a-z0-9]+(?:\+\+|(?:'[a-z0-9]+)*)")
"""What that pattern comes to in ASCII without elisions, C# and .NET; several times faster."""
_ELIDED = re.compile("'(?:{})[a-z0-9]{{2}}".format("|".join(rf"(?<=(?<![a-z0-9]){e}')" for e in ELISIONS.split("|"))))
_NO_APOSTROPHES = str.maketrans("", "", APOSTROPHES)


class _Folding(dict[int, str]):
    """What each character is without its diacritics, worked out when first met."""

    WHOLE: ClassVar = {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d"}
    """Letters that Unicode doesn't take apart."""

    def __missing__(self, code: int) -> str:
        apart = unicodedata.normalize("NFD", chr(code))
        bare = "".join(self.WHOLE.get(c, c) for c in apart if not _is_diacritic(ord(c)))
        self[code] = unicodedata.normalize("NFC", bare)
        return self[code]


def _is_diacritic(code: int) -> bool:
    """Latin, Greek and Cyrillic accents; Hebrew and Arabic points. Marks of Indic and Thai writing are vowels."""
    return 0x300 <= code <= 0x36F or 0x591 <= code <= 0x5C7 or 0x64B <= code <= 0x65F or code in (0x640, 0x670)


_FOLDING = _Folding({ord("й"): "й"})  # a letter of its own, and Russian endings hang on it


def fold(text: str) -> str:
    """Without diacritics."""
    return text if text.isascii() else text.translate(_FOLDING)


def words(text: str) -> list[str]:
    """The words of a text in order, caseless, diacritics still there (stemmers need them); at most MAX_TOKENS."""
    caseless = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).casefold())
    if caseless.isascii() and not ("#" in caseless or ".net" in caseless or _ELIDED.search(caseless)):
        return [word.replace("'", "")[:MAX_TOKEN] for word in _PLAIN_WORD.findall(caseless)[:MAX_TOKENS]]
    bare = (match[0].translate(_NO_APOSTROPHES)[:MAX_TOKEN] for match in _pattern().finditer(caseless))
    return list(islice((word for word in bare if word and (word.isascii() or fold(word))), MAX_TOKENS))


def stem_language(language: str | None) -> str:
    """The language whose stemmer a text of this language gets."""
    code = (language or "").lower().partition("-")[0]
    code = SAME_STEMMER.get(code, code)
    return code if code in SNOWBALL else FALLBACK


class _Stemmers(threading.local):
    """A Snowball stemmer keeps state while it works, so each thread has its own."""

    def __init__(self) -> None:
        self.by_language: dict[str, Stemmer.Stemmer] = {}

    def __getitem__(self, language: str) -> Stemmer.Stemmer:
        if language not in self.by_language:
            self.by_language[language] = Stemmer.Stemmer(SNOWBALL[language])
        return self.by_language[language]


_STEMMERS = _Stemmers()


def surface(parts: Iterable[list[str]]) -> str:
    """The surface tokens of a document's parts (each its words()), as a token field holds them."""
    return f" {BREAK} ".join(fold(" ".join(part)) for part in parts)


def stems(parts: Iterable[list[str]], language: str | None) -> str:
    """The stems of a document's parts (each its words()), one for each surface token, as a token field holds them."""
    code = stem_language(language)
    stemmer = _STEMMERS[code]
    return f" {BREAK} ".join(fold(" ".join([f"{code}:{stem}" for stem in stemmer.stemWords(part)])) for part in parts)


@lru_cache(maxsize=20_000)
def query_stems(word: str, language: str) -> tuple[str, ...]:
    """The stems a query's word may have in a text of that language, written with its accents or without."""
    stemmer = _STEMMERS[language]
    found = (fold(stemmer.stemWord(word)), fold(stemmer.stemWord(fold(word))))
    return tuple(dict.fromkeys(f"{language}:{stem}" for stem in found))
