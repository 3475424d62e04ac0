"""Units of pay as boards write them."""

UNITS = {
    "hour": "hour hourly hours hr hrs h ph horaire heure stunde std hod hodina",
    "day": "day daily days pd",
    "week": "week weekly weeks",
    "month": "month monthly months pm mensuel mesic monat",
    "year": "year yearly years annual annually annum yr pa p.a. annuel jahr",
    "task": "task fixed project",
}
"""USAJobs writes PA, PH...; Google's JobPosting HOUR, YEAR...; Jobicy yearly; Czech open data hod, mesic."""
WORDS = {word: unit for unit, words in UNITS.items() for word in words.split()}


def unit_of(text: str | None) -> str | None:
    """Posting's unit of a board's word (`HOUR`, `hourly`, `Per Year`, `per annum`); None for any other."""
    word = (text or "").strip().lower()
    return WORDS.get(word.removeprefix("per ").removeprefix("per_").strip())
