"""Amounts of money in text: numbers in the notations of several countries, currency signs and words, ranges."""

import re
from collections.abc import Iterator
from heapq import merge
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
    "sterling": "GBP", "pence": PENCE, "p": PENCE, "r": "ZAR", "e": "EUR",
    "pound": "£", "pounds": "£", "dollar": "$", "dollars": "$", "buck": "$",
    "bucks": "$", "rupee": "rs", "rupees": "rs", "rs": "rs", "rs.": "rs", "kr": "kr", "kr.": "kr", "kronor": "SEK",
    "kroner": "kr", "yen": "JPY", "¥": "¥", "￥": "¥", "$": "$", "¢": CENTS, "cent": CENTS, "cents": CENTS, "c": CENTS,
    "pesos": "peso", "peso": "peso", "rand": "ZAR", "naira": "NGN", "shekels": "ILS", "nis": "ILS", "francs": "franc",
    "sfr": "CHF", "fr.": "CHF", "reais": "BRL", "rubles": "RUB", "roubles": "RUB", "hryvnia": "UAH", "points": POINTS,
    "point": POINTS, "pts": POINTS, "swagbucks": POINTS, "sb": POINTS, "sbs": POINTS, "coins": POINTS, "dong": "VND",
    "dirhams": "AED", "dirham": "AED", "dhs": "AED", "riyals": "SAR", "riyal": "SAR", "won": "KRW", "zloty": "PLN",
    "złoty": "PLN", "usdt": "USDT", "btc": "BTC", "eth": "ETH",
    "dollari": "$", "dólares": "$", "dolares": "$", "libras": "GBP", "kronen": "kr", "krona": "SEK", "sek": "SEK",
    "franken": "CHF", "stutz": "CHF", "ringgit": "MYR", "taka": "BDT", "tk": "BDT", "৳": "BDT",
    "cedis": "GHS", "cedi": "GHS", "gh₵": "GHS", "gh¢": "GHS", "shillings": "shilling", "shilling": "shilling",
    "kshs": "KES", "ush": "UGX", "ugx": "UGX", "tsh": "TZS", "tl": "TRY", "lira": "TRY", "₨": "rs",
    "rs/-": "rs", "soles": "PEN", "s/.": "PEN", "s/": "PEN", "rands": "ZAR",
    "hkd$": "HKD", "us $": "USD", "au $": "AUD", "ca $": "CAD", "cad $": "CAD", "aud $": "AUD", "nzd $": "NZD",
    "nz $": "NZD", "usd $": "USD", "sgd $": "SGD", "hk $": "HKD", "u.s. $": "USD", "rd$": "DOP", "mop$": "MOP",
    "bz$": "BZD", "cl$": "CLP", "co$": "COP", "col$": "COP", "ar$": "ARS", "b/.": "PAB", "gs.": "PYG",
    "руб": "RUB", "руб.": "RUB", "рублей": "RUB", "рубля": "RUB", "р.": "RUB", "грн": "UAH", "грн.": "UAH",
    "гривень": "UAH", "гривен": "UAH", "лв": "BGN", "лв.": "BGN", "leva": "BGN", "дин": "RSD", "дин.": "RSD",
    "dinara": "RSD", "dinar": "RSD", "ден": "MKD", "тг": "KZT", "тенге": "KZT", "сум": "UZS", "so'm": "UZS",
    "円": "JPY", "元": "CNY", "원": "KRW", "đ": "VND", "vnđ": "VND", "₾": "GEL", "₼": "AZN", "֏": "AMD", "؋": "AFN",
    "₭": "LAK", "₮": "MNT", "៛": "KHR", "د.إ": "AED", "درهم": "AED", "د.ك": "KWD", "kd": "KWD", "ريال": "SAR",
    "جنيه": "EGP", "ریال": "IRR", "fcfa": "cfa", "cfa": "cfa", "₤": "£",
    "forint": "HUF", "korun": "CZK", "złotych": "PLN", "zlotych": "PLN", "złote": "PLN", "lempiras": "HNL",
    "quetzales": "GTQ", "bolivianos": "BOB", "colones": "CRC", "guaranies": "PYG", "dongs": "VND", "nok": "NOK",
}  # fmt: skip
POINT_WORDS = frozenset(sign for sign, code in _SIGNS.items() if code == POINTS)
CRYPTO = frozenset({"USDT", "BTC", "ETH"})
# Only after a number, and never before one.
_AFTER_ONLY = words(
    "c e sb won ft point cent coins quid zl p pence zł kč руб руб. рублей рубля р. грн грн. гривень гривен лв лв. дин "
    "ден "
    "円 元 원 đ forint korun złotych zlotych złote leva tk tl"
)
_BEFORE_ONLY_SIGNS = {sign for sign in _SIGNS if sign not in _AFTER_ONLY}


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
        case "shilling":
            return {"KE": "KES", "UG": "UGX", "TZ": "TZS"}.get(country or "")
        case "cfa":
            return "XAF" if country in {"CM", "GA", "TD", "CF", "CG", "GQ"} else "XOF"
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
    r"[0-9.](?:(?<=[0-9])(?:(?:[0-9]{0,2}(?: [0-9]{3}){1,3}[.,][0-9]{1,2}(?![0-9.,]))|"
    r"[0-9]*(?:[.,'’][0-9]+)*(?: [0-9]{3}(?![0-9]))*)|(?<![0-9]\.)[0-9]{1,4}(?![0-9]))"
)
_AFTER_SIGNS = "|".join(sorted((re.escape(sign) for sign in _AFTER_ONLY - {"p", "c", "e"}), key=len, reverse=True))
_SIGN_WORDS = "|".join(sorted((re.escape(sign) for sign in _SIGNS), key=len, reverse=True))
_CODE_WORDS = sorted({code.lower() for code in ISO_CODES} - _WORDS_NOT_CODES)
_CODES = "|".join(_CODE_WORDS)
_PREFIXES = frozenset([*_BEFORE_ONLY_SIGNS, *(code for code in _CODE_WORDS), *(f"{code}$" for code in _CODE_WORDS)])
_LONGEST_SIGN = 8
_NEVER_SIGNS = frozenset(" \n\t-–—,;()[]/*\"'!?0123456789")
_PER_AFTER = re.compile(r"/|,| (?:per|an?|each)\b")
_NATIONS = {
    "us": "us$", "u.s.": "us$", "american": "us$", "australian": "a$", "canadian": "c$", "singapore": "s$", "nz": "nz$",
    "new zealand": "nz$", "hong kong": "hk$",
}  # fmt: skip
_DOLLARS_OF = "|".join(map(re.escape, _NATIONS))
_NATION = re.compile(rf"(?:{_DOLLARS_OF}) ")
# "$25+" has no top, "$25 + tip" and "$25+tips" add something to it.
_ADDED = r"(?:tips?|gas|fuel|travel|expenses|meals?|food|lunch|dinner|mileage|gst|vat|tax|equity|bonus|commission)"
_OPEN_END = rf"(?: \+(?! ?(?!(?:per|an?|each|doe)\b)[0-9a-z\[(])|\+(?! ?(?:[0-9]|{_ADDED}\b)))"
_SUFFIX = re.compile(
    r"(?P<kilo> ?k(?![^\W\d_])| ?(?:thousand|grand)\b| ?(?:lakhs?|lacs?|lpa)\b)?"
    rf"(?P<plus>{_OPEN_END}| ?plus\b(?= ?(?:$|[.,;)/]|an? |per ))| or more\b| and up\b)?"
    rf"(?:(?:[,.:][-–])?[ /-]?(?P<sign>[円元원]|(?:{_AFTER_SIGNS})(?![^\W\d_])|"
    rf"(?:(?:(?:{_DOLLARS_OF}) )?(?:{_SIGN_WORDS})|{_CODES})(?![^\W\d_])(?! ?[0-9])))?"
    rf"(?P<plus2>{_OPEN_END})?"
)
_JOIN = re.compile(r" ?(?:-{1,2}|–|—|−|~|to|bis|until|and|à|a|/|or) ?(?:up to )?")
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
    worded = _in_words(low)
    found = merge(_amounts(low), worded, key=lambda mention: mention.start) if worded else _amounts(low)
    for number, mention in enumerate(found):
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


# Amounts in words: "twenty quid", "a hundred dollars", "a fiver".
_ONES = {
    "a": 1, "an": 1, "half a": 0.5, "a couple of": 2, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_BIG = {"hundred": 100, "thousand": 1000, "grand": 1000}
_NOTES = {"fiver": 5, "tenner": 10}
_WORDED_SIGNS = (
    "dollar", "buck", "quid", "pound", "euro", "rupee", "peso", "naira", "rand", "cent", "pence", "franc", "kronor",
    "kroner", "yen", "ringgit", "shilling", "fiver", "tenner", " an hour", " per hour", " an hr", " per hr",
)  # fmt: skip
_WORDED = re.compile(
    rf"\b(?:(?P<note>fiver|tenner)|(?:(?P<from>{'|'.join([*_TENS, *list(_ONES)[4:]])}) (?:to|or) )?"
    rf"(?:(?P<tens>{'|'.join(_TENS)})(?:[- ](?P<unit>{'|'.join(list(_ONES)[4:13])}))?|"
    rf"(?P<ones>{'|'.join(sorted(_ONES, key=len, reverse=True))}))(?: (?P<big>{'|'.join(_BIG)}))?"
    rf"(?: (?:and )?(?P<rest>{'|'.join(_TENS)}))? (?P<sign>(?:dollar|buck|pound|euro|rupee|peso|cent|franc|shilling)s?|"
    r"quid|naira|rand|pence|kronor|kroner|yen|ringgit)|"
    rf"(?P<bare>{'|'.join([*_TENS, *list(_ONES)[8:]])})(?: ?[-–]? ?(?P<more>{'|'.join(list(_ONES)[4:13])}))?"
    r"(?= (?:an|per) (?:hour|hr)\b))\b"
)
_EACH_TIME = re.compile(r" (?:per|an?|each|every|for (?:each|every))\b")


def _in_words(low: str) -> list[Mention]:
    """Amounts that are written in words; "a dollar" only where something follows that it is paid for."""
    if not any(sign in low for sign in _WORDED_SIGNS):
        return []
    found: list[Mention] = []
    for match in _WORDED.finditer(low):
        note = match.group("note")
        if note is not None:
            found.append(Mention(_NOTES[note], _NOTES[note], "quid", *match.span()))
            continue
        bare = match.group("bare")
        if bare is not None:  # "thirty an hour"
            sum_ = (_TENS.get(bare) or _ONES[bare]) + _ONES.get(match.group("more") or "", 0)
            found.append(Mention(sum_, sum_, None, *match.span()))
            continue
        big = _BIG.get(match.group("big") or "", 1)
        ones = match.group("ones")
        if ones in {"a", "an"} and big == 1 and _EACH_TIME.match(low, match.end()) is None:
            continue
        number: float = _ONES[ones] if ones is not None else _TENS[match.group("tens")]
        number = (number + _ONES.get(match.group("unit") or "", 0)) * big + _TENS.get(match.group("rest") or "", 0)
        sign = match.group("sign")
        least = match.group("from")
        bottom = number if least is None else (_TENS.get(least) or _ONES[least]) * big
        if _SIGNS.get(sign) in {CENTS, PENCE}:
            number, bottom = round(number / 100, 6), round(bottom / 100, 6)
        if bottom <= number:
            found.append(Mention(bottom, number, sign, *match.span()))
    return found


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


_PESOS = re.compile(r"p[1-9][0-9,]{2,7}(?:\.00)? ?(?:/|per |an? |each |daily|weekly|monthly)")
_FORINTS_FROM = 200


def _is_pesos(low: str, at: int) -> bool:
    """Whether a `p` before a number is the Philippine peso: "P500 per day"."""
    return low[at] == "p" and not low[max(0, at - 1) : at].isalnum() and _PESOS.match(low, at) is not None


def _is_feet(low: str, start: int, end: int) -> bool:
    """Whether the `ft` after a number is a length: "a 20ft container", "1000 ft of fence"."""
    if (parse_number(low[start:end]) or 0) < _FORINTS_FROM:
        return True
    after = low[end : end + 6]
    return after.lstrip().startswith("ft of") or (after.startswith("ft ") and after[3:4].isalpha())


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
        if sign is None and start and _is_pesos(low, start - 1):
            sign, begin = "php", start - 1  # "P500 a day"
        if (
            sign is None
            and start > 0
            and ((low[start - 1].isalnum() and low[start - 1] < "\u2e80") or low[start - 1] in "_#@")
        ):
            continue
        suffix = _SUFFIX.match(low, end)
        after = suffix.group("sign") if suffix is not None else None
        if after == "p" and (low[end] != "p" or low[end + 1 : end + 2] in {".", "/"} or end - start > 2):
            suffix, after = None, None  # "45p" is pence, "1080p", "20 p.h." and "7000 p/m" are not
        if after == "e" and suffix is not None and low[suffix.end() : suffix.end() + 1] != "/":
            suffix, after = None, None  # "30 e/h" is euros, "1 e" is not
        if after == "ft" and _is_feet(low, start, end):
            suffix, after = None, None
        if after == "c" and not (low[end] == "c" and _PER_AFTER.match(low, end + 1)):
            suffix, after = None, None  # "10c/word" is cents, "vitamin 3 c" is not
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
                if suffix.group("kilo").strip() == "lpa":
                    sign = sign or "rs"  # lakhs per annum are Indian
            plus = bool(suffix.group("plus") or suffix.group("plus2"))
            if sign is None or kilo or plus or after is not None:
                end = max(end, suffix.end())
                at = end
        counts = sign is None and after is None and _COUNTS.match(low, end) is not None
        if after is not None and (nation := _NATION.match(after)) is not None:
            after = after[nation.end() :]
            if _SIGNS.get(after) == "$":
                after = _NATIONS[nation.group().strip()]
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
    if gap.strip() in {"/", "a"} and not (second.sign and first.sign):
        return None  # "$15/$17" is a range, "24/7" and "20 $ a 2 hour shift" are none
    bottom, top = first.top, second.top
    if gap.strip() == "or" and (top > 2 * bottom or bottom == 0):
        return None
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
