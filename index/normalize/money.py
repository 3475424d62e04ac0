"""Amounts of money in text: numbers in the notations of several countries, currency signs and words, ranges."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from index.normalize.cue import words

# ISO 4217 codes that people write beside amounts.
ISO_CODES = words(
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF "
    "CLP "
    "CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD GBP GEL GHS GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS "
    "INR "
    "IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU "
    "MUR "
    "MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG "
    "SEK "
    "SGD SHP SLE SOS SRD SSP STN SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF "
    "XCD "
    "XOF XPF YER ZAR ZMW"
)
# Codes that are everyday words in lower case: read in capitals only.
_WORDS_NOT_CODES = words("all top try mad cup php bam gel pen sos ron mop mur cad") - {"cad", "php"}

DOLLARS = {
    "US": "USD", "CA": "CAD", "AU": "AUD", "NZ": "NZD", "SG": "SGD", "HK": "HKD", "TW": "TWD", "JM": "JMD",
}  # fmt: skip
"""What a bare `$` is, by country; US dollars elsewhere, because that is what international boards mean."""
CROWNS = {"SE": "SEK", "NO": "NOK", "DK": "DKK", "IS": "ISK"}
YENS = {"JP": "JPY", "CN": "CNY"}
RUPEES = {"IN": "INR", "PK": "PKR", "LK": "LKR", "NP": "NPR", "MU": "MUR"}
POUNDS = {"EG": "EGP", "LB": "LBP"}

POINTS = "points"
CENTS = "cents"
PENCE = "pence"

_SIGNS = {
    "us$": "USD", "u$s": "USD", "usd$": "USD", "$usd": "USD", "$us": "USD", "a$": "AUD", "au$": "AUD", "aud$": "AUD",
    "aus$": "AUD", "c$": "CAD", "ca$": "CAD", "cad$": "CAD", "cdn$": "CAD", "can$": "CAD", "nz$": "NZD", "hk$": "HKD",
    "s$": "SGD", "sg$": "SGD", "r$": "BRL", "mx$": "MXN", "mex$": "MXN", "nt$": "TWD", "t$": "TWD", "j$": "JMD",
    "€": "EUR", "£": "GBP", "₹": "INR", "₽": "RUB", "₴": "UAH", "₪": "ILS", "₩": "KRW", "₱": "PHP", "₦": "NGN",
    "฿": "THB", "₫": "VND", "₺": "TRY", "₸": "KZT", "₡": "CRC", "₲": "PYG", "₵": "GHS", "zł": "PLN", "zl": "PLN",
    "kč": "CZK", "ft": "HUF", "lei": "RON", "rm": "MYR", "rmb": "CNY", "yuan": "CNY", "renminbi": "CNY", "rp": "IDR",
    "rupiah": "IDR", "baht": "THB", "ksh": "KES", "euro": "EUR", "euros": "EUR", "eur": "EUR", "quid": "GBP",
    "sterling": "GBP", "pence": PENCE, "p": PENCE, "r": "ZAR",
    "pound": "£", "pounds": "£", "dollar": "$", "dollars": "$", "buck": "$",
    "bucks": "$", "rupee": "rs", "rupees": "rs", "rs": "rs", "rs.": "rs", "kr": "kr", "kr.": "kr", "kronor": "SEK",
    "kroner": "kr", "yen": "JPY", "¥": "¥", "￥": "¥", "$": "$", "¢": CENTS, "cent": CENTS, "cents": CENTS,
    "pesos": "peso", "peso": "peso", "rand": "ZAR", "naira": "NGN", "shekels": "ILS", "nis": "ILS", "francs": "franc",
    "sfr": "CHF", "fr.": "CHF", "reais": "BRL", "rubles": "RUB", "roubles": "RUB", "hryvnia": "UAH", "points": POINTS,
    "point": POINTS, "pts": POINTS, "swagbucks": POINTS, "sb": POINTS, "sbs": POINTS, "coins": POINTS, "dong": "VND",
    "dirhams": "AED", "won": "KRW", "zloty": "PLN", "złoty": "PLN", "usdt": "USDT", "btc": "BTC", "eth": "ETH",
}  # fmt: skip
POINT_WORDS = frozenset(sign for sign, code in _SIGNS.items() if code == POINTS)
CRYPTO = frozenset({"USDT", "BTC", "ETH"})
# "sb", "won", "ft" and "fr." only after a number, and never before one.
_BEFORE_ONLY_SIGNS = {
    sign for sign in _SIGNS if sign not in {"sb", "won", "ft", "point", "cent", "coins", "quid", "zl", "p", "pence"}
}


def currency_code(sign: str | None, country: str | None) -> str | None:
    """ISO 4217 code of a currency's sign, word or code; the country decides what `$`, `kr`, `¥` and `Rs` are.

    None when it stays ambiguous or unknown; a code of three letters that we don't know is kept in capitals.
    """
    if not sign:
        return None
    bare = sign.strip().lower()
    found = _SIGNS.get(bare) or _SIGNS.get(bare.rstrip("."))
    match found:
        case None:
            return bare.upper() if len(bare) == 3 and bare.isascii() and bare.isalpha() else None
        case "$":
            return DOLLARS.get(country or "", "USD")
        case "kr":
            return CROWNS.get(country or "")
        case "¥":
            return YENS.get(country or "")
        case "rs":
            return RUPEES.get(country or "", "INR")
        case "£":
            return POUNDS.get(country or "", "GBP")
        case "peso":
            return {"MX": "MXN", "PH": "PHP", "AR": "ARS", "CO": "COP", "CL": "CLP"}.get(country or "")
        case "franc":
            return {"CH": "CHF"}.get(country or "")
        case "cents":
            return {"AU": "AUD", "CA": "CAD", "NZ": "NZD", "DE": "EUR", "IE": "EUR"}.get(country or "", "USD")
        case "pence":
            return "GBP"
        case "points":
            return None
    return found


def parse_number(written: str) -> float | None:
    """A number with or without separators of thousands: 1,234.50  1.234,50  1 234  1'234  1,50,000  0.05.

    A single separator before exactly three digits parts thousands ("1.500" is 1500), unless a lone
    zero stands before it.
    None when it is too long to be money.
    """
    if len(written) > 20:
        return None
    digits = written.replace(" ", "").replace("'", "").replace("’", "")
    comma, dot = digits.rfind(","), digits.rfind(".")
    if comma >= 0 and dot >= 0:
        thousands, decimal = (",", ".") if dot > comma else (".", ",")
        digits = digits.replace(thousands, "").replace(decimal, ".", 1)
    elif comma >= 0 or dot >= 0:
        mark = "," if comma >= 0 else "."
        whole, *rest = digits.split(mark)
        if len(rest) > 1:
            digits = whole + "".join(rest) if all(len(part) in {2, 3} for part in rest) else whole
        elif len(rest[0]) == 3 and whole != "0" and len(whole) <= 3:
            digits = whole + rest[0]
        else:
            digits = f"{whole}.{rest[0]}"
    try:
        return float(digits)
    except ValueError:
        return None


class Mention(NamedTuple):
    """One amount or range in a text, with what stands on it; offsets include signs and words of currency."""

    low: float | None
    high: float | None
    sign: str | None  # as in the text, lower case; None for a bare number
    start: int
    end: int
    plus: bool = False  # "20+"
    kilo: bool = False  # "20k"
    counts: bool = False  # it counts hours, words, people: no money

    @property
    def top(self) -> float:
        return self.high if self.high is not None else self.low or 0.0


# It begins with a plain class, because `re` skips fast to one of its characters.
_NUMBER = re.compile(
    r"[0-9.](?:(?<=[0-9])[0-9]*(?:[.,'’][0-9]+)*(?: [0-9]{3}(?![0-9]))*|(?<![0-9]\.)[0-9]{1,4}(?![0-9]))"
)
_SIGN_WORDS = "|".join(sorted((re.escape(sign) for sign in _SIGNS), key=len, reverse=True))
_CODE_WORDS = sorted({code.lower() for code in ISO_CODES} - _WORDS_NOT_CODES)
_CODES = "|".join(_CODE_WORDS)
_PREFIXES = frozenset([*_BEFORE_ONLY_SIGNS, *(code for code in _CODE_WORDS), *(f"{code}$" for code in _CODE_WORDS)])
_LONGEST_SIGN = 8
_NEVER_SIGNS = frozenset(" \n\t-–—,;()[]/*\"'!?0123456789")
_SUFFIX = re.compile(
    r"(?P<kilo> ?k(?![^\W\d_])| ?(?:thousand|grand)\b| ?(?:lakhs?|lacs?|lpa)\b)?(?P<plus> ?\+(?! ?[0-9])| plus\b|"
    r" or more\b| and up\b)?"
    rf"(?:[ /-]?(?P<sign>(?:us |australian |canadian )?(?:{_SIGN_WORDS})|"
    rf"{_CODES})(?![a-z])(?! ?[0-9]))?(?P<plus2> ?\+(?! ?[0-9]))?"
)
_JOIN = re.compile(r" ?(?:-{1,2}|–|—|−|~|to|bis|until|and|à) ?(?:up to )?")
# What a bare number counts when it is no money.
_COUNTS = re.compile(
    r"[ -]?(?:%|percent|am\b|pm\b|a\.m|p\.m|st\b|nd\b|rd\b|th\b|x\b|years?\b|yrs?\b|months?\b|weeks?\b|days?\b|"
    r"hours?\b|hrs?\b|"
    r"minutes?\b|mins?\b|seconds?\b|secs?\b|words?\b|pages?\b|people\b|times?\b|followers\b|km\b|miles?\b|m2\b|sq|"
    r"kg\b|lbs?\b|"
    r"gb\b|mb\b|tb\b|bedrooms?\b|°|items?\b|photos?\b|articles?\b|reviews?\b|emails?\b|products?\b|images?\b|"
    r"videos?\b|"
    r"surveys?\b|questions?\b|posts?\b|candidates\b|employees\b|users?\b|customers\b|clients\b|positions?\b|star)"
)
_KILO = {"k": 1e3, "thousand": 1e3, "grand": 1e3, "lakh": 1e5, "lakhs": 1e5, "lac": 1e5, "lacs": 1e5, "lpa": 1e5}
MAX_AMOUNT = 1e9
MAX_MENTIONS = 200
"""Numbers of one text that are looked at: an advert has a dozen, a price list thousands."""


def mentions(low: str, bare: bool = False) -> Iterator[Mention]:
    """Amounts and ranges of a lower-case text, in order. Numbers without any currency only where `bare`."""
    waiting: Mention | None = None
    for number, mention in enumerate(_amounts(low)):
        if number >= MAX_MENTIONS:
            break
        if waiting is not None:
            joined = _join(low, waiting, mention)
            if joined is not None:
                waiting = joined
                continue
            if _is_money(waiting, bare):
                yield waiting
        waiting = mention
    if waiting is not None and _is_money(waiting, bare):
        yield waiting


def _is_money(mention: Mention, bare: bool) -> bool:
    return not mention.counts and (bare or mention.sign is not None)


def _sign_before(low: str, at: int) -> tuple[str | None, int]:
    """The sign, word or code of a currency that ends before `at`, but for a colon and a space; and where it begins."""
    end = at
    if end and low[end - 1] == " ":
        end -= 1
    if end and low[end - 1] == ":":
        end -= 1
    if end == 0 or low[end - 1] in _NEVER_SIGNS:
        return None, at
    for length in range(min(_LONGEST_SIGN, end), 0, -1):
        begin = end - length
        sign = low[begin:end]
        if sign in _PREFIXES and not (begin and ("a" <= low[begin - 1] <= "z" or low[begin - 1] == "$")):
            return sign, begin
    return None, at


def _amounts(low: str) -> Iterator[Mention]:
    at = 0
    while (match := _NUMBER.search(low, at)) is not None:
        start, end = match.span()
        at = end
        sign, begin = _sign_before(low, start)
        if sign == "r" and (begin != start - 1 or end - start < 2):
            sign = None  # "R2,500" is South African money, "r 5" and "R2" are not
        if sign == "php" and ((start > 0 and low[start - 1] in "p:") or (parse_number(low[start:end]) or 0) < 20):
            sign = None  # "PHP5" and "php:7" are versions of the language
        if sign is None and start > 0 and (low[start - 1].isalnum() or low[start - 1] in "_#@"):
            continue
        suffix = _SUFFIX.match(low, end)
        after = suffix.group("sign") if suffix is not None else None
        if after == "p" and (low[end] != "p" or low[end + 1 : end + 2] in {".", "/"} or end - start > 2):
            suffix, after = None, None  # "45p" is pence, "1080p", "20 p.h." and "7000 p/m" are not
        if " " in match.group() and sign is None and after is None:
            end = start + match.group().index(" ")  # "call 2 500": blanks part thousands only of money
            at = end
            suffix, after = None, None
        value = parse_number(low[start:end])
        if value is None:
            continue
        kilo = plus = False
        if suffix is not None:
            if suffix.group("kilo"):
                value *= _KILO[suffix.group("kilo").strip()]
                kilo = True
            plus = bool(suffix.group("plus") or suffix.group("plus2"))
            if sign is None or kilo or plus or after is not None:
                end = max(end, suffix.end())
                at = end
        counts = sign is None and after is None and _COUNTS.match(low, end) is not None
        if after is not None:
            after = after.removeprefix("us ").removeprefix("australian ").removeprefix("canadian ")
        if sign is None and after is not None and _SIGNS.get(after) in {CENTS, PENCE}:
            value = round(value / 100, 6)
        if value > MAX_AMOUNT:
            continue
        written_code = after if sign in (None, "$") and after is not None else sign
        if written_code == "$" and sign is None:
            written_code = after
        yield Mention(
            value,
            value,
            written_code or sign,
            begin if sign is not None else start,
            end,
            plus,
            kilo,
            counts,
        )


def _join(low: str, first: Mention, second: Mention) -> Mention | None:
    """A range of two neighbouring amounts, or None: "$10-20", "20 to 25 dollars", "110-130k", "between $5 and $9"."""
    gap = low[first.end : second.start]
    if len(gap) > 14 or first.plus or first.low != first.high:
        return None
    match = _JOIN.fullmatch(gap)
    if match is None:
        return None
    if gap.strip().startswith("and") and "between" not in low[max(0, first.start - 12) : first.start]:
        return None
    if first.sign and second.sign and first.sign != second.sign:
        return None
    bottom, top = first.top, second.top
    if second.kilo and not first.kilo and bottom < 1000:
        bottom *= 1000
    if bottom > top:
        return None
    return second._replace(
        low=bottom,
        high=top,
        sign=first.sign or second.sign,
        start=first.start,
        kilo=first.kilo or second.kilo,
    )
