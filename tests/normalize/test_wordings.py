"""Families of wordings: the many ways to say what is paid, and what no pay is. Written without any corpus in view."""

import pytest

from index.normalize import normalize
from tests.normalize.posting import posting

OPENING = "We need a hand with a small job near the park. "

PAID: list[tuple[str, str | None, tuple[float | None, float | None, str, str]]] = [
    ("Wir zahlen 14,50 € die Stunde.", "DE", (14.5, 14.5, "hour", "EUR")),
    ("14 EUR/Std.", "DE", (14, 14, "hour", "EUR")),
    ("Stundenlohn: 15 Euro", "DE", (15, 15, "hour", "EUR")),
    ("Plat 1.500 Kč za den.", "CZ", (1500, 1500, "day", "CZK")),
    ("200 Kč/h", "CZ", (200, 200, "hour", "CZK")),
    ("Lønn: kr 350 i timen", "NO", (350, 350, "hour", "NOK")),
    ("Vi betalar 180 kr i timmen.", "SE", (180, 180, "hour", "SEK")),
    ("180 kr/timme", "SE", (180, 180, "hour", "SEK")),
    ("Pagamos R$ 150 por diária.", "BR", (150, 150, "day", "BRL")),
    ("450 baht per day.", "TH", (450, 450, "day", "THB")),
    ("Stawka 30 zł za godzinę.", "PL", (30, 30, "hour", "PLN")),
    ("30 zł/h netto", "PL", (30, 30, "hour", "PLN")),
    ("CHF 28.- pro Stunde", "CH", (28, 28, "hour", "CHF")),
    ("We pay S$9/hr.", "SG", (9, 9, "hour", "SGD")),
    ("HK$80 an hour", "HK", (80, 80, "hour", "HKD")),
    ("RM12/jam", "MY", (12, 12, "hour", "MYR")),
    ("Gaji Rp 150.000 per hari", "ID", (150000, 150000, "day", "IDR")),
    ("40 shekels an hour", "IL", (40, 40, "hour", "ILS")),
    ("Pay is 20p a word.", "GB", (0.2, 0.2, "word", "GBP")),
    ("3 cents per tag.", "US", (0.03, 0.03, "item", "USD")),
    ("Rate: 0.08/word", None, (0.08, 0.08, "word", "USD")),
    ("£4 per 100 flyers delivered.", "GB", (0.04, 0.04, "item", "GBP")),
    ("₹1 per entry", "IN", (1, 1, "item", "INR")),
    ("10c/word", "AU", (0.1, 0.1, "word", "AUD")),
    ("5 euro for every 10 photos", "DE", (0.5, 0.5, "item", "EUR")),
    ("£60 for half a day", "GB", (60, 60, "task", "GBP")),
    ("$1,200 all told.", "US", (1200, 1200, "task", "USD")),
    ("I can pay 80 for the afternoon.", "GB", (80, 80, "task", "GBP")),
    ("£11.44ph", "GB", (11.44, 11.44, "hour", "GBP")),
    ("$18 ph plus tips", "US", (18, 18, "hour", "USD")),
    ("18/hr cash", "US", (18, 18, "hour", "USD")),
    ("Pay: 15 per hour", "US", (15, 15, "hour", "USD")),
    ("Paying 100 for the job", "US", (100, 100, "task", "USD")),
    ("between 40 and 60 euros", "DE", (40, 60, "task", "EUR")),
    ("40 or 50 dollars for the job", "US", (40, 50, "task", "USD")),
    ("somewhere around $200", "US", (200, 200, "task", "USD")),
    ("ca. 50 Euro", "DE", (50, 50, "task", "EUR")),
    ("about a hundred quid", "GB", (100, 100, "task", "GBP")),
    ("$15-17/h DOE", "US", (15, 17, "hour", "USD")),
    ("up to 25 an hour", "US", (None, 25, "hour", "USD")),
    ("from £12 an hour", "GB", (12, None, "hour", "GBP")),
    ("$25+/hr", "US", (25, None, "hour", "USD")),
    ("starting at 20 dollars an hour", "US", (20, None, "hour", "USD")),
    ("2.5k for the whole site", "US", (2500, 2500, "task", "USD")),
    ("budget is 300-400", "US", (300, 400, "task", "USD")),
    ("$40 flat rate", "US", (40, 40, "task", "USD")),
    ("£80 a day, 9 to 5", "GB", (80, 80, "day", "GBP")),
    ("£450 pw", "GB", (450, 450, "week", "GBP")),
    ("R350 per day", "ZA", (350, 350, "day", "ZAR")),
    ("KES 1,500 per day", "KE", (1500, 1500, "day", "KES")),
    ("Ksh 1500 daily", "KE", (1500, 1500, "day", "KES")),
    ("₦5k per day", "NG", (5000, 5000, "day", "NGN")),
    ("5,000 naira per day", "NG", (5000, 5000, "day", "NGN")),
    ("Php 500/day", "PH", (500, 500, "day", "PHP")),
    ("Rs. 15,000 per month", "IN", (15000, 15000, "month", "INR")),
    ("Salary 12 to 15 thousand rupees monthly", "IN", (12000, 15000, "month", "INR")),
    ("25 LPA", "IN", (2500000, 2500000, "year", "INR")),
    ("AED 3,000 per month", "AE", (3000, 3000, "month", "AED")),
    ("20 € de l'heure", "FR", (20, 20, "hour", "EUR")),
    ("12 euros l'heure", "FR", (12, 12, "hour", "EUR")),
    ("80 € la journée", "FR", (80, 80, "day", "EUR")),
    ("11,88 € brut/heure", "FR", (11.88, 11.88, "hour", "EUR")),
    ("Se pagan 10 euros la hora.", "ES", (10, 10, "hour", "EUR")),
    ("10 €/hora", "ES", (10, 10, "hour", "EUR")),
    ("1.200 € al mes", "ES", (1200, 1200, "month", "EUR")),
    ("Compenso: 8 euro all'ora", "IT", (8, 8, "hour", "EUR")),
    ("€ 15 per uur", "NL", (15, 15, "hour", "EUR")),
    ("$150 MXN por hora", "MX", (150, 150, "hour", "MXN")),
    ("Pago de $300 pesos diarios", "MX", (300, 300, "day", "MXN")),
    ("2000 Ft/óra", "HU", (2000, 2000, "hour", "HUF")),
    ("50 lei/oră", "RO", (50, 50, "hour", "RON")),
    ("500 руб/час", "RU", (500, 500, "hour", "RUB")),
    ("150 грн за годину", "UA", (150, 150, "hour", "UAH")),
    ("時給1,200円", "JP", (1200, 1200, "hour", "JPY")),
    ("¥1200/hour", "JP", (1200, 1200, "hour", "JPY")),
    ("We pay twenty pounds a visit.", "GB", (20, 20, "item", "GBP")),
    ("You get a tenner a walk.", "GB", (10, 10, "item", "GBP")),
    ("$60 a clean", "US", (60, 60, "item", "USD")),
    ("$5 a dozen", "US", (5, 5, "item", "USD")),
    ("£25 per child per day", "GB", (25, 25, "day", "GBP")),
    ("$30 per 1000 words", "US", (0.03, 0.03, "word", "USD")),
    ("$45 per audio hour", "US", (0.75, 0.75, "minute", "USD")),
    ("$10 for 30 minutes of your time", "US", (10, 10, "task", "USD")),
    ("£20 Amazon voucher for a 45 minute interview", "GB", (20, 20, "task", "GBP")),
    ("€50 each for three people", "DE", (50, 50, "task", "EUR")),
    ("Compensation - $75", "US", (75, 75, "task", "USD")),
    ("*Pay:* **$22/hr**", "US", (22, 22, "hour", "USD")),
    ("Hourly: $18.50", "US", (18.5, 18.5, "hour", "USD")),
    ("$19.00 - $21.00 Hourly", "US", (19, 21, "hour", "USD")),
    ("USD 500 - 800 per project", None, (500, 800, "task", "USD")),
    ("500-800 USD", None, (500, 800, "task", "USD")),
    ("$65k - $80k", "US", (65000, 80000, "year", "USD")),
    ("65,000 to 80,000 dollars a year", "US", (65000, 80000, "year", "USD")),
    ("$300/week", "US", (300, 300, "week", "USD")),
    ("15€/h", "DE", (15, 15, "hour", "EUR")),
    ("I'd pay fifty dollars.", "US", (50, 50, "task", "USD")),
    ("50 bucks if done today", "US", (50, 50, "task", "USD")),
    ("$20 cash in hand", "US", (20, 20, "task", "USD")),
    ("will pay £15, takes an hour", "GB", (15, 15, "task", "GBP")),
    ("offering 35 pounds", "GB", (35, 35, "task", "GBP")),
    ("There's £30 in it for you.", "GB", (30, 30, "task", "GBP")),
    ("thirty quid in your pocket", "GB", (30, 30, "task", "GBP")),
    ("My budget: $150 max.", "US", (None, 150, "task", "USD")),
    ("no more than €200", "DE", (None, 200, "task", "EUR")),
    ("at least $15/hr", "US", (15, None, "hour", "USD")),
    ("Bring gloves for a 30ft skip. $25 an hr.", "US", (25, 25, "hour", "USD")),
    ("Töistä 14 e/h.", "FI", (14, 14, "hour", "EUR")),
    ("60 cash, done by noon.", "IE", (60, 60, "task", "EUR")),
    ("Each set of 12 drawings pays $1.20.", "US", (1.2, 1.2, "item", "USD")),
    ("P650 a day with lunch.", "PH", (650, 650, "day", "PHP")),
    ("18k per month.", "IN", (18000, 18000, "month", "INR")),
    ("Pay: 20k monthly", "PH", (20000, 20000, "month", "PHP")),
    ("450 a week, mornings only.", "GB", (450, 450, "week", "GBP")),
    ("£500 for the week.", "GB", (500, 500, "week", "GBP")),
    ("We could spend sixty dollars.", "US", (60, 60, "task", "USD")),
    ("I was thinking about 90 francs.", "CH", (90, 90, "task", "CHF")),
    ("Tickets refunded up to £15 and £12 for the visit.", "GB", (12, 12, "task", "GBP")),
    ("$40 + tip", "US", (40, 40, "task", "USD")),
    ("$30+tips", "US", (30, 30, "task", "USD")),
    ("$22 + per hour", "US", (22, None, "hour", "USD")),
]

STATUS = [
    ("Pay depends on experience.", "negotiable"),
    ("Let me know what you'd want for it.", "negotiable"),
    ("What would you ask for this?", "negotiable"),
    ("Price to be agreed.", "negotiable"),
    ("Money is negotiable.", "negotiable"),
    ("We'll agree a price when you've seen it.", "negotiable"),
    ("I'll match whatever your usual rate is.", "negotiable"),
    ("Please quote for the whole job.", "negotiable"),
    ("Quotes please.", "negotiable"),
    ("Fair wage for the right person.", "negotiable"),
    ("Good money for good work.", "negotiable"),
    ("Rates by arrangement.", "negotiable"),
    ("Send your day rate.", "negotiable"),
    ("Paid work, rate on application.", "negotiable"),
    ("Commission only.", "negotiable"),
    ("Industry standard rates.", "negotiable"),
    ("Union rates apply.", "negotiable"),
    ("Minimum wage.", "negotiable"),
    ("Pay on completion.", "negotiable"),
    ("How much would it be?", "negotiable"),
    ("Give me a ballpark.", "negotiable"),
    ("I can't pay but I'll feed you.", "unpaid"),
    ("No pay, just glory.", "unpaid"),
    ("Volunteers only.", "unpaid"),
    ("It's voluntary.", "unpaid"),
    ("Nobody gets paid for this.", "unpaid"),
    ("For credit and a copy of the film.", "unpaid"),
    ("Lunch and travel covered, otherwise unpaid.", "unpaid"),
    ("Experience for your CV rather than money.", "unpaid"),
    ("There is no budget.", "unpaid"),
    ("Payment in beer and pizza.", "unpaid"),
    ("Profit share, nothing up front.", "unpaid"),
    ("What would you reckon per visit?", "negotiable"),
    ("Offers considered.", "negotiable"),
    ("How much would this cost?", "negotiable"),
    ("Will pay hourly.", "negotiable"),
    ("Just come along on Friday.", "unknown"),
    ("Carry a 12ft ladder across the yard.", "unknown"),
    ("It needs 800 ft of wire.", "unknown"),
    ("Start out with a £60 sample box.", "unknown"),
    ("Our shop has 80k visitors per month.", "unknown"),
    ("We pack 400 a week.", "unknown"),
    ("Perks:\n- $300 per month for the gym\n- long lunches", "unknown"),
    ("We add $200 a month towards childcare.", "unknown"),
    ("The freezer was $250 new, so mind it.", "unknown"),
    ("You can spend $40 on paint.", "unknown"),
    ("I made it there last month, $3.10 earned.", "unknown"),
    ("Our house cost 300000.", "unknown"),
    ("We raised $2m last year.", "unknown"),
    ("I paid $40 for the old one.", "unknown"),
    ("The bike is worth 500 euros.", "unknown"),
    ("Entry is $10 at the door.", "unknown"),
    ("Tickets cost £25.", "unknown"),
    ("Our rent is $1200 a month.", "unknown"),
    ("The materials will cost about $80, I buy them.", "unknown"),
    ("First prize is $500.", "unknown"),
    ("A fine of $200 if you break it.", "unknown"),
    ("Parking is $5.", "unknown"),
    ("The dress cost me £300 and must survive.", "unknown"),
    ("We donate $1 for each to charity.", "unknown"),
    ("Last guy wanted $600 and I laughed.", "unknown"),
    ("The landlord fines us £50 otherwise.", "unknown"),
    ("Insurance excess is £250.", "unknown"),
    ("Sold it for $900.", "unknown"),
    ("It's insured for $3,000.", "unknown"),
    ("Our turnover is €2m.", "unknown"),
    ("Car valued at $12k.", "unknown"),
    ("She left us £5,000 in her will.", "unknown"),
    ("The app has 20k users.", "unknown"),
    ("We save customers $50 a month.", "unknown"),
    ("Deposit £100, returned after.", "unknown"),
    ("A new one is $89 on Amazon.", "unknown"),
    ("the part is 45 dollars at the shop", "unknown"),
]


@pytest.mark.parametrize(("text", "country", "wanted"), PAID)
def test_what_is_paid(text: str, country: str | None, wanted: tuple[float | None, float | None, str, str]) -> None:
    pay = normalize(posting("Helper wanted", OPENING + text, country=country)).pay
    assert (pay.min, pay.max, pay.unit, pay.currency) == wanted


@pytest.mark.parametrize(("text", "status"), STATUS)
def test_what_is_said_of_pay(text: str, status: str) -> None:
    assert normalize(posting("Helper wanted for a small job", OPENING + text)).pay.status == status


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Responsible nanny is looking for job", "seeking_work"),
        ("Reliable experienced housekeeper", "seeking_work"),
        ("Nanny available", "seeking_work"),
        ("Offered: ironing by the basket", "seeking_work"),
        ("Will walk your dog for $15", "seeking_work"),
        ("Carpet cleaning", "other"),
        ("Home remodelling and repairs", "other"),
        ("Aircon servicing and repairs, call us", "other"),
        ("2 bedroom flat near the station", "other"),
        ("Room available in a nice house", "other"),
        ("Cash for your old car", "other"),
        ("Is anyone still making money with surveys?", "other"),
        ("What do you charge for a half acre?", "other"),
        ("They want a fee before I start. Scam, right?", "other"),
        ("[Hiring] test post, please ignore", "other"),
        ("I finally won a gift card", "other"),
        ("Who can fix my roof?", "offer"),
        ("Can anyone walk my dog on Friday?", "offer"),
        ("Somebody to feed two cats", "offer"),
        ("Acme | Engineer | Full-time | Remote", "offer"),
        ("[OFFER] I'll pay you $3 for each voice clip", "offer"),
        ("[OFFER] I draw portraits", "seeking_work"),
        ("Looking for a weekend job? We need a barista", "offer"),
        ("Till work and customer service", "offer"),
        ("Need a cleaner? Ten years of practice", "other"),
        ("Do you need a bookkeeper?", "other"),
        ("What do hiring managers look for?", "other"),
        ('FYI, that "[hiring]: many roles" post was fake', "other"),
        ("I built my own rewards tracker", "other"),
        ("Advertise your shop on our screens", "other"),
    ],
)
def test_offer_or_not(title: str, kind: str) -> None:
    assert normalize(posting(title)).kind == kind


@pytest.mark.parametrize(
    ("text", "level", "code"),
    [
        ("You only pay the currency release charge on your side.", "high", "upfront_fee"),
        ("Solo tienes que ingresar 39 € de gastos de gestión.", "high", "upfront_fee"),
        ("Zelle $25 to secure your spot.", "high", "upfront_fee"),
        ("Registration just €12, then you begin.", "high", "upfront_fee"),
        ("Packages turn up, you relabel them and post them on.", "high", "reshipping"),
        ("The caution money of 500 rupees is refundable, pay it before the first day.", "high", "upfront_fee"),
        ("We put coins in your wallet, you forward them and keep 8 percent.", "high", "money_forwarding"),
        ("Your resume has been recommended by several online recruitment agencies.", "high", "too_good"),
        ("Attend interviews as our developer and read what we type.", "high", "account_renting"),
        ("Buying aged gmail accounts.", "low", "account_renting"),
        ("Upvote my post and leave a nice comment.", "low", "deceptive_task"),
        ("Rewrite my university assignment, similarity under 5%.", "low", "deceptive_task"),
        ("Earn $300 daily from home, no experience.", "low", "too_good"),
        ("Stuffing envelopes at your kitchen table.", "low", "too_good"),
        ("I can't put the details here, I'll fill you in.", "low", "vague"),
        ("Hold up your ID on the webcam.", "low", "personal_data"),
        ("Open a checking account with my link.", "low", "referral_bait"),
        ("WhatsApp only.", "low", "off_platform_contact"),
        ("Attractive ladies for private gentlemen's parties.", "high", "adult"),
    ],
)
def test_signs_in_other_words(text: str, level: str, code: str) -> None:
    risk = normalize(posting("Helper wanted", text)).risk
    assert code in {signal.code for signal in risk.signals}
    assert risk.level == level


@pytest.mark.parametrize(
    "text",
    [
        "You can be paid by PayPal, direct deposit or check.",
        "Articles must be plagiarism free.",
        "Pass our short Korean test first.",
        "Life drawing circle seeks a nude figure model.",
        "Images may contain adult content, discretion advised.",
        "No placement fee, and we never ask you to buy materials.",
        "Bring your driver's licence on your first day.",
        "Text 555 010 0199 with your name.",
        "We run a five star hotel and need a porter.",
        "Unlimited potential to grow with us.",
    ],
)
def test_harmless_in_like_words(text: str) -> None:
    assert normalize(posting("Helper wanted", text)).risk.level == "none"


@pytest.mark.parametrize(
    ("text", "threshold"),
    [
        ("Withdraw whenever your balance is above $25.", (25, "USD")),
        ("Payout through PayPal once you have €20 or more.", (20, "EUR")),
        ("Transfers go out as soon as your balance has reached £30.", (30, "GBP")),
        ("Minimum cash-out is just $5.", (5, "USD")),
        ("500 coins is the smallest amount you can exchange.", (500, "points")),
        ("Get a $5 gift card (450 points).", (450, "points")),
    ],
)
def test_pay_out_thresholds(text: str, threshold: tuple[float, str]) -> None:
    found = normalize(posting("Survey panel, earn points", text)).pay.minimum_payout
    assert found is not None
    assert (found.amount, found.currency) == threshold


@pytest.mark.parametrize(
    ("text", "media"),
    [
        ("$60 each, cash.", ["cash"]),
        ("Cash on arrival.", ["cash"]),
        ("Venmo or check, whichever you like.", ["venmo", "check"]),
        ("$18 an hour via Venmo.", ["venmo"]),
        ("Paid to your bank account every second Thursday.", ["bank_transfer"]),
        ("£40 Amazon voucher as a thank you.", ["gift_card"]),
        ("We pay by GCash.", ["other"]),
        ("USDC or a bank wire.", ["crypto", "bank_transfer"]),
        ("A second translator checks your work.", []),
        ("Integrate PayPal into our shop.", []),
        ("Make some extra cash.", []),
        ("We do a background check.", []),
    ],
)
def test_media_of_payment(text: str, media: list[str]) -> None:
    assert sorted(normalize(posting("Helper wanted", text)).pay.media) == sorted(media)


@pytest.mark.parametrize(
    ("title", "text", "category", "mode"),
    [
        ("Wedding film for our day", "A village hall, two hours. $300.", "media", "in_person"),
        ("Learn to swim at forty", "Teach me to swim, I'm nervous. $30 an hour.", "tutoring", "in_person"),
        ("Interpreter for a letting agent", "Please go with my mother and translate. €40.", "translation", "in_person"),
        ("Calendar help for a dentist", "Five hours a week. $18 an hour.", "admin", "online"),
        ("Spanish subtitles for a short film", "Script exists. $5 per minute.", "transcription", "online"),
        ("Type out interview recordings", "Four hours of audio, $1 a minute.", "transcription", "online"),
        ("Web designer for a bakery", "Drop by and we talk it over. £300.", "web", "in_person"),
        ("Make-up artist for a hen night", "Six faces. £150.", "events", "in_person"),
        ("French tutor", "For my son, online or at ours. £20 an hour.", "tutoring", "either"),
        ("Flyers through doors", "900 of them, 5p each.", "delivery", "in_person"),
        ("Rate short songs", "Each takes a minute. $0.10.", "micro_tasks", "online"),
        ("Bent panel on a van", "Rear door. $200.", "handyman", "in_person"),
        ("Office assistant in the North Philadelphia area", "$17 an hour.", "admin", "in_person"),
    ],
)
def test_what_and_where(title: str, text: str, category: str, mode: str) -> None:
    gig = normalize(posting(title, text))
    assert (gig.category, gig.work_mode) == (category, mode)


def test_short_text_is_read_in_the_country_s_language() -> None:
    gig = normalize(posting("Putzhilfe, Wien 7", "14 € pro Stunde.", country="AT"))
    assert (gig.category, gig.language) == ("cleaning", None)


NO_OFFERS = [
    ("Lost cat, £200 reward", "Grey tabby missing since Sunday near the park. £200 reward for her safe return."),
    ("Found: set of keys on Mill Road", "Describe the keyring and they're yours."),
    ("Recommendations for a good plumber?", "Ours retired. Who do you all use? Paid £90 last time."),
    ("Anyone know a reliable babysitter?", "Asking what people pay round here."),
    ("PSA: don't use this moving company", "They charged me $800 and broke the table."),
    ("Warning about a fake job ad", "It promised $40 an hour and asked for a deposit. Reported it."),
    ("Selling a lawn mower, $120", "Works fine, new blade. Collection only."),
    ("Free sofa, must collect", "Needs two people to carry it. First come."),
    (
        "Beginner guitar lessons, $30 an hour",
        "I'm a patient teacher with ten years of experience. First lesson half price.",
    ),
    ("Piano lessons in your home", "Conservatory graduate. £35 a lesson, discount for siblings. Message me."),
    ("Mobile car valet from £40", "Fully insured, we come to you. Book online."),
    ("Your garden sorted", "Mowing from £20, hedges, clearances. Call Dave."),
    ("Dog walking by a vet nurse", "£12 per walk, references available, DBS checked."),
    ("Experienced translator DE-EN", "I translate contracts and manuals, €0.09 a word. Samples on request."),
    ("Student seeks weekend job", "I'm 19, hard-working, can start at once. Anything from £10 an hour."),
    ("Handyman available Tuesdays", "25 years in the trade. $40 an hour, two hour minimum."),
    ("Web designer taking new clients", "Sites from $500. See my portfolio."),
    ("Will clean your oven for £45", "I bring everything. Weekends too."),
    ("My first month on a survey site: $85", "Took me about 20 hours. Ask me anything."),
    ("Got scammed by a client", "He never paid the $300. What can I do?"),
    ("How do you invoice clients abroad?", "My bank takes $25 each time."),
    ("Is $15 an hour fair for tutoring?", "First time tutor here."),
    ("Weekly thread: what did you earn?", "Post your totals below."),
    ("New rules for posting", "State your budget in the title. Posts without pay are removed."),
    ("Yard sale Sunday 9 to 2", "Tools, books, a $20 bike."),
    ("Two bedroom flat to let, £900 pcm", "Close to the station, no pets."),
    ("Room wanted for a quiet student", "Up to £500 a month."),
    ("Enrol now: bookkeeping course, £99", "Learn from home, certificate included."),
    ("Fundraiser for our roof", "We need £5,000. Every pound helps."),
    ("Tickets for the derby, £30 each", "Two seats together."),
    ("Petition against the bypass", "Please sign."),
    ("Thank you to the man who fixed my tyre", "You wouldn't take the $20."),
    ("Need a lift to Leeds, sharing petrol", "I'd chip in £15 for fuel."),
]

OFFERS = [
    ("Need a plumber tomorrow", "Kitchen tap drips. £60."),
    ("Anyone able to move a sofa today?", "£40 cash."),
    ("Guitar teacher wanted for my son", "$30 a lesson."),
    ("Looking for someone to walk my dog", "£12 per walk."),
    ("Dog walker", "Two walks a day, £12 each, start Monday."),
    ("Weekend barista", "We're a small cafe. £11.50 an hour plus tips."),
    ("Translate a contract", "Five pages, €100."),
    ("Cleaner, Fridays", "Three hours, £15 an hour."),
    ("Survey about coffee", "10 minutes, $2."),
    ("Who can mow half an acre?", "$50."),
    ("Fix my fence please", "Two panels down. Will pay $100."),
]


@pytest.mark.parametrize(("title", "description"), NO_OFFERS)
def test_no_offer(title: str, description: str) -> None:
    gig = normalize(posting(title, description))
    assert gig.kind != "offer"
    assert gig.pay.status != "stated"


@pytest.mark.parametrize(("title", "description"), OFFERS)
def test_offer(title: str, description: str) -> None:
    gig = normalize(posting(title, description))
    assert (gig.kind, gig.pay.status) == ("offer", "stated")
