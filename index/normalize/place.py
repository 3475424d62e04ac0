"""Places and who may apply, from a board's location field or from the text, with an offline gazetteer.

The gazetteer (gazetteer/*, cut from GeoNames, CC BY 4.0, by build_gazetteer.py) has the 34,000 cities of 15,000
inhabitants or more. A name that several cities share is decided by the country or state beside it, or by one city that
is DOMINANT times larger than the next; else it stays text.
"""

import bisect
import gzip
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from index.gig import Eligible, Evidence, Place
from index.normalize.cue import Cue, words
from index.normalize.evidence import Passage, by_board

DOMINANT = 9.0
"""How many times larger a city must be than the next of its name to be meant when only the name is said."""
IN_TEXT_FROM = 100_000
"""Inhabitants of a city whose bare name in running text is taken for the place."""
MAX_PLACES = 10
MAX_PLACES_IN_TEXT = 3

_STATES = {
    "US": "AL Alabama AK Alaska AZ Arizona AR Arkansas CA California CO Colorado CT Connecticut DE Delaware "
    "FL Florida "
    "GA Georgia HI Hawaii ID Idaho IL Illinois IN Indiana IA Iowa KS Kansas KY Kentucky LA Louisiana ME Maine "
    "MD Maryland MA Massachusetts MI Michigan MN Minnesota MS Mississippi MO Missouri MT Montana NE Nebraska "
    "NV Nevada "
    "NH New_Hampshire NJ New_Jersey NM New_Mexico NY New_York NC North_Carolina ND North_Dakota OH Ohio OK Oklahoma "
    "OR Oregon PA Pennsylvania RI Rhode_Island SC South_Carolina SD South_Dakota TN Tennessee TX Texas UT Utah "
    "VT Vermont VA Virginia WA Washington WV West_Virginia WI Wisconsin WY Wyoming DC District_of_Columbia",
    "CA": "AB Alberta BC British_Columbia MB Manitoba NB New_Brunswick NL Newfoundland NS Nova_Scotia ON Ontario "
    "PE Prince_Edward_Island QC Quebec SK Saskatchewan YT Yukon NT Northwest_Territories NU Nunavut",
    "AU": "ACT Australian_Capital_Territory NSW New_South_Wales NT Northern_Territory QLD Queensland "
    "SA South_Australia TAS Tasmania VIC Victoria WA Western_Australia",
    "GB": "ENG England SCT Scotland WLS Wales NIR Northern_Ireland",
}
# GeoNames' codes of states where they are not the usual ones.
_GEONAMES_STATE = {
    "CA": {
        "01": "AB", "02": "BC", "03": "MB", "04": "NB", "05": "NL", "07": "NS", "08": "ON", "09": "PE", "10": "QC",
        "11": "SK", "12": "YT", "13": "NT", "14": "NU",
    },
    "AU": {
        "01": "ACT", "02": "NSW", "03": "NT", "04": "QLD", "05": "SA", "06": "TAS", "07": "VIC", "08": "WA",
    },
}  # fmt: skip
_COUNTRY_ALIASES = {
    "US": "usa,u.s.,u.s.a.,us,america,united states of america,the united states,the us,the usa,the u.s.",
    "GB": "uk,u.k.,great britain,britain,the uk,the united kingdom,england,scotland,wales,northern ireland",
    "DE": "deutschland", "FR": "la france", "ES": "españa", "IT": "italia", "NL": "holland,the netherlands,nederland",
    "AT": "österreich", "CH": "schweiz,suisse", "BE": "belgique,belgië", "BR": "brasil", "MX": "méxico",
    "CZ": "czech republic,czechia", "RU": "russian federation", "KR": "korea,republic of korea", "TR": "türkiye",
    "AE": "uae,u.a.e.", "NZ": "aotearoa", "SE": "sverige", "NO": "norge", "DK": "danmark", "PL": "polska",
    "IE": "republic of ireland", "VN": "viet nam", "PH": "the philippines", "ZA": "rsa",
}  # fmt: skip
_CITY_ALIASES = {
    "nyc": ("New York City", "NY"), "new york": ("New York City", "NY"), "manhattan": ("New York City", "NY"),
    "new york ny": ("New York City", "NY"), "sf": ("San Francisco", "CA"), "san fran": ("San Francisco", "CA"),
    "washington dc": ("Washington", "DC"), "washington d.c.": ("Washington", "DC"), "atl": ("Atlanta", "GA"),
    "philly": ("Philadelphia", "PA"), "st louis": ("St. Louis", "MO"), "dtla": ("Los Angeles", "CA"),
}  # fmt: skip
# Words of location fields that name no place.
_NOWHERE = re.compile(
    r"\b(?:remote|remotely|anywhere|worldwide|world ?wide|global|globally|international|online|virtual|"
    r"work from home|wfh|home ?based|telecommute|distributed|hybrid|on-?site|in-?office|multiple locations|various|"
    r"flexible|emea|apac|latam|europe|asia|africa|n/a|none|tbd|in the world|the world|world|unknown|unspecified|only|"
    r"based|first|ok|okay|friendly)\b"
)


@dataclass(frozen=True, slots=True)
class City:
    """One city of the gazetteer; `region` is the state's usual code where we know it."""

    name: str
    region: str | None
    country: str
    lat: float
    lon: float
    population: int


def name_key(name: str) -> str:
    """What names are looked up by, letters and digits without accents: "saintetienne" for "Saint-Étienne"."""
    if not name.isascii():
        name = unicodedata.normalize("NFKD", name.replace("ß", "ss").replace("ø", "o").replace("Ø", "O"))
    return "".join(filter(str.isalnum, name.lower().encode("ascii", "ignore").decode("ascii")))


@cache
def _gazetteer() -> list[str]:
    """Rows of the table of cities, sorted by name; read by binary search, so that nothing is parsed on loading."""
    packed = resources.files(__package__).joinpath("gazetteer/cities.tsv.gz").read_bytes()
    return gzip.decompress(packed).decode("utf-8").splitlines()


@cache
def _countries() -> dict[str, str]:
    """Country codes by name, in lower case."""
    text = resources.files(__package__).joinpath("gazetteer/countries.tsv").read_text("utf-8")
    names = {name.lower(): code for code, name, _ in (line.split("\t") for line in text.splitlines())}
    names.pop("georgia")  # far more often the state of the USA
    for code, aliases in _COUNTRY_ALIASES.items():
        names |= dict.fromkeys(aliases.split(","), code)
    return names


@cache
def country_names() -> dict[str, str]:
    """What to call each country, by ISO 3166-1 alpha-2."""
    text = resources.files(__package__).joinpath("gazetteer/countries.tsv").read_text("utf-8")
    names = {
        code: name.strip().removeprefix("The ") for code, name, _ in (line.split("\t") for line in text.splitlines())
    }
    return names | {"US": "USA", "GB": "UK"}


@cache
def region_names() -> dict[tuple[str, str], str]:
    """What to call a state whose code we know, by (country, code)."""
    tables = ((country, table.split()) for country, table in _STATES.items())
    return {
        (country, code): name.replace("_", " ")
        for country, words in tables
        for code, name in zip(words[::2], words[1::2], strict=True)
    }


@cache
def country_currencies() -> dict[str, str]:
    """ISO 4217 code of each country's currency, by ISO 3166-1 alpha-2."""
    text = resources.files(__package__).joinpath("gazetteer/countries.tsv").read_text("utf-8")
    return {code: currency for code, _, currency in (line.split("\t") for line in text.splitlines())}


@cache
def _states() -> tuple[dict[str, list[tuple[str, str]]], frozenset[str]]:
    """(country, state code) by lower-case code or name, and the codes alone."""
    states: dict[str, list[tuple[str, str]]] = {}
    codes: set[str] = set()
    for country, table in _STATES.items():
        words = table.split()
        for code, name in zip(words[::2], words[1::2], strict=True):
            states.setdefault(code.lower(), []).append((country, code))
            states.setdefault(name.replace("_", " ").lower(), []).append((country, code))
            codes.add(code.lower())
    return states, frozenset(codes)


def find_country(text: str) -> str | None:
    """ISO 3166-1 alpha-2 code of a country by name or common short form; codes only in capitals ("DE")."""
    name = text.strip(" .,()")
    found = _countries().get(name.lower()) or _countries().get(text.strip().lower())
    if found is None and len(name) == 2 and name.isupper() and name in country_currencies():
        return name
    return found


@lru_cache(maxsize=20_000)
def _cities(key: str, other_names: bool = True) -> tuple[City, ...]:
    """Cities of that name; only if there are none, and `other_names`, those so called in another language."""
    rows = _gazetteer()
    own: list[City] = []
    others: list[City] = []
    for number in range(bisect.bisect_left(rows, key + "\t"), len(rows)):
        found, is_own, name, region, country, lat, lon, population = rows[number].split("\t")
        if found != key:
            break
        codes = _GEONAMES_STATE.get(country)
        usual = codes.get(region) if codes else region if country in _STATES else None
        city = City(name, usual, country, float(lat), float(lon), int(population))
        (own if is_own == "1" else others).append(city)
    return tuple(own or (others if other_names else ()))


def _dominant(cities: Iterable[City]) -> City | None:
    """The one city that the name means: the only one, or one DOMINANT times larger than the next."""
    ranked = sorted(cities, key=lambda city: -city.population)
    if not ranked:
        return None
    if len(ranked) == 1 or ranked[0].population >= DOMINANT * max(ranked[1].population, 1):
        return ranked[0]
    return None


def _named(name: str, country: str | None, region: tuple[str, str] | None, other_names: bool = True) -> City | None:
    alias = _CITY_ALIASES.get(name.lower().strip(" ."))
    if alias is not None and country in (None, "US"):
        return next(city for city in _cities(name_key(alias[0])) if city.region == alias[1])
    key = name_key(name)
    if len(key) < 2:
        return None
    cities: Iterable[City] = _cities(key, other_names)
    if region is not None:
        cities = [city for city in cities if (city.country, city.region) == region]
        # One state holds no two large cities of a name; the smaller is a district or a homonym.
        return max(cities, key=lambda city: city.population, default=None)
    if country is not None:
        cities = [city for city in cities if city.country == country]
    return _dominant(cities)


def _as_place(text: str, city: City) -> Place:
    return Place(text=text, city=city.name, region=city.region, country=city.country, lat=city.lat, lon=city.lon)


_SPLIT = re.compile(r"\s*[,/|•·()]\s*|\s+[-–—]\s+|\.(?=[a-z]{2}$)")
_POSTCODE = re.compile(r"\s+[0-9][0-9A-Za-z -]{2,9}$")
_AREA = re.compile(
    r"^(?:greater|downtown|central|north|south|east|west|metro)\s+|\s+(?:area|bay area|metro|metro area|"
    r"metropolitan area|city|"
    r"region|county)$",
    re.IGNORECASE,
)


@lru_cache(maxsize=20_000)
def find_place(text: str, country: str | None = None) -> Place | None:
    """The one unambiguous city that `text` names, with coordinates, else None.

    `country` (ISO 3166-1 alpha-2) decides between cities of one name. "Austin, TX", "London, UK" and "Paris" are found;
    "Springfield" alone, a mere country and "Remote" are not.
    """
    written = " ".join(text[:200].split())
    parts = [part for part in _SPLIT.split(written) if part]
    if not parts:
        return None
    for part in parts[1:]:
        country = find_country(part) if len(part) > 2 and find_country(part) else country
    regions = [region for part in parts[1:] for region in _regions(part, country)]
    tries: list[tuple[str | None, tuple[str, str] | None]] = [(country, region) for region in regions]
    if len(parts) > 1 and (code := find_country(parts[-1])) is not None:
        tries.append((code, None))  # "Berlin, DE" is not in Delaware
    for part in parts[:2]:
        for name in (part, _AREA.sub("", part)):
            for its_country, region in tries or [(country, None)]:
                city = _named(name, its_country, region)
                if city is not None:
                    return _as_place(written, city)
    return _with_state_inside(written, country) if len(parts) == 1 else None


def _regions(part: str, country: str | None) -> list[tuple[str, str]]:
    """States of the USA, Canada, Australia or the UK that `part` may mean, as (country, code).

    Codes count in capitals only; a trailing postcode is ignored.
    """
    states, codes = _states()
    bare = _POSTCODE.sub("", part).strip(" .")
    if bare.lower() in codes and not bare.isupper():
        return []
    return [state for state in states.get(bare.lower(), []) if country in (None, state[0])]


def candidates(text: str, most: int = 6) -> list[tuple[str, str]]:
    """Cities that a text may mean for which find_place knows no one, the largest first: (what finds it, its name).

    They are those of that name, in the country or state beside it if there are any; and those of the country or state.
    """
    parts = [part for part in _SPLIT.split(" ".join(text[:200].split())) if part]
    if not parts:
        return []
    names = dict.fromkeys((parts[0], _AREA.sub("", parts[0])))
    named = [city for name in names for city in _cities(name_key(name))]
    areas: set[tuple[str, str | None]] = {region for part in parts[1:] for region in _regions(part, None)}
    areas |= {(code, None) for part in parts[1:] if (code := find_country(part))}
    named = [city for city in named if {(city.country, None), (city.country, city.region)} & areas] or named
    whole: list[tuple[str, str | None]] = [*_regions(text, None)]
    if country := find_country(text):
        whole.append((country, None))
    found = dict.fromkeys([*named, *(city for area in whole for city in _largest(*area))])
    ranked = sorted(found, key=lambda city: -city.population)
    called = [(words, ", ".join(_called(city))) for city in ranked[: 4 * most] if (words := _that_finds(city))]
    return called[:most]


@cache
def _largest(country: str, region: str | None, most: int = 6) -> list[City]:
    """The largest cities of a country, or of a state of it."""
    rows = [row for row in _gazetteer() if f"\t{country}\t" in row and "\t1\t" in row]
    rows.sort(key=lambda row: -int(row.rpartition("\t")[2]))
    found: list[City] = []
    for row in rows:
        for city in _cities(row.partition("\t")[0], other_names=False):
            if city.country == country and region in (None, city.region) and city not in found:
                found.append(city)
        if len(found) >= most:
            break
    return found


def _called(city: City) -> list[str]:
    region = region_names().get((city.country, city.region or ""))
    return [city.name, *([region] if region else []), country_names().get(city.country, city.country)]


def _that_finds(city: City) -> str | None:
    """The shortest words by which find_place finds the city; None where a country has several of its name."""
    name, *areas = _called(city)
    for area in areas:
        found = find_place(f"{name}, {area}")
        if found is not None and (found.lat, found.lon) == (city.lat, city.lon):
            return f"{name}, {area}"
    return None


def _with_state_inside(written: str, country: str | None) -> Place | None:
    """ "Austin TX" and "Springfield Illinois": the state without a comma."""
    words = written.split()
    for cut in (1, 2):
        if len(words) > cut:
            for region in _regions(" ".join(words[-cut:]), country):
                city = _named(" ".join(words[:-cut]), None, region)
                if city is not None:
                    return _as_place(written, city)
    return None


# Cues before a place in running text; the name must begin with a capital. The firm ones name the place of the work.
_CUE = Cue(
    r"\b(?:location: ?|location is |located in |based in |based out of |offices? (?:is |are )?(?:located )?in |"
    r"in |near |around |at |à |sur |en |em )(?:the )?(?:greater |downtown |central )?",
)
_WEAK_CUES = ("in ", "near ", "around ", "at ", "à ", "sur ", "en ", "em ")
_NAME = re.compile(r"[A-ZÀ-Þ][\w.'’-]{1,24}(?: (?:de|of|upon|sur|am|la|le|del|du|do|da|[A-ZÀ-Þ][\w.'’-]{1,24})){0,3}")
_AFTER_NAME = re.compile(r"\s{0,2}[,(/]\s?([A-Z][A-Za-z.]{1,24}(?: [A-Z][a-z]{2,12})?)")
# Cities whose names are everyday English words; a state or country must stand beside them in running text.
_WORD_CITIES = words(
    "mobile reading nice split bath orange most of man same san college best march king central university bar along "
    "nancy hull normal date male paradise street page english target apple amazon"
)
_READ = 6_000
"""Characters of a description in which places are looked for."""


@dataclass(frozen=True, slots=True)
class _Found:
    place: Place
    cite: Evidence
    firm: bool  # said to be where the work is done


def _in_text(passage: Passage, country: str | None) -> Iterator[_Found]:
    """Cities after a cue such as "in" or "based in", or in a title between its separators and at its end."""
    for cue in passage.finditer(_CUE, _READ):
        found = _read_name(passage, cue.end(), country)
        if found is not None:
            yield _Found(*found, firm=passage.source == "title" or not cue.group().startswith(_WEAK_CUES))
    if passage.source == "title":
        for start, end in _segments(passage.text):
            found = _read_name(passage, start, country, whole_until=end)
            if found is not None:
                yield _Found(*found, firm=True)


_SEGMENT = re.compile(r"[^|\[\]()\-–—:;/•,]+")


def _segments(title: str) -> Iterator[tuple[int, int]]:
    """Parts of a title between separators, and its last word."""
    for match in _SEGMENT.finditer(title):
        start, end = match.span()
        while start < end and title[start] == " ":
            start += 1
        while end > start and title[end - 1] in " .!":
            end -= 1
        if 2 <= end - start <= 40:
            yield start, end
    last = title.rstrip(" .!)")
    yield last.rfind(" ") + 1, len(last)


_BEFORE_STATE = re.compile(r"(?:[A-ZÀ-Þ][\w.'’-]{1,20} ){0,2}[A-ZÀ-Þ][\w.'’-]{1,20}, $")


def _read_state(passage: Passage, start: int, end: int, country: str | None) -> tuple[Place, Evidence] | None:
    """A state that is a whole part of a title, with a small town before it: "Plainsboro, NJ", "(Wisconsin)"."""
    text = passage.text
    written = text[start:end]
    if not written[0].isupper() or (len(written) == 2 and (text.isupper() or text[start - 2 : start] != ", ")):
        return None
    regions = _regions(written, country)
    if not regions:
        return None
    town = _BEFORE_STATE.search(text, max(0, start - 60), start)
    begin = town.start() if town is not None else start
    cite = passage.cite(begin, end)
    return Place(text=cite.text, region=regions[0][1], country=regions[0][0]), cite


DISTRICT_FROM = 500_000
"""People of a city whose name may stand before that of a district: "Montréal Plateau"."""
_DISTRICT = re.compile(r"(?: [A-ZÀ-Þ][\w.'’-]{2,24}){1,2}")


_SIDES = words("north south east west inner outer central")


def _read_name(
    passage: Passage, start: int, country: str | None, whole_until: int | None = None
) -> tuple[Place, Evidence] | None:
    """The place whose name begins at `start`; with `whole_until` it must reach exactly there."""
    match = _NAME.match(passage.text, start)
    if match is not None and whole_until is not None and match.end() > whole_until:
        short = passage.text[start:whole_until]  # "NYC-Boston": names of places may hold a hyphen, initials don't
        match = _NAME.fullmatch(passage.text, start, whole_until) if short.lower() in _CITY_ALIASES else match
    if match is None:
        return None
    beside = _AFTER_NAME.match(passage.text, match.end())
    words = match.group().rstrip(".'’-").split(" ")
    if beside is not None:
        qualifier = beside.group(1).rstrip(".")
        end = match.end() + len(beside.group(0).rstrip("."))
        if _regions(qualifier, None) or find_country(qualifier):
            name = match.group()
            place = find_place(f"{name}, {qualifier}", country)
            if place is not None:
                cite = passage.cite(start, end)
                return place.model_copy(update={"text": cite.text}), cite
    for count in range(len(words), 0, -1):
        name = " ".join(words[:count])
        end = start + len(name)
        district = False
        if whole_until is not None and end != whole_until:
            district = count == 1 and _DISTRICT.fullmatch(passage.text, end, whole_until) is not None
            if not district:
                continue
        if name.lower() in _WORD_CITIES or (len(name) < 4 and name.lower() not in _CITY_ALIASES):
            continue
        place = _with_state_inside(name, country) if count >= 2 else None
        if place is not None:
            return place, passage.cite(start, end)
        city = _named(name, country, None, other_names=False)
        if city is not None and city.population < (DISTRICT_FROM if district else IN_TEXT_FROM):
            city = None
        if city is not None:
            return _as_place(name, city), passage.cite(start, end)
    if whole_until is None and len(words) > 1 and words[0].lower() in _SIDES:
        return _read_name(passage, start + len(words[0]) + 1, country)  # "in the West LA area"
    return None


def from_location(location: str, country: str | None) -> list[Place]:
    """Places of a board's location field; a field that says "Remote" or "Worldwide" names none.

    Several places may stand in one field, parted by ";", "|" or " or ".
    """
    places: list[Place] = []
    for part in re.split(r"\s*[;|\n]\s*|\s+or\s+", location[:1_000])[:MAX_PLACES]:
        written = part.strip(" ,.")
        if not written or not any(letter.isalpha() for letter in written):
            continue
        low = written.lower()
        bare = " ".join(_NOWHERE.sub(" ", low).replace("(", " ").replace(")", " ").split()).strip(" ,-/:")
        if not bare:
            continue
        if bare != low:
            # "Remote (Berlin)": read what is left, as written.
            at = low.find(bare)
            written = written[at : at + len(bare)] if at >= 0 else written
        place = find_place(written, country)
        if place is None and at_country(written) is None:
            place = _plain_place(written, country)
        elif place is None:
            place = Place(text=written, country=at_country(written))
        if place not in places:
            places.append(place)
    return places


def at_country(written: str) -> str | None:
    """The country when a text names nothing but a country."""
    return find_country(written)


def _plain_place(written: str, country: str | None) -> Place:
    """A place that the gazetteer can't decide: its text, and what stands beside it."""
    parts = [part for part in _SPLIT.split(written) if part]
    region = next((found for part in parts for found in _regions(part, country)), None)
    code = next((found for part in reversed(parts) if (found := find_country(part)) is not None), None)
    if region is not None and code in (None, region[0], region[1]):
        return Place(text=written, region=region[1], country=region[0])
    return Place(text=written, country=code or country)


def from_text(title: Passage, description: Passage, country: str | None) -> tuple[list[Place], list[Evidence], bool]:
    """Cities that the title names, else those of the description; and whether the work is said to be done there."""
    places: list[Place] = []
    cites: list[Evidence] = []
    firm = False
    for passage in (title, description):
        for found in _in_text(passage, country):
            place = found.place
            if all((place.city, place.region, place.country) != (p.city, p.region, p.country) for p in places):
                places.append(place)
                cites.append(found.cite)
                firm = firm or found.firm
            if len(places) >= MAX_PLACES_IN_TEXT:
                break
        if places:
            break
    if not places:
        for start, end in _segments(title.text):
            state = _read_state(title, start, end, country)
            if state is not None:
                return [state[0]], [state[1]], True
    return places, cites, firm


_COUNTRY_WORDS = (
    r"(?:the )?(us|u\.s\.|usa|u\.s\.a\.|united states|uk|u\.k\.|united kingdom|canada|australia|germany|india|france|"
    r"spain|ireland|new zealand|netherlands|philippines|brazil|mexico|poland|portugal|italy|switzerland|south africa)"
)
_ELIGIBLE = (
    Cue(
        rf"\b{_COUNTRY_WORDS}[ -](?:only|residents?|citizens?|based only|workers only|remote)(?![a-z])",
    ),
    Cue(
        r"\b(?:must|have to|need to) (?:be )?(?:currently )?(?:live|reside|living|residing|located|based|a resident|"
        rf"authorized to work|eligible to work)(?: (?:of|in|within))? {_COUNTRY_WORDS}(?![a-z])",
    ),
    Cue(
        r"\b(?:only|open to) (?:for |to )?(?:people |residents |candidates |workers |applicants )?"
        rf"(?:of|in|from|within|based in) {_COUNTRY_WORDS}(?![a-z])",
    ),
    Cue(
        rf"\bremote(?: ?[(,:-] ?| in | within | from | from within ){_COUNTRY_WORDS}(?: only)?(?![a-z])",
    ),
    Cue(rf"[(\[]{_COUNTRY_WORDS}(?:[ -](?:only|based|remote))?[)\]]"),
)
_AGE_MIN = Cue(
    r"\b(?:(?:must be|at least|over|aged?|ages) (?:at least |over |aged? )?(1[4-9]|2[0-5])(?: ?\+| years|"
    r" or (?:older|over)|"
    r" and (?:older|over|above|up)| yrs)|(?:over|must be) (16|18|21)(?![\w/:.,]{0,3}\d)(?! (?:hours|minutes|days|"
    r"words))|"
    r"(16|18|21) ?\+(?! ?(?:years? (?:of )?exp|hours|days))|(16|18|21) (?:years (?:of age|old) )?(?:or|and) "
    r"(?:older|over|above))",
)
_AGE_RANGE = Cue(r"\bage[sd]?(?: of| between|:)? (1[4-9]|[2-6][0-9]) ?(?:-|–|to|and) ?([2-9][0-9])(?![0-9])")


def eligible(posting_location: str | None, title: Passage, description: Passage) -> tuple[Eligible, list[Evidence]]:
    """Countries and ages that may apply, where the posting says so."""
    countries: list[str] = []
    cites: list[Evidence] = []
    if posting_location:
        low = posting_location.lower()
        if "remote" in low or "only" in low:
            for pattern in _ELIGIBLE:
                match = pattern.search(low)
                if match is not None and (code := find_country(match.group(1))) is not None and code not in countries:
                    countries.append(code)
                    cites.append(by_board("location"))
    age_min: int | None = None
    age_max: int | None = None
    for passage in (title, description):
        if not countries:
            for pattern in _ELIGIBLE:
                match = passage.search(pattern)
                if match is not None and (code := find_country(match.group(1))) is not None:
                    countries.append(code)
                    cites.append(passage.cite(*match.span()))
                    break
        if age_min is None and (ages := passage.search(_AGE_RANGE)) is not None:
            if int(ages.group(1)) < int(ages.group(2)):
                age_min, age_max = int(ages.group(1)), int(ages.group(2))
                cites.append(passage.cite(*ages.span()))
        elif age_min is None and (age := passage.search(_AGE_MIN)) is not None:
            age_min = int(next(group for group in age.groups() if group is not None))
            cites.append(passage.cite(*age.span()))
    return Eligible(countries=countries, age_min=age_min, age_max=age_max), cites
