"""Made-up pairs of postings with what a careful reader would say of them.

Each advertisement below has slots; a pair is the advertisement and one change of it. Filling a slot with something else
makes another gig; rewording, cutting or decorating makes a copy. `python -m tests.index.dedupe_pairs` prints the pairs.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.posting import Posting


@dataclass(frozen=True)
class Pair:
    name: str
    same: bool
    a: Posting
    b: Posting


@dataclass(frozen=True)
class Ad:
    name: str
    title: str
    text: str
    slots: dict[str, tuple[str, str]]
    """What stands in each slot, and what stands there in another gig."""
    location: str | None = None
    fields: tuple[tuple[str, Any], ...] = ()


ADS = (
    Ad(
        "nanny",
        "Nanny for two boys, {days}",
        "We are a family of four in {town} and look for a warm, patient nanny for our boys, aged two and "
        "five. You would pick the older one up from kindergarten, cook a simple lunch and spend the afternoon "
        "outdoors with both. We live at {street} close to the tram. Hours are {hours}, and we pay ${pay} per "
        "hour through the bank. A driving licence helps but is no must. Please tell us about the children you "
        "have looked after before.",
        {"town": ("Lowell", "Worcester"), "street": ("14 Chestnut Street", "91 Chestnut Street"),
         "hours": ("12:30 to 17:00", "7:15 to 9:45"), "pay": ("19", "23"), "days": ("three days", "three days")},
        "{town}, MA",
    ),
    Ad(
        "cook",
        "{role} at {brand}",
        "{brand} is a family kitchen that has fed {town} for thirty years. Right now our crew needs one more "
        "{role} for the evening rush. You keep your station clean, follow our recipes and help the others "
        "when the line gets long. We offer a meal every shift, health cover after ninety days and ${pay} an "
        "hour. Walk in between lunch and dinner at {street} and ask for the chef, or send a message with the "
        "days that suit you.",
        {"town": ("Dayton", "Toledo"), "brand": ("Marlow's", "Pepper Barn"),
         "street": ("2210 Salem Avenue", "75 Salem Avenue"),
         "pay": ("17", "20"), "role": ("grill cook", "dishwasher")},
        "{town}, OH",
    ),
    Ad(
        "movers",
        "Help moving a {size} flat",
        "I am moving out of a {size} flat on the third floor without a lift and need two strong people with a "
        "van on {date}. There are about thirty boxes, a sofa, a washing machine and a piano stool; nothing "
        "else is heavy. Loading starts at {hours} at {street}, unloading is ten minutes away. I pay £{pay} "
        "for the whole job in cash when everything is upstairs, plus pizza. Blankets and straps would be good "
        "to have.",
        {"size": ("2-bedroom", "4-bedroom"), "date": ("14 March", "28 March"), "hours": ("8 am", "2 pm"),
         "street": ("8 Mill Lane", "117 Mill Lane"), "pay": ("160", "240")},
        "Leeds, UK",
    ),
    Ad(
        "transcribe",
        "Transcribe interviews in {language}",
        "For a university study we recorded {count} interviews of roughly forty minutes each, all in "
        "{language}, with clear sound and two voices. We want them typed word for word with a time mark every "
        "five minutes, following a short guide that we send you. You work from home, whenever you like, as "
        "long as one file comes back every three days. We pay ${pay} per file by PayPal after a check. Send a "
        "sample of your typing and say how many files you can take.",
        {"language": ("Portuguese", "Finnish"), "pay": ("35", "60"), "count": ("120 hours of", "450 hours of")},
        None,
        (("remote", True),),
    ),
    Ad(
        "garden",
        "Gardener wanted in {town}",
        "Our garden behind the old station in {town} has been left alone for two summers. We look for "
        "somebody who cuts the hedge, takes out the brambles and prepares three beds for vegetables before "
        "spring. The plot is {size} and has its own water. Tools are here, the green waste is collected. It "
        "should take about {hours}; we pay €{pay} per hour. If we get on well there is work every month from "
        "then on. Call Agnes on {phone} in the evening.",
        {"town": ("Bruges", "Ghent"), "size": ("450 m2", "90 m2"), "hours": ("20 hours", "6 hours"),
         "pay": ("18", "25"),
         "phone": ("+32 470 55 01 82", "+32 470 55 01 82")},
        "{town}, Belgium",
    ),
    Ad(
        "menage",
        "Recherche aide ménagère à {town}",
        "Bonjour, nous sommes un couple avec deux enfants à {town} et nous recherchons une personne sérieuse "
        "pour le ménage et le repassage de notre appartement de {size}. Il s'agit de passer l'aspirateur, de "
        "laver les sols, de nettoyer la cuisine et les deux salles de bains. Nous avons un chat très calme. "
        "Le travail se fait {hours}, de préférence le matin, au {street}. Nous payons {pay} euros de l'heure, "
        "déclarés. Merci d'indiquer vos disponibilités.",
        {"town": ("Angers", "Le Mans"), "size": ("85 m2", "140 m2"), "hours": ("9h00 à 12h00", "14h30 à 18h00"),
         "street": ("12 rue des Lices", "47 rue des Lices"), "pay": ("15", "19")},
    ),
    Ad(
        "conciergerie",
        "Concierge pour location saisonnière",
        "Je loue un petit appartement en courte durée sur {town} et je cherche une personne de confiance qui "
        "habite tout près. Vous accueillez les voyageurs, vous faites le ménage après leur départ et vous "
        "changez le linge, qui est lavé sur place. Il y a environ {count} réservations en été et moins le "
        "reste de l'année. Une boîte à clés facilite les arrivées tardives. Je règle {pay} euros par passage, "
        "le jour même. Écrivez-moi avec quelques mots sur vous.",
        {"town": ("Royan", "Biscarrosse"), "pay": ("45", "60"), "count": ("huit", "huit")},
    ),
    Ad(
        "umzug",
        "Umzugshelfer am {date} gesucht",
        "Wir ziehen innerhalb von {town} um und suchen zwei kräftige Helfer. Die alte Wohnung liegt im "
        "zweiten Stock in der {street}, die neue im Erdgeschoss. Es sind etwa vierzig Kartons, ein Schrank "
        "und eine Waschmaschine zu tragen, den Wagen haben wir schon gemietet. Beginn ist um {hours}, wir "
        "rechnen mit fünf Stunden. Wir zahlen {pay} Euro pro Stunde bar auf die Hand, Getränke und Kuchen "
        "gibt es auch. Bitte kurz schreiben, wer schon einmal geholfen hat.",
        {"town": ("Kassel", "Marburg"), "date": ("12. April", "26. April"), "street": ("Holzweg 7", "Holzweg 31"),
         "hours": ("9 Uhr", "13 Uhr"), "pay": ("16", "20")},
        "{town}, Germany",
    ),
    Ad(
        "profesor",
        "Profesor particular de {subject}",
        "Busco un profesor particular de {subject} para mi hija, que está en segundo de secundaria y necesita "
        "recuperar el trimestre. Serían dos clases por semana en nuestra casa de {town}, a partir de las "
        "{hours}, hasta el examen de junio. Pagamos {pay} euros por hora y se puede acordar un bono de diez "
        "clases. Valoramos la paciencia y que explique con ejemplos. Escriba contando su experiencia con "
        "chicos de esta edad y cuándo podría empezar.",
        {"town": ("Murcia", "Cartagena"), "subject": ("física", "inglés"), "pay": ("14", "18"),
         "hours": ("17:30", "11:00")},
        "{town}, Spain",
    ),
    Ad(
        "shopper",
        "Mystery visit of a shoe shop in {town}",
        "Visit the branch at {street} in {town} as an ordinary customer, ask for advice about running shoes "
        "and try on two pairs. Afterwards you fill in a form of twenty questions about greeting, knowledge "
        "and tidiness, and upload one photo of the shop front. The visit takes about half an hour and must "
        "happen before {date}. You receive ${pay} per visit after the form is approved. Buying anything is up "
        "to you and is not refunded.",
        {"town": ("Tucson", "Mesa"), "street": ("4500 Oracle Road", "880 Oracle Road"), "date": ("9 May", "23 May"),
         "pay": ("12", "18")},
        "{town}, AZ",
    ),
    Ad(
        "logo",
        "Logo for a {subject}",
        "I am opening a {subject} this autumn and want a simple logo in two colours that also works as a "
        "stamp and on a small sticker. I like hand-drawn letters and plain shapes, and don't want gradients. "
        "Please send three different drafts, then we refine one of them in two rounds. You hand over vector "
        "files and all rights. The budget is ${pay} for the whole project and I would like to finish within "
        "{hours}. All talks by mail, so it doesn't matter where you live.",
        {"subject": ("bakery", "bicycle workshop"), "pay": ("150", "300"), "hours": ("14 days", "45 days")},
        None,
        (("remote", True),),
    ),
    Ad(
        "dogs",
        "Dog walker in {town}",
        "Our old spaniel needs a walk at noon while we are at work. She is slow, friendly and afraid of "
        "bicycles, so a quiet round through the park of {town} is best. Somebody is home on Fridays, so it is "
        "Monday to Thursday only. The key waits in a box at {street}. We pay ${pay} per walk, every Sunday, "
        "by bank transfer. Tell us which animals you have had yourself and whether you could also come during "
        "the holidays in summer.",
        {"town": ("Eugene", "Salem"), "street": ("633 Willow Drive", "20 Willow Drive"), "pay": ("14", "22")},
        "{town}, OR",
    ),
)  # fmt: skip

Change = Callable[[Posting], dict[str, Any]]


def _sentences(posting: Posting) -> list[str]:
    return (posting.description or "").replace("! ", ". ").split(". ")


COPIES: dict[str, Change] = {
    "cut": lambda p: {"description": ". ".join(_sentences(p)[:-1]) + "."},
    "greeting": lambda p: {"description": f"Hello, thank you for reading this. {p.description} Thanks a lot!"},
    "markup": lambda p: {
        "description": "<div><p>" + ".</p><p>".join(_sentences(p)) + "</p></div>",
        "title": p.title.upper(),
    },
    "board": lambda p: {
        "description": f"{p.description}\n\nReport this advertisement. Never send money in advance. "
        "Similar ads near you.",
        "title": f"URGENT: {p.title} - apply now",
    },
    "typos": lambda p: {
        "description": (p.description or "").replace("about", "abuot").replace("avec", "avce").replace("which", "wich")
        .replace("para", "pra").replace("und ", "nud ", 1)
    },
    "order": lambda p: {"description": ". ".join([*_sentences(p)[2:-1], *_sentences(p)[:2]]) + "."},
}  # fmt: skip

BUSINESS = frozenset({"town", "street", "pay", "size", "hours", "date", "role", "brand", "language", "subject"})
SHORT = {
    "cleaner on two boards": (False, {}, {}),
    "cleaner twice on one board": (False, {"board": "one"}, {"board": "one"}),
    "same company, same place": (True, {"organization": "Bright Homes"}, {"organization": "Bright Homes"}),
    "same company, other place": (
        False,
        {"organization": "Bright Homes", "location": "Austin, TX"},
        {"organization": "Bright Homes", "location": "Waco, TX"},
    ),
    "same company, other pay": (
        False,
        {"organization": "Bright Homes", "title": "Cleaner needed, $15/hr"},
        {"organization": "Bright Homes", "title": "Cleaner needed, $21/hr"},
    ),
    "other company": (False, {"organization": "Bright Homes"}, {"organization": "Tidy Nest"}),
    "same phone": (
        True,
        {"description": "Call 512 555 0142 77."},
        {"description": "Call 512 555 0142 77."},
    ),
    "empty descriptions": (False, {"description": None}, {"description": None}),
}

TEMPLATE = (
    "You greet people who come in, keep the shelves tidy, work at the till and help to unload the van on Tuesdays. "
    "Nobody needs experience, since a colleague shows you everything during the first week. Shifts are published a "
    "fortnight ahead and can be swapped. There is a discount on whatever we sell, and a small room for breaks."
)
"""A text as it is copied from ad to ad: it names nobody."""
CHINESE = (
    "\u6211\u4eec\u5bb6\u6709\u4e24\u53ea\u732b\uff0c\u9700\u8981\u6709\u4eba\u5728\u5468\u672b\u6765"
    "\u5582\u98df\u3002\u8bf7\u6bcf\u5929\u6765\u4e00\u6b21\uff0c\u6253\u626b\u732b\u7802\u76c6\uff0c"
    "\u966a\u5b83\u4eec\u73a9\u4e00\u4f1a\u513f\u3002\u6211\u4eec\u4f4f\u5728\u5730\u94c1\u7ad9\u65c1\u8fb9"
    "\uff0c\u4ea4\u901a\u5f88\u65b9\u4fbf\u3002\u62a5\u916c\u53ef\u4ee5\u9762\u8bae\u3002"
)
"""Two cats to be fed at weekends."""
TOWNS = (
    "Albany, NY", "Boise, ID", "Chicago, IL", "Denver, CO", "El Paso, TX", "Fresno, CA", "Grand Rapids, MI",
    "Houston, TX", "Indianapolis, IN", "Jacksonville, FL", "Kansas City, MO", "Las Vegas, NV", "Memphis, TN",
    "Nashville, TN", "Omaha, NE", "Phoenix, AZ", "Raleigh, NC", "Seattle, WA", "Tulsa, OK", "Wichita, KS",
    "Atlanta, GA", "Boston, MA", "Austin, TX", "Detroit, MI", "Fargo, ND", "Miami, FL", "Portland, OR",
    "Salt Lake City, UT", "Tucson, AZ", "Buffalo, NY",
)  # fmt: skip
LIKE: dict[str, tuple[bool, dict[str, Any], dict[str, Any]]] = {
    "two shops": (False, {"organization": "Hat Corner"}, {"organization": "Lamp World Inc."}),
    "one shop, written in two ways": (True, {"organization": "Lamp World"}, {"organization": "LAMP WORLD, INC."}),
    "an agency that says for whom": (
        True,
        {"organization": "Hat Corner"},
        {"organization": "Quick Staff", "description": f"For our client Hat Corner. {TEMPLATE}"},
    ),
    "another rank": (False, {"title": "Shop manager"}, {"title": "Assistant shop manager"}),
    "the same rank": (True, {"title": "Assistant shop manager"}, {"title": "Assistant shop manager, evenings"}),
    "other numbers in words": (
        False,
        {"title": "Clean my two-bedroom flat", "description": f"It has two bedrooms. {TEMPLATE}"},
        {"title": "Clean my three-bedroom flat", "description": f"It has three bedrooms. {TEMPLATE}"},
    ),
    "numbers in words and in figures": (
        True,
        {"title": "Clean my two-bedroom flat", "description": f"It has two bedrooms. {TEMPLATE}"},
        {"title": "Clean my 2-bedroom flat", "description": f"It has 2 bedrooms. {TEMPLATE}"},
    ),
    "pay of two shifts, one in the title": (
        True,
        {"title": "Shop assistant $18/hr", "description": f"$18 an hour. {TEMPLATE}"},
        {"title": "Shop assistant, late shift $20/hr", "description": f"$18 an hour, $20 when it is late. {TEMPLATE}"},
    ),
    "another age": (
        False,
        {"title": "Babysitter", "description": f"For our 2-year-old. {TEMPLATE}"},
        {"title": "Babysitter", "description": f"For our 9-year-old. {TEMPLATE}"},
    ),
    "another day of the week": (
        False,
        {"title": "Babysitter", "description": f"Each Monday after four. {TEMPLATE}"},
        {"title": "Babysitter", "description": f"Each Thursday after four. {TEMPLATE}"},
    ),
    "another work under one title": (
        False,
        {"title": "Help wanted", "description": f"We need a dishwasher for the evening. {TEMPLATE}"},
        {"title": "Help wanted", "description": f"We need a bartender for the evening. {TEMPLATE}"},
    ),
    "another animal": (
        False,
        {"title": "Pet sitter", "description": f"Stay with our cats for a week. {TEMPLATE}"},
        {"title": "Pet sitter", "description": f"Stay with our dog for a week. {TEMPLATE}"},
    ),
    "another phone": (
        False,
        {"description": f"{TEMPLATE} Call 512 555 0142 77."},
        {"description": f"{TEMPLATE} Call 512 555 0199 23."},
    ),
    "another name that begins the text": (
        False,
        {"description": f"Sparklenest is hiring for its shop. {TEMPLATE}"},
        {"description": f"Brightbroom is hiring for its shop. {TEMPLATE}"},
    ),
    "names with a word in common": (
        False,
        {"organization": "Home Harbour"},
        {"organization": "Home Meadow"},
    ),
    "a branch": (False, {"organization": "Lamp World"}, {"organization": "Lamp World #12"}),
    "an individual is nobody": (
        False,
        {"title": "Babysitter needed", "description": "Please write.", "organization": "Individual"},
        {"title": "Babysitter needed", "description": "Please write.", "organization": "Individual"},
    ),
    "another level": (False, {"title": "Cook level I, full time"}, {"title": "Cook level II, full time"}),
    "another shift of one firm": (
        False,
        {"title": "Cashier", "organization": "Lamp World"},
        {"title": "Cashier, night shift", "organization": "Lamp World"},
    ),
    "a place that only the text names": (
        True,
        {"title": "Shop assistant", "description": f"{TEMPLATE} Come to the market.", "location": "Austin, TX"},
        {"title": "Shop assistant", "description": f"{TEMPLATE} We are in Austin.", "location": None},
    ),
    "a place that nobody knows, with a town in it": (
        True,
        {"description": f"{TEMPLATE} We pay 15 euros an hour.", "location": "Hamburg, Germany"},
        {"description": f"{TEMPLATE} We pay 15 euros an hour.", "location": "20095 Hamburg Altstadt"},
    ),
    "another board's word for the same work": (
        True,
        {"title": "Waiter", "description": f"We need a waiter. {TEMPLATE}"},
        {"title": "Server", "description": f"We need a waiter. {TEMPLATE}"},
    ),
    "half reworded by the same hand": (
        True,
        {
            "description": "I look for a kind and careful person to clean the rooms, wash the floors and tidy the "
            "kitchen, the bathroom and the stairs of a house with a large garden",
            "title": "Woman to clean and tidy",
            "location": None,
        },
        {
            "description": "I look for a kind and careful person to clean the rooms, wash all the floors and tidy the "
            "kitchen, bathroom and the stairs of a house with a large garden and a pond",
            "title": "Woman to clean our house",
            "location": None,
            "board": "one",
        },
    ),
    "Chinese": (
        True,
        {"title": "\u5582\u732b", "description": CHINESE},
        {"title": "\u5582\u732b", "description": f"{CHINESE}\n"},
    ),
}


def _posting(ad: Ad, number: int, filled: dict[str, str], **more: Any) -> Posting:
    data = {
        "board": ("one", "two")[number],
        "external_id": ad.name,
        "url": f"https://board{number}.example/{ad.name}",
        "title": ad.title.format(**filled),
        "description": ad.text.format(**filled),
        "location": ad.location.format(**filled) if ad.location else None,
        **dict(ad.fields),
    }
    return Posting.model_validate(data | more)


def pairs() -> Iterator[Pair]:
    """All pairs."""
    for ad in ADS:
        usual = {slot: first for slot, (first, _) in ad.slots.items()}
        a = _posting(ad, 0, usual)
        for name, change in COPIES.items():
            yield Pair(f"{ad.name}: {name}", True, a, _posting(ad, 1, usual, **change(_posting(ad, 1, usual))))
        for slot, (first, other) in ad.slots.items():
            if slot in BUSINESS and first != other:
                yield Pair(f"{ad.name}: other {slot}", False, a, _posting(ad, 1, usual | {slot: other}))
    for name, (same, one, other) in SHORT.items():
        base = {"title": "Cleaner needed", "description": "Please call.", "location": "Austin, TX"}
        a = Posting.model_validate({"board": "one", "external_id": "1", "url": "https://a.example/1"} | base | one)
        b = Posting.model_validate({"board": "two", "external_id": "2", "url": "https://b.example/2"} | base | other)
        yield Pair(f"short: {name}", same, a, b)
    for number, (name, (same, one, other)) in enumerate(LIKE.items()):
        # Each pair in a place of its own, or all of them would be copies of each other.
        base = {"title": "Shop assistant", "description": TEMPLATE, "location": TOWNS[number]}
        a = Posting.model_validate({"board": "one", "external_id": "1", "url": "https://a.example/1"} | base | one)
        b = Posting.model_validate({"board": "two", "external_id": "2", "url": "https://b.example/2"} | base | other)
        yield Pair(f"template: {name}", same, a, b)
    for ad in (ADS[3], ADS[10]):  # one remote offer under many towns
        usual = {slot: first for slot, (first, _) in ad.slots.items()}
        one = _posting(ad, 0, usual, location="Reno, NV")
        yield Pair(f"{ad.name}: remote, other town", True, one, _posting(ad, 1, usual, location="Tampa, FL"))


def blind_pairs() -> Iterator[Pair]:
    """Pairs by an author who had not seen the rules, half of them one gig, with what a careful reader would say."""
    lines = Path(__file__).with_name("dedupe_blind_pairs.ndjson").read_text("utf-8").splitlines()
    for number, line in enumerate(lines):
        row = json.loads(line)
        a, b = (Posting.model_validate(row[side]) for side in ("a", "b"))
        yield Pair(f"{number}: {row['why']}", row["same"], a, b)


PAIRS_BY_NAME = {pair.name: pair for pair in pairs()}

if __name__ == "__main__":
    for pair in pairs():
        print(pair.same, pair.name)
