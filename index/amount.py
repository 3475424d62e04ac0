"""An amount of money as people type it into a field: "$15", "15,50", "1,000", "1.000,50 EUR"."""

import re
import unicodedata

_PLAIN = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
"""What programs write: never anything but the number that it is."""
_TYPED = re.compile(r"(?P<before>[^0-9]*?)\s*(?P<number>[0-9](?:[0-9.,'’\s]*[0-9])?)\s*(?P<after>[^0-9]*)")
_POINT = re.compile(r"[0-9]+(?:\.[0-9]+)?|[1-9][0-9]{0,2}(?:(?P<mark>[,'])[0-9]{3})(?:(?P=mark)[0-9]{3})*(?:\.[0-9]+)?")
_INDIAN = re.compile(r"[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}(?:\.[0-9]+)?")
_COMMA = re.compile(
    r"[0-9]+,[0-9]{1,2}|0,[0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3}){2,}|"
    r"[1-9][0-9]{0,2}(?:(?P<mark>[.'])[0-9]{3})(?:(?P=mark)[0-9]{3})*,[0-9]{1,2}"
)
_EITHER = re.compile(r"([1-9][0-9]{0,2})\.([0-9]{3})")
"""Beside a currency this is a thousand to half of the world, and a little more than one to the other half."""


def read_amount(typed: str) -> tuple[float, str | None]:
    """The number, and the ISO 4217 code of the currency where one is named for certain (a bare `$` names several).

    Raises ValueError with one line for people.
    """
    text = " ".join(typed.split())
    if _PLAIN.fullmatch(text):
        return float(text), None
    found = _TYPED.fullmatch(text)
    if found is None or len(text) > 40 or (found["before"] and found["after"].strip(". -")):
        raise _no_amount(typed)
    sign = found["before"].strip() or found["after"].strip(" -")
    number = re.sub(r"\s", "'", found["number"].replace("’", "'"))
    if sign and (either := _EITHER.fullmatch(number)):
        whole, rest = either.groups()
        raise ValueError(f"{typed[:40]!r} can be read in two ways: write {whole}{rest} or {whole}.{rest[:2]}")
    if _POINT.fullmatch(number) or _INDIAN.fullmatch(number):
        amount = float(number.replace(",", "").replace("'", ""))
    elif _COMMA.fullmatch(number):
        amount = float(number.replace(".", "").replace("'", "").replace(",", "."))
    else:
        raise _no_amount(typed)
    return amount, _currency(sign, typed)


def _no_amount(typed: str) -> ValueError:
    return ValueError(f"{typed[:40]!r} is not an amount such as 15 or 12.50")


def _currency(sign: str, typed: str) -> str | None:
    """None without a sign, and for one that several countries use."""
    from index.normalize.money import ISO_CODES, currency_code  # large tables that most queries don't need

    if sign.upper() in ISO_CODES:
        return sign.upper()
    signs = [letter for letter in sign if unicodedata.category(letter) == "Sc"]
    if sign and (not signs or sign == "¢" or not all(letter.isalpha() or letter in signs for letter in sign)):
        raise _no_amount(typed)
    return None if sign in ("", "$") else currency_code(sign, None)
