"""Signs of scams, and ordinary phrases that are none."""

import pytest

from index.gig import RiskLevel
from index.normalize import normalize
from index.normalize.risk import RULES
from tests.normalize.posting import posting


@pytest.mark.parametrize(
    ("description", "level", "code"),
    [
        ("You must pay a registration fee of $40 before you start.", "high", "upfront_fee"),
        ("To begin, applicants must purchase our starter kit.", "high", "upfront_fee"),
        ("We mail you a check, deposit the check and send the remaining money.", "high", "advance_payment_fraud"),
        ("Receive packages at your home and reship them abroad.", "high", "reshipping"),
        ("Receive payments into your bank account and forward the funds.", "high", "money_forwarding"),
        ("A ground floor opportunity: recruit friends and earn from your downline.", "high", "pyramid"),
        ("I want to rent your Upwork account for a month.", "high", "account_renting"),
        ("Leave a 5 star review for my restaurant.", "low", "deceptive_task"),
        ("Take my online exam in statistics.", "low", "deceptive_task"),
        ("Sign up with my referral link.", "low", "referral_bait"),
        ("Easy money, make thousands from home.", "low", "too_good"),
        ("Contact me on WhatsApp.", "low", "off_platform_contact"),
        ("Send us a copy of your passport first.", "low", "personal_data"),
    ],
)  # fmt: skip
def test_signs(description: str, level: RiskLevel, code: str) -> None:
    risk = normalize(posting("Helper", description)).risk
    assert code in {signal.code for signal in risk.signals}
    assert risk.level == level
    assert all(signal.why.endswith(".") for signal in risk.signals)
    assert 0 < risk.score <= 1


@pytest.mark.parametrize(
    "description",
    [
        "There is no fee to join.",
        "We never ask for money, and you don't have to pay a registration fee.",
        "Deep clean of a flat so that we get our security deposit of $500 from the landlord back.",
        "We pay by check or direct deposit every Friday.",
        "You will collect reviews of our customers for the website.",
        "Background check after you are hired.",
        "Tutor my son, he has an exam in math.",
        "Build a referral program for our app.",
        "Accept deliveries at the warehouse and load the packages on the truck.",
        "Manage the Facebook account of our client's bakery.",
    ],
)
def test_ordinary_phrases(description: str) -> None:
    risk = normalize(posting("Helper", description)).risk
    assert (risk.level, risk.signals) == ("none", [])


def test_weights_are_shares() -> None:
    assert all(0 < rule.weight < 1 for rule in RULES)
