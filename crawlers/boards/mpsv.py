"""Úřad práce: vacancies of the Czech Labour Office, open data, by the daily files of changes (data.mpsv.cz).

The whole stock is 185 MB; the changes of a day are 12 MB, packed to 1. Places are codes, so the list of towns is read
first. Of all vacancies, those that this search engine is for are handed on: agreements (DPP, DPČ), part-time and hourly
paid work, and whatever was cancelled. Contact persons are not taken.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from scrapy import Request
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawlers.bases.json_api import JsonApiSpider
from crawlers.bases.spider import Draft
from crawlers.board import Board
from crawlers.page import Page
from crawlers.row import BadPage, Row
from crawlers.units import unit_of
from index.terms import BoardTerms, ChannelLevels, TermsEvidence

REGIONS = {
    "19": "Praha", "27": "Středočeský kraj", "35": "Jihočeský kraj", "43": "Plzeňský kraj", "51": "Karlovarský kraj",
    "60": "Ústecký kraj", "78": "Liberecký kraj", "86": "Královéhradecký kraj", "94": "Pardubický kraj",
    "108": "Kraj Vysočina", "116": "Jihomoravský kraj", "124": "Olomoucký kraj", "132": "Moravskoslezský kraj",
    "141": "Zlínský kraj",
}  # fmt: skip
"""Codes of regions (VÚSC of the register of addresses, RÚIAN)."""
RELATIONS = {
    "plny": "plný úvazek", "zkraceny": "zkrácený úvazek", "dpp": "DPP", "dpc": "DPČ", "sluzebni": "služební poměr",
}  # fmt: skip
"""Kinds of contract; DPP and DPČ are agreements for casual work."""
DAYS = 3
"""Files that a run reads, so that a day without a file and a run that failed lose nothing."""
CASUAL = ("zkrácený úvazek", "DPP", "DPČ")
SEARCH = "https://up.gov.cz/volna-mista-v-cr#/volna-mista-detail/"


class MpsvSpider(JsonApiSpider):
    board = Board(
        id="mpsv",
        name="Úřad práce ČR",
        homepage="https://up.gov.cz/volna-mista-v-cr",
        country="CZ",
        changes_only=True,
        max_pages=1 + 3,
        max_bytes=32 * 2**20,
        timeout_s=120,
        terms=BoardTerms(
            attribution="Úřad práce ČR, MPSV",
            min_interval_s=24 * 3600,
            channels=ChannelLevels(page="full", api="full", feed="full", mail="full", jsonld="full"),
            evidence=(
                TermsEvidence(
                    what="https://data.mpsv.cz/web/data/podminky-uziti (of 4 May 2022)",
                    read=date(2026, 11, 23),
                    says="no copyright, no right of a database and no personal data are claimed",
                ),
                TermsEvidence(
                    what="https://data.mpsv.cz/web/data/prirustky-volnych-mist-za-celou-cr",
                    read=date(2026, 11, 23),
                    says="what was entered, changed or cancelled on a day; published once a day",
                ),
            ),
        ),
    )
    base_url = "https://data.mpsv.cz"
    path = "/od/soubory/volna-mista-prirustek/volna-mista-prirustek-{day}.json.gz"
    towns_path = "/od/soubory/ciselniky/obce.json"
    envelope = ("polozky",)
    towns: dict[str, str]

    @classmethod
    def read(cls, row: Row) -> Draft:
        row.ignore(
            "id",
            "azylant",
            "cizinecMimoEu",
            "datumZmeny",
            "dovednosti",
            "duvodyZruseni",
            "jazyky",
            "kontaktniPracoviste",
        )
        row.ignore("minPozadovaneVzdelani", "modraKarta", "pocetMist", "profeseCzIsco", "prvniKontaktSeZamestnavatelem")
        row.ignore(
            "souhlasAgenturyAgentura",
            "souhlasAgenturyUzivatel",
            "statniSpravaSamosprava",
            "kdeSeHlasit",
            "vhodneProTypZamestnance",
        )
        row.ignore(
            "vyhodyVolnehoMista",
            "zamestnaneckaKarta",
            "kontaktniOsobaZamestnavatele",
            "povolani",
            "ubytovani",
            "pocetDniDovolene",
        )
        number = row.text("portalId")
        employer = row.row("zamestnavatel")
        employer.ignore("ico", "id")
        relations = [RELATIONS.get(_code(one) or "", _code(one) or "") for one in row.rows("pracovnePravniVztahy")]
        low, high = row.number("mesicniMzdaOd") or None, row.number("mesicniMzdaDo") or None
        unit = unit_of(_code(row.row("typMzdy")))
        hours = row.number("pocetHodinTydne")
        change, publish = _code(row.row("typZmenyOpenData")), _code(row.row("zverejnovat"))
        starts, ends = row.text("terminZahajeniPracovnihoPomeru"), row.text("terminUkonceniPracovnihoPomeru")
        towns, place = _place(row.row("mistoVykonuPrace"))
        return {
            "external_id": number,
            "url": row.text("urlAdresa") or (SEARCH + number if number else None),
            "title": row.row("pozadovanaProfese").text("cs"),
            "description": row.row("upresnujiciInformace").text("cs"),
            "organization": employer.text("nazev"),
            "posted_at": row.when("datumVlozeni"),
            "expires_at": row.when("expirace"),
            "location": place,
            "country": "CZ",
            "pay": {"min": low, "max": high, "currency": "CZK", "unit": unit} if low or high else None,
            "employment_type": ", ".join(relations),
            "language": "cs",
            "extra": {
                "status": "removed" if change == "zruseny" or publish == "ne" else None,
                "hours_a_week": hours,
                "starts": starts,
                "ends": ends,
                "shifts": _code(row.row("smennost")),
                "towns": towns,
                "reference": row.text("referencniCislo"),
            },
        }

    def unwanted(self, draft: Draft) -> str | None:
        casual = any(word in draft.get("employment_type", "") for word in CASUAL)
        hourly = draft.get("pay", {}).get("unit") == "hour"
        return None if casual or hourly or draft.get("extra", {}).get("status") else "full_time"

    # Crawling.

    def first_requests(self) -> Iterator[Request]:
        yield from self.ask(self.base_url + self.towns_path, self.read_towns)

    def read_towns(self, page: Page) -> Iterator[Request]:
        rows = page.json.get("polozky") if isinstance(page.json, dict) else None
        if not isinstance(rows, list):
            raise BadPage("no list of towns in the response")
        self.towns = {str(row.get("id")).rpartition("/")[2]: name for row in rows if (name := _name(row))}
        today = datetime.now(UTC).date()
        for back in range(1, DAYS + 1):  # newest first: of one vacancy in two files, the first counts
            address = self.base_url + self.path.format(day=today - timedelta(days=back))
            yield from self.ask(address, self.read_postings, priority=-back)

    def missed(self, failure: Failure) -> None:
        """A day without a file, such as a Sunday, is no failure."""
        error = failure.value
        if isinstance(error, HttpError) and error.response.status == 404 and self.tally.counts["pages"]:
            self.tally.count("no_file")
            return
        super().missed(failure)

    def read_postings(self, page: Page) -> Iterator[Draft | Request]:  # type: ignore[override]  # as the base
        for draft in super().read_postings(page):
            if isinstance(draft, dict) and (
                names := [self.towns[code] for code in draft.get("extra", {}).get("towns", ()) if code in self.towns]
            ):
                draft["location"] = ", ".join([*dict.fromkeys(names), *filter(None, [draft.get("location")])])
            yield draft


def _code(row: Row) -> str | None:
    """`TypMzdy/hod` -> hod."""
    text = row.text("id")
    return text.rpartition("/")[2] if text else None


def _name(row: Any) -> str | None:
    name = row.get("nazev") if isinstance(row, dict) else None
    text = name.get("cs") if isinstance(name, dict) else name
    return text if isinstance(text, str) else None


def _place(place: Row) -> tuple[list[str], str | None]:
    """Codes of towns, and what is told in words: an address, or the region."""
    place.ignore("okresy", "typMistaVykonuPrace")
    written = place.text("adresaText")
    codes = [code] if (code := _code(place.row("obec"))) else []
    regions = []
    for site in place.rows("pracoviste"):
        site.ignore("nazev", "email", "telefon", "id")
        address = site.row("adresa")
        address.whole()
        if code := _code(address.row("obec")):
            codes.append(code)
        if region := REGIONS.get(_code(address.row("kraj")) or ""):
            regions.append(region)
    return list(dict.fromkeys(codes)), written or ", ".join(dict.fromkeys(regions)) or None
