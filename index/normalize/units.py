"""What pay is for: one table of units, for boards' own spellings and for text."""

import re
from dataclasses import dataclass
from typing import cast, get_args

from index.gig import PayUnit
from index.normalize.cue import words

UNITS: tuple[PayUnit, ...] = get_args(PayUnit)

# Names of each unit, singular, as boards and people write them.
_NAMES: dict[PayUnit, str] = {
    "hour": "hour hr h ph hourly hrly hora heure stunde std uur timme timmen godz godzinę ora jam óra oră час години "
    "годину година timme timman timen timar giờ",
    "day": "day daily diem pd night nightly morning afternoon evening día dia jour journée tag dag dzień giorno noche "
    "nuit nacht noite mañana jornada den diária diárias hari nap zi день doba diario diaria ngày",
    "week": "week wk weekly wkly pw semana semaine woche semanal semanales tydzień settimana vecka uge uke minggu "
    "týden hét săptămână неделю тиждень",
    "month": "month mo mth monthly pcm mes mois monat mensual mensuales miesiąc mese mês månad måned maand bulan "
    "měsíc hónap lună месяц місяць tháng",
    "year": "year yr y annum annual annually yearly pa año jahr rok anno ano år jaar",
    "word": "word wort mot palabra ord parola palavra słowo",
    "page": "page pg seite página sida side strona pagina",
    "minute": "minute min mn minuto minut minuut",
    "item": "item article survey study photo picture image hit listing signup sign-up registration walk visit post "
    "blog "
    "tweet comment review video clip interview session lesson class call lead sale referral friend referred_friend "
    "submission answer sentence batch set box basket cup card caption "
    "question record row entry receipt download install piece unit song track delivery drop order parcel "
    "shift head person participant respondent profile product description book story poem test bag room "
    "house car lawn "
    "dog cat child kid flyer leaflet entry label character letter envelope contact row message dozen game level "
    "account bill invoice document file email url link line assignment response",
    "task": "task job project gig fixed one_time total contract_total flat piecework once onetime lump_sum budget "
    "bounty",
}
_UNIT_OF: dict[str, PayUnit] = {name: unit for unit, names in _NAMES.items() for name in names.split()}

_FILLERS = re.compile(r"[^\w]+|_")
_NOISE = words("per a an each every rate salary pay paid wage the by of price time unit basis based")


def board_unit(spelling: str | None) -> PayUnit | None:
    """A board's own word for the unit: "HOUR", "yearly", "per task", "PER_HOUR", "hourly_rate", "annual", "fixed"."""
    if not spelling:
        return None
    words = [word for word in _FILLERS.split(spelling.lower()[:100]) if word]
    for word in ["_".join(words), *(word for word in words if word not in _NOISE)]:
        unit = _UNIT_OF.get(word) or _UNIT_OF.get(word.removesuffix("s"))
        if unit is not None:
            return unit
    return None


@dataclass(frozen=True, slots=True)
class UnitFound:
    """A unit in text; the amount before it is divided by `per` ("$30 per 1000 words" is 0.03 a word)."""

    unit: PayUnit
    per: float
    start: int
    end: int


_ITEMS = "|".join(sorted((re.escape(name) for name in _NAMES["item"].split()), key=len, reverse=True))
_COUNTED = rf"words?|pages?|pgs?|{_ITEMS}|hours?|hrs?|minutes?|mins?"
_ADJECTIVE = (
    r"(?:(?:approved|audio|recorded|programme|video|finished|completed|accepted|qualified|working|work|"
    r"posted|published|new|"
    r"valid|"
    r"successful|survey|blog|product|full|single|successfully completed|written|source|calendar|business) ){0,2}"
)
_AFTER = re.compile(
    r"(?:[.,:][-–])?[ ,:(~*_]{0,5}(?:(?:usd|us dollars|dollars|euros?|eur|gbp|aud|cad|inr|approx\.?|approximately|"
    r"flat|cash|net|"
    r"gross|brut(?:to)?|netto|bruto|neto|nett|gift ?cards?|amazon|visa|paypal|credit|before tax|"
    r"after tax|paid|in total|total|usdt) ?){0,2}"
    r"(?:(?P<adverb>hourly|hour|hrly|hr|daily|nightly|weekly|monthly|yearly|annually|annual|p\.? ?a\b\.?|p\.?h\.?|pcm|"
    r"p\.? ?m\b\.?|p/m|p/h|p/w|p/d|p\.?w\b\.?|"
    r"each|apiece|a pop|for the day|for the week|for the month|for each (?:of the )?(?:\w{3,12} )?days?|"
    r"i timen|i timmen|i timman|om dagen|la journée|la semaine|le mois|diarios?|diarias?|diariamente|al giorno|al mese|"
    r"täglich|wöchentlich|dziennie|mensile|"
    r"semanales|semanal|mensuales|mensual|al mes|a la semana|a la hora|al día|al dia|la hora|la noche|die stunde|"
    r"stündlich|monatlich|im monat|in der woche|am tag|l'heure|de l'heure|la page|l'ora|all'ora|la pagina|"
    r"cpm)(?![a-z])"
    r"|(?P<slash>/ ?|per |p/|p\. ?|a |an |each |every |for each |for every |for an? |on each |on every |"
    r"pro |par |por |pr |na |za |за |в |mỗi |all'|\\ ?)"
    rf"{_ADJECTIVE}"
    rf"(?:(?P<count>[0-9]{{1,5}}(?:,[0-9]{{3}})?k?)[ -]?(?P<counted>{_COUNTED})s?(?P<day> day)?"
    r"|(?P<name>[^\W\d_]+(?:-up)?))(?![a-z]))"
)
_ADVERBS: dict[str, PayUnit] = {
    "ph": "hour", "p/h": "hour", "pa": "year", "pcm": "month", "pm": "month", "p/m": "month", "p/w": "week",
    "each": "item", "apiece": "item", "apop": "item", "fortheday": "day", "fortheweek": "week", "forthemonth": "month",
    "pd": "day", "p/d": "day", "almes": "month",
    "alasemana": "week", "alahora": "hour", "aldía": "day", "aldia": "day", "lahora": "hour", "lanoche": "day",
    "diestunde": "hour", "stündlich": "hour", "monatlich": "month", "immonat": "month", "inderwoche": "week",
    "amtag": "day", "l'heure": "hour", "del'heure": "hour", "lapage": "page", "l'ora": "hour", "all'ora": "hour",
    "lapagina": "page", "pw": "week", "itimen": "hour", "itimmen": "hour", "itimman": "hour", "omdagen": "day",
    "lajournée": "day", "lasemaine": "week", "lemois": "month", "diario": "day", "diarios": "day", "diaria": "day",
    "diarias": "day", "diariamente": "day", "algiorno": "day", "almese": "month", "täglich": "day",
    "wöchentlich": "week", "dziennie": "day", "mensile": "month",
}  # fmt: skip
_BEFORE = re.compile(
    r"(?<![a-z])(?P<name>hourly|daily|weekly|monthly|annual|yearly|per hour|per day|per week|per month|"
    r"per year|per word|"
    r"per page|"
    r"per article|per task|per job|per hit|per survey|hour|day|year)"
    r"(?: (?:pay|rate|salary|wage|compensation|base|income|price|earnings|take home|rates))?"
    r"(?: (?:rate|range|is|of|from|at|starts at|starting at|between|around|about)){0,3} ?[:=(-]{0,2} ?$"
)
_NOT_UNITS = words(
    "lot few bit couple good great new really very little small big short quick time total maximum minimum se cent"
)
# A noun that no table holds counts things too, when it ends the phrase: "$22 a basket.", "4 cents per mushroom".
_NOUN_ENDS = re.compile(r"s?(?:$|[.,;:!)\n]| (?:and|plus|for|with|when|via|by|in|on|once|paid|of)\b)")
_ENGLISH_PER = frozenset(["per ", "a ", "each ", "every ", "for each ", "for every "])
_AND_TIME = re.compile(r" (?:per |an? |each |/ ?)(?P<name>hour|hr|day|night|week|month)\b")  # "per child per day"
_SECOND_NOUN = re.compile(r" [a-z-]{3,14}")
# The unit before the pay: "per walk we pay", "pro Runde zahlen wir".
_PAID_PER = re.compile(
    r"(?<![a-z])(?:per|pro|par|por|each|every|for each|for every|für jede[ns]?|chaque|"
    r"cada) (?P<name>[^\W\d_]{3,15})"
    r"(?: of [0-9]{1,4} [a-z]{3,12})?,? "
    r"(?:zahlen wir|zahle ich|gibt es|gibt's|we pay|i pay|(?:we|i)(?:'ll| will) pay|you(?:'ll| will)? (?:get|earn|"
    r"receive)|pays|earns(?: you)?|is paid|nous payons|on paie|je paie|pagamos|pago|se pagan)(?: you)? ?:? ?$"
)
_RECORDED = re.compile(r"\b(?:audio|video|recorded|source|finished|programme) (?:hours?|hrs?)$")
# Words between an amount and its time: "120 euros pocket money a week", "9 pounds basic per hour".
_LOOSE = re.compile(
    r"(?: (?!and\b|or\b|plus\b|for\b|with\b|to\b|in\b|if\b|per\b|each\b|every\b)[a-z-]{3,12}){1,2} "
    r"(?:per|an?|each|every) (?P<name>hour|day|week|month|year|night)\b"
)


def unit_after(low: str, at: int) -> UnitFound | None:
    """The unit that follows an amount which ends at `at`: "/hr", "per 1000 words", "a day", "p.a.", "each"."""
    match = _AFTER.match(low, at, at + 80)
    if match is None:
        loose = _LOOSE.match(low, at, at + 60)
        if loose is None:
            return None
        return UnitFound(_UNIT_OF[loose.group("name")], 1.0, at + 1, loose.end())
    start = at + len(match.group()) - len(match.group().lstrip(" ,:(~"))
    adverb = match.group("adverb")
    if adverb is not None:
        bare = adverb.replace(".", "").replace(" ", "")
        bare = "fortheday" if bare.startswith("foreach") else bare
        unit = _ADVERBS.get(bare) or _UNIT_OF.get(bare)
        return UnitFound(unit, 1.0, start, match.end()) if unit is not None else None
    count = match.group("count")
    if count is not None:
        number = float(count.replace(",", "").removesuffix("k")) * (1000 if count.endswith("k") else 1)
        if number <= 0:
            return None
        counted = match.group("counted")
        if match.group("day"):  # "200 an 8 hour day"
            return UnitFound("day", 1.0, start, match.end())
        unit = board_unit(counted)
        if unit is None or (unit in {"hour", "minute"} and number > 1):
            # Five hours' pay, or a thirty-minute session, is the pay of one session.
            return UnitFound("item" if unit == "minute" else "task", 1.0, start, match.end())
        return UnitFound(unit, number, start, match.end())
    name = cast(str, match.group("name"))
    if name == "tag" and match.group("slash") in _ENGLISH_PER:
        return UnitFound("item", 1.0, start, match.end())  # a label in English, a day in German
    unit = _UNIT_OF.get(name) or _UNIT_OF.get(name.removesuffix("s"))
    article = match.group("slash").strip() in {"a", "an", "p.", "pr", "for a", "for an"}
    if name == "flat":
        return UnitFound("item", 1.0, start, match.end())  # an apartment; a flat fee has no "per"
    if name in _NOT_UNITS or (article and unit is None and len(name) <= 2):
        return None
    if unit is None:
        ends = _NOUN_ENDS.match(low, match.end())
        if ends is None and not article and (second := _SECOND_NOUN.match(low, match.end())) is not None:
            ends = _NOUN_ENDS.match(low, second.end())
        if len(name) < 3 or ends is None:
            loose = _LOOSE.match(low, at, at + 60)
            return UnitFound(_UNIT_OF[loose.group("name")], 1.0, at + 1, loose.end()) if loose is not None else None
        return UnitFound("item", 1.0, start, match.end())
    if article and unit == "task" and name != "task":
        return None
    if unit == "item" and (time := _AND_TIME.match(low, match.end())) is not None:
        return UnitFound(_UNIT_OF[time.group("name")], 1.0, start, time.end())
    if unit == "hour" and _RECORDED.search(match.group()):
        return UnitFound("minute", 60.0, start, match.end())
    return UnitFound(unit, 1.0, start, match.end())


_BEFORE_OTHERS: dict[str, PayUnit] = {
    "stundenlohn": "hour", "tageslohn": "day", "tagessatz": "day", "wochenlohn": "week", "monatslohn": "month",
    "monatsgehalt": "month", "jahresgehalt": "year", "tarif horaire": "hour", "taux horaire": "hour",
    "salaire mensuel": "month", "salario mensual": "month", "timlön": "hour", "timelønn": "hour", "uurloon": "hour",
    "paga oraria": "hour", "stawka godzinowa": "hour", "hodinová mzda": "hour", "por hora": "hour",
    "時給": "hour", "日給": "day", "月給": "month", "年収": "year", "时薪": "hour", "日薪": "day", "月薪": "month",
    "시급": "hour", "일급": "day", "월급": "month",
}  # fmt: skip
_BEFORE_OTHER = re.compile(rf"(?P<name>{'|'.join(_BEFORE_OTHERS)})(?: (?:von|de|beträgt|est de|è di))? ?[:=-]? ?$")


def unit_before(low: str, at: int) -> UnitFound | None:
    """The unit said just before an amount which begins at `at`: "Hourly rate: $20", "per word - 0.05"."""
    begin = max(0, at - 50)
    match = _BEFORE.search(low[begin:at])
    if match is None:
        other = _BEFORE_OTHER.search(low[begin:at])
        if other is not None:
            return UnitFound(_BEFORE_OTHERS[other.group("name")], 1.0, begin + other.start(), begin + other.end())
        paid = _PAID_PER.search(low[begin:at])
        if paid is None or paid.group("name") in _NOT_UNITS:
            return None
        name = paid.group("name")
        thing: PayUnit = _UNIT_OF.get(name) or _UNIT_OF.get(name.removesuffix("s")) or "item"
        return UnitFound(thing, 1.0, begin + paid.start(), begin + paid.end())
    unit = board_unit(match.group("name"))
    return UnitFound(unit, 1.0, begin + match.start(), begin + match.end()) if unit is not None else None


_ANYWHERE = re.compile(
    r"\b(?:per|an?|each|every|by the|/) ?(hour|hr|day|week|month|year|word|page|task|job|gig|project|article|post|"
    r"photo|piece)\b|"
    r"\b(hourly|daily|weekly|monthly|yearly|annually|annual)\b"
)


def unit_anywhere(low: str) -> PayUnit | None:
    """The one unit that a short pay field names anywhere; None when it names none or several."""
    units = {board_unit(match.group(1) or match.group(2)) for match in _ANYWHERE.finditer(low[:300])} - {None}
    return units.pop() if len(units) == 1 else None
