"""Categories, kinds, terms, language."""

from typing import Any

import pytest

from index.gig import Kind
from index.normalize import normalize
from index.normalize.language import detect, primary
from index.taxonomy import CATEGORIES, phrase, stem
from tests.normalize.posting import posting

TITLES = [
    ("babysitting", "Nanny for two toddlers"),
    ("pet_care", "Dog walker for our labrador"),
    ("elder_care", "Companion for my elderly mother"),
    ("cleaning", "House cleaner, twice a month"),
    ("handyman", "Assemble IKEA wardrobe"),
    ("lawn_garden", "Mow the lawn and trim hedges"),
    ("moving", "Help moving a couch and boxes"),
    ("errands", "Pick up groceries and run errands"),
    ("delivery", "Courier with a bike"),
    ("events", "Bartenders for a wedding party"),
    ("tutoring", "Math tutor for a 9th grade student"),
    ("data_entry", "Copy addresses into an Excel spreadsheet"),
    ("transcription", "Transcribe two interviews"),
    ("translation", "Translate a letter from French to English"),
    ("writing", "Blog writer for travel articles"),
    ("admin", "Virtual assistant for inbox and calendar"),
    ("graphic_design", "Logo and flyer design"),
    ("web", "Fix my WordPress website"),
    ("software", "Python script for a scraper"),
    ("media", "Video editor for a short film"),
    ("marketing", "Facebook ads and SEO campaign"),
    ("surveys", "10 minute survey on breakfast"),
    ("micro_tasks", "Tag images of street signs"),
    ("other", "Something for Thursday"),
]


def test_every_category_is_tried() -> None:
    assert [id_ for id_, _ in TITLES] == list(CATEGORIES)


@pytest.mark.parametrize(("category", "title"), TITLES)
def test_title_alone(category: str, title: str) -> None:
    gig = normalize(posting(title))
    assert gig.category == category
    assert gig.categories[0] == category


def test_title_beats_description() -> None:
    gig = normalize(posting("Dog walker wanted", "I run a web site about software, so I have no time."))
    assert gig.category == "pet_care"


def test_tags_of_the_board_count() -> None:
    gig = normalize(posting("Two days in June", tags=["Translation"]))
    assert gig.category == "translation"
    assert gig.evidence["category"][0].source == "board"


def test_other_languages() -> None:
    assert normalize(posting("Putzhilfe gesucht", language="de")).category == "cleaning"


def test_addresses_are_not_read() -> None:
    assert normalize(posting("Something", "See https://example.com/website/php.html")).category == "other"


def test_stems() -> None:
    assert [stem(word) for word in ["dogs", "boxes", "babies", "glass", "bus", "is"]] == [
        "dog", "box", "baby", "glass", "bus", "is",
    ]  # fmt: skip
    assert phrase("C++ and C# Developers") == ("c++", "and", "c#", "developer")


def test_no_phrase_is_listed_twice_in_a_category() -> None:
    for category in CATEGORIES.values():
        for words in category.words.values():
            assert all(phrase(word) for word in words)
            assert all(0 < weight <= 8 for weight in words.values())


@pytest.mark.parametrize(
    ("title", "description", "kind"),
    [
        ("[Hiring] Logo designer", None, "offer"),
        ("[For Hire] Logo designer", "I can do it.", "seeking_work"),
        ("[Discussion] Rates in 2024", None, "other"),
        ("Nanny looking for work", None, "seeking_work"),
        ("Experienced web developer seeking a job", None, "seeking_work"),
        ("Cleaner needed on Friday", None, "offer"),
        ("Cozy two bedroom apartment near the park", None, "other"),
        ("Carpet cleaning services - free estimates", None, "other"),
        ("What do you guys think of surveys?", "Just curious.", "other"),
        ("Vintage lamp for sale", None, "other"),
        ("Video editor", "We are looking for a video editor. Apply now.", "offer"),
        ("zzz", None, "other"),
    ],
)
def test_kind(title: str, description: str | None, kind: Kind) -> None:
    assert normalize(posting(title, description)).kind == kind


def test_terms() -> None:
    gig = normalize(
        posting(
            "Gardener",
            "Mower is provided. Saturday and Sunday 9am-1pm, 2 years of experience. It takes about 3 hours.",
        )
    )
    assert gig.terms.equipment == "provided"
    assert gig.terms.schedule is not None
    assert gig.terms.schedule.startswith("Saturday and Sunday")
    assert gig.terms.experience == "2 years of experience"
    assert gig.terms.duration_minutes == 180
    assert normalize(posting("Cleaner", "You must bring your own supplies.")).terms.equipment == "own"
    assert normalize(posting("Cleaner", "Just come.")).terms.equipment == "unknown"


@pytest.mark.parametrize(
    ("title", "description", "field", "contract"),
    [
        ("Courier", "You work as an independent contractor.", None, "contractor"),
        ("Courier", "This is a 1099 position, you pay your own taxes.", None, "contractor"),
        ("Cleaner", "You must have an ABN.", None, "contractor"),
        ("Bricklayer", "Self-employed, paid weekly.", None, "contractor"),
        ("Freelance translator", "Three pages.", None, "contractor"),
        ("Translator", "You send us an invoice; please invoice us monthly.", None, "contractor"),
        ("Barista", "W-2 position with tips.", None, "employee"),
        ("Barista", "Paid holidays and a pension scheme.", None, "employee"),
        ("Shop assistant", "This is a permanent position.", None, "employee"),
        ("Driver", "1099 or W2, you choose.", None, "either"),
        ("Driver", "This is not a permanent position.", None, None),
        ("Driver", "We have many freelancers.", None, None),
        ("Logo", "Build a site like a freelance platform.", None, None),
        ("Driver", "Three drops.", "CONTRACTOR", "contractor"),
        ("Driver", "Three drops.", "FULL_TIME", None),
    ],
)
def test_employee_or_contractor(title: str, description: str, field: str | None, contract: str | None) -> None:
    gig = normalize(posting(title, description, employment_type=field))
    assert gig.terms.contract == contract
    assert ("terms.contract" in gig.evidence) == (contract is not None)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("we are looking for a person who can help with the garden of our house", "en"),
        ("wir suchen eine zuverlässige person für die reinigung und den garten", "de"),
        ("nous cherchons une personne pour le ménage et la cuisine avec nous", "fr"),
        ("buscamos una persona para la limpieza de la casa y el jardín", "es"),
        ("требуется курьер для доставки документов по городу", "ru"),
        ("потрібен кур'єр для доставки документів у місті києві", "uk"),
        ("ロゴのデザインをお願いします。よろしくお願いします", "ja"),
        ("logo", None),
        ("", None),
    ],
)
def test_language(text: str, language: str | None) -> None:
    assert detect(text) == language


@pytest.mark.parametrize(
    ("title", "description", "fields", "read"),
    [
        ("Требуется курьер", "Требуется курьер для доставки документов. Оплата 500 рублей в час.", {"country": "RU"},
         ("ru", "stated", 500, "hour", "RUB")),
        ("ロゴのデザイン", "ロゴのデザインをお願いします。時給1,200円です。", {"country": "JP"},
         ("ja", "stated", 1200, "hour", "JPY")),
        ("مطلوب مترجم", "مطلوب مترجم من العربية إلى الإنجليزية لعمل قصير",
         {"pay": {"min": 50, "max": 50, "currency": "SAR"}}, ("ar", "stated", 50, "task", "SAR")),
        ("Etsimme siivoojaa", "Etsimme siivoojaa, joka on luotettava ja sinulla on oma auto. Palkka on 14 €/h.",
         {"country": "FI"}, ("fi", "stated", 14, "hour", "EUR")),
    ],
)  # fmt: skip
def test_text_of_other_languages_keeps_its_fields_and_says_so(
    title: str, description: str, fields: dict[str, Any], read: tuple[object, ...]
) -> None:
    gig = normalize(posting(title, description, remote=True, **fields))
    assert (gig.language, gig.pay.status, gig.pay.max, gig.pay.unit, gig.pay.currency) == read
    assert (gig.kind, gig.work_mode, gig.title) == ("offer", "online", title)


def test_language_tags() -> None:
    assert [primary(tag) for tag in ("en-GB", "de", "pt_BR", "english", "", None)] == [
        "en",
        "de",
        "pt",
        None,
        None,
        None,
    ]
