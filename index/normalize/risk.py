"""Signs of a scam, each with the words that raised it and a sentence for the worker.

A rule is a pattern with a weight. A weight of HIGH or more alone makes the level high; the weights of several signs add
up as 1 - (1-a)(1-b)... A negation before a match ("no fee to join", "never asks for a deposit") drops it.
"""

import math
import re
from dataclasses import dataclass
from itertools import islice

from index.gig import Risk, RiskLevel, Signal
from index.normalize.cue import Cue
from index.normalize.evidence import Passage, clause_after, clause_before

HIGH = 0.7
LOW = 0.25
MANY_SIGNS = 0.85
"""Score from which weak signs together make the level high."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One sign: its weight 0..1, what shows it, and what it means for the worker."""

    code: str
    weight: float
    cue: Cue
    why: str
    not_near: re.Pattern[str] | None = None  # in the same sentence
    also: tuple[re.Pattern[str], ...] = ()  # each must stand within REACH, before or after


def _rule(
    code: str, weight: float, pattern: str, why: str, not_near: str | None = None, also: tuple[str, ...] = ()
) -> Rule:
    return Rule(
        code, weight, Cue(pattern), why, re.compile(not_near) if not_near else None, tuple(map(re.compile, also))
    )


_MONEY = (
    r"[$€£₹¥₱₦][ ]?[0-9]|\b[0-9][0-9.,]* ?(?:usd|eur|gbp|inr|dollars|euros?|pounds|rupees|bucks|quid|btc|"
    r"usdt|kr)\b|\brs\.? ?[0-9]|"
    r"\b(?:fee|deposit) (?:of )?[0-9]{2}"
)
_WORKER_PAYS = (
    r"\b(?:you|applicants?|candidates?|new \w{3,14}|every \w{3,14}|workers?|everyone)\b[^.\n]{0,40}\b(?:pay|"
    r"buy|purchase|send|transfer|"
    r"invest|deposit)\b|\b(?:only|must|have to|need to|first) (?:pay|buy|purchase|send|transfer)\b|"
    r"\b(?:we only need|(?:to|must) be paid|payable|non-?refundable|refundable|which costs|costs you|"
    r"join with|get (?:it )?back|"
    r"(?:returned|refunded|given back) (?:after|with|once|when))\b|"
    r"(?:^|[.!:] ?)(?:pay|buy|send|purchase|deposit) (?:us |only |just )?(?:the |our |an? |your |[$€£₹])"
)
_WE_GIVE = (
    r"\b(?:we|i|employer|company)(?:'ll| will| can)? (?:pay|provide|supply|cover|lend|give|refund|reimburse|"
    r"buy|own)\b|free of charge|"
    r"\bno (?:fee|deposit|charge)|provided|for free\b|costs? (?:you )?nothing|at our (?:cost|expense)"
)


_FLAT = r"\b(?:flat|apartment|tenan(?:t|cy)|rent|lease|bond|room|landlord|key|keys|rental|venue|customer|client)\b"

RULES = (
    _rule(
        "upfront_fee", 0.8,
        r"\b(?:(?:you (?:must|need to|have to|will|should|'ll)(?: first)?|must first|applicants? (?:must|need to)|"
        r"required to|asked to|need you to) "
        r"(?:pay|send|transfer|purchase|buy|deposit|submit)(?: us| me| for)? (?:an? |the |your |our |"
        r"for )?(?:\w{1,14} ){0,3}"
        r"(?:fees?|deposits?|kits?|training|starter pack|materials pack|background check|licen[cs]e fee|gift cards?|"
        r"activation)|"
        r"(?:registration|enrol?lment|activation)(?: only| just)? ?[:=]? ?[$€£₹] ?[0-9]|"
        r"(?:registration|application|training|processing|joining|enrol?lment|activation|refundable|security|starter|"
        r"onboarding|administration|admin|sign-?up|membership) "
        r"(?:fees?|deposits?|kit) (?:of|is|applies|required|must|needed|before|to (?:start|begin|apply)|"
        r"\(?(?:us)?[$€£₹])|"
        r"(?:[$€£₹] ?[0-9][0-9,.]{0,8}|[0-9]{2,6} ?(?:usd|dollars|euros|rupees)) (?:\w{1,12} ){0,2}(?:registration|"
        r"application|training|refundable|security|activation|starter|joining|processing|enrol?lment) "
        r"(?:fee|deposit|kit|pack)|(?:pay|send)(?: \w{1,8}){0,3} (?:before (?:you )?(?:start|begin|work)|to (?:start|"
        r"begin|get started|secure your (?:spot|place)))|"
        r"small investment (?:required|needed|of)|initial investment|one[- ]time (?:fee|investment|payment of)|"
        r"startup (?:cost|fee|kit)|"
        r"(?:buy|purchase) (?:a |our |the |your )(?:starter|training|home business|work|business) (?:kit|package|"
        r"pack))",
        "It asks you to pay before you work. Honest employers pay you.", rf"{_FLAT}|{_WE_GIVE}",
    ),
    _rule(
        "advance_payment_fraud", 0.9,
        r"\b(?:(?:cash|deposit) (?:the |a |our |my |this |your )?(?:cashier'?s? )?(?:checks?|cheques?|money orders?)|"
        r"(?:checks?|cheques?|money orders?) (?:to|will|for you to|that you)(?: \w{1,10}){0,4} "
        r"(?:cash|deposit|be deposited)|(?:send|mail|wire|forward|return|refund) (?:you )?(?:the )?(?:remaining|rest|"
        r"balance|remainder|difference|excess)|"
        r"(?:mail|send) you (?:a |the )?(?:certified |cashier'?s? )?(?:check|cheque)(?: \w{1,10}){0,8} (?:deposit|"
        r"equipment|supplies|purchase|buy)|"
        r"(?:check|cheque)(?: \w{1,10}){0,6} (?:purchase|buy)(?: \w{1,10}){0,4} (?:equipment|supplies|gift cards))",
        "It has you cash a cheque or pass money on. Such cheques bounce after you have sent the money.",
        r"\b(?:paycheck|direct deposit|background|customers)\b",
    ),
    _rule(
        "money_forwarding", 0.9,
        r"\b(?:(?:receive|accept|process)(?: \w{1,10}){0,3} (?:payments?|funds|transfers?|money|"
        r"deposits?)(?: \w{1,12}){0,6} (?:forward|transfer|send|wire|into your (?:bank )?account|"
        r"to your (?:bank )?account|through your|in your (?:bank )?account)|"
        r"(?:use|using|through|lend|rent) your (?:own |personal )?bank account|(?:forward|transfer|send|"
        r"wire) (?:the |these |those )?(?:funds|money|payments?) (?:to|via|through|on|by) (?:our|the|another|other|"
        r"western|moneygram|bitcoin|a third|crypto)|"
        r"payment processing agent|money transfer agent|(?:western union|moneygram)|"
        r"keep (?:a )?(?:[0-9]{1,2}% )?(?:commission|percentage)? ?(?:and|then) (?:forward|send|transfer)|"
        r"(?:buy|purchase|convert)(?: \w{1,10}){0,4} (?:bitcoin|crypto|gift cards)(?: \w{1,10}){0,4} (?:and|"
        r"then) (?:send|forward|transfer))",
        "It has you pass other people's money on. That is how stolen money is laundered.",
        r"\b(?:build|develop|integrat|website|app|developer|paid (?:by|via|through))",
    ),
    _rule(
        "reshipping", 0.9,
        r"\b(?:re-?ship(?:ping|per)?|(?:receive|accept|collect|inspect)(?: \w{1,10}){0,3} (?:packages?|parcels?|mail|"
        r"goods)(?: \w{1,12}){0,6} (?:home|your (?:own )?address|forward|re-?send|ship|re-?pack)|"
        r"(?:forward|re-?send|repack(?:age)?) (?:the |these )?(?:packages?|parcels?|items|goods)|(?:package|parcel|"
        r"shipping) (?:handler|inspector|forwarding)(?: \w{1,8}){0,4} (?:from home|at home)|"
        r"(?:packages?|parcels?) (?:at|to|from) your (?:own )?(?:home|house|address))",
        "It has parcels sent to your home to pass on. Such parcels are usually bought with stolen cards.",
        r"\b(?:software|api|warehouse|website)\b",
    ),
    _rule(
        "pyramid", 0.75,
        r"\b(?:mlm\b|multi-?level (?:marketing|commission|income|compensation|plan)|network marketing|"
        r"downline|upline|residual income|ground floor opportunity|"
        r"be your own boss|own (?:\W{1,3}free\W{1,3} )?(?:\w{1,12} )?business (?:for free|opportunity|from home)|"
        r"your own \W{0,3}(?:free )?\W{0,3}(?:\w{1,12} )?business\b(?! cards?| website| email| hours)|(?:recruit|"
        r"bring in|enrol?l|sign up) (?:\w{1,10} ){0,2}(?:friends|others|people|members|"
        r"new members)(?: \w{1,10}){0,4} "
        r"(?:earn|paid|get|commission|bonus|levels?)|(?:earn|get paid|commission|bonus)(?: \w{1,10}){0,5} (?:people|"
        r"members|everyone|person|friends) (?:you|that you|who you) (?:recruit|bring|enrol?l|sign up)|"
        r"new associates welcome|team builders? wanted|unlimited (?:income|earning) potential)",
        "It pays for recruiting others rather than for work.",
        r"\b(?:we are an mlm software|mlm software)\b",
    ),
    _rule(
        "account_renting", 0.7,
        r"\b(?:(?:rent|lend|lease|borrow|share)(?:ing)? (?:me |us |out )?(?:of )?(?:your|an?|old|aged|"
        r"verified)(?: \w{1,14}){0,3} (?:accounts?|profile)|(?:use|access to|using) your (?:\w{1,12} )?(?:facebook|"
        r"upwork|fiverr|linkedin|paypal|"
        r"cash ?app|ebay|amazon|gmail|google|bank|discord|reddit|freelancer|uber|doordash) account|verif(?:y|"
        r"ied) (?:\w{1,10} )?(?:accounts? for (?:me|us)|upwork account)|accounts? (?:for rent|rental))",
        "It wants to use your account. You answer for what others do with it.",
        r"\b(?:manage|management|marketing|ads|client's|our|bookkeep|advertis)",
    ),
    _rule(
        "deceptive_task", 0.4,
        r"\b(?:(?:leave|write|post|give|submit|provide|need|want|get|buy|paid)(?: \w{1,10}){0,4} (?:5|five|positive|"
        r"good|fake|honest positive|4-5)[ -]?(?:star|stars|\*)?(?: \w{1,10}){0,2} (?:reviews?|ratings?|feedback|"
        r"testimonials?)|"
        r"(?:leave|write|post)(?: \w{1,10}){0,3} (?:google|yelp|amazon|trustpilot|facebook|app store|play store|"
        r"tripadvisor|glassdoor|product testimonial) (?:reviews?|ratings?)|fake (?:reviews?|votes?|followers|likes|"
        r"accounts?|id|documents?)|"
        r"(?:vote|upvote|votes|upvotes) (?:for|on) (?:me|my|us|our)|buy(?:ing)? (?:upvotes|votes|followers|likes|"
        r"reviews)|need (?:\w{1,8} )?(?:upvotes|votes)\b)",
        "It asks for reviews or votes that are not honest. Sites close the accounts of those who write them.",
        r"\b(?:collect|website feature|plugin|widget|respond to|manage|movie|literature|film|book review|article)\b",
    ),
    _rule(
        "deceptive_task", 0.4,
        r"\b(?:(?:take|sit|do|complete|finish|write|pass)(?: \w{1,8}){0,2} (?:my|our|"
        r"an) (?:online )?(?:\w{1,14} )?(?:exams?|tests? for me|quiz(?:zes)?|homework|assignments?|coursework|"
        r"college essay|essay for class|thesis|dissertation|class(?:es)? for me)|"
        r"(?:assignment|coursework|homework|dissertation|exam|essay) (?:writer|doer|completion|writing service)|"
        r"avoid(?:ing)? ai[- ]detection|bypass(?:ing)? (?:ai|turnitin|plagiarism)|(?:pass|"
        r"undetectable by) (?:ai detect(?:ion|ors?)|turnitin)|"
        r"(?:assist(?:ance)?|help) with (?:\w{1,14} ){0,3}(?:licen[cs]e|certification|university|college|"
        r"diploma) (?:course|exam|assignments?))",
        "It looks like cheating at school or in an exam.",
        r"\b(?:tutor|teach|explain|my (?:son|daughter|child|kid|kids))\b",
    ),
    _rule(
        "deceptive_task", 0.4,
        r"\b(?:(?:scan|copy|forge|put|add|edit|change)(?: \w{1,8}){0,3} signature(?: \w{1,8}){0,4} (?:on|onto|to|"
        r"in) (?:a |the |my )?(?:certificate|document|letter|form|contract)|(?:declaration|statutory|notary|"
        r"witness) (?:\w{1,10} )?(?:form )?sign(?:n?ing|ature)|"
        r"(?:fake|edit|alter|modify|change)(?: \w{1,8}){0,3} (?:bank statement|pay ?stub|payslip|certificate|diploma|"
        r"transcript|passport|id card|doctor'?s note|medical certificate))",
        "It looks like a false document or signature.",
        r"\b(?:digital signature software|docusign|e-?signature|generator)\b",
    ),
    _rule(
        "deceptive_task", 0.75,
        r"\b(?:auto-?click(?:er|ers|ing)?|(?:clicks?|clicking|views?|"
        r"watch(?:es)?) (?:on )?(?:\w{1,8} )?(?:ads|videos|links) "
        r"(?:for you|automatic(?:ally)?)|bots? (?:that|to|which) (?:clicks?|views?|"
        r"farms?)|farm(?:ing)? (?:clicks|views|accounts))\b",
        "It earns by faking clicks, which the sites forbid.",
        r"\b(?:game|keyboard|develop)",
    ),
    _rule(
        "referral_bait", 0.35,
        r"(?:\b(?:my|with (?:a|my|this)|use my|here is (?:my|a|the)|here's (?:my|a|the)|through my|"
        r"non[- ]?) ?(?:referral|ref|affiliate|invite|invitation)(?: link| code| id|\b)|\breferral link|"
        r"\(ref(?:erral)?(?: link)?\)|"
        r"\b(?:refer|invite) (?:\w{1,8} ){0,2}friends\b|friends you refer|[?&](?:ref|rid|referral|referrer|refid|aff|"
        r"user)=)",
        "It lives from people who sign up through the writer's link.",
        r"\b(?:don'?t|no ref(?:erral)?|not (?:a |my )?ref(?:erral)?|not looking for|without ref(?:erral)?|rule|"
        r"not allowed|"
        r"developer|engineer|referral bonus for)\b",
    ),
    _rule(
        "too_good", 0.35,
        r"\b(?:(?:make|earn|making|earning)(?: some)? (?:extra|easy|quick|fast|good|serious|real|big) (?:income|"
        r"money|cash)|easy money|get rich|(?:make|earn|pull in|bring in)(?: up to| over|"
        r" at least)? (?:a few )?(?:hundreds|thousands|hundred bucks|thousand dollars)|"
        r"few hundred (?:bucks|dollars|quid|pounds|a|this|per|every|each|today|extra)|(?:extra|easy|quick|fast) \\$|"
        r"(?:earn|paid|money|income) (?:while you sleep|for (?:doing )?nothing)|guaranteed (?:income|money|earnings|"
        r"pay)|financial freedom|fire your boss|"
        r"quit your (?:day )?job|money (?:will )?(?:stack|pil)(?:es|s)? up|"
        r"(?:100% )?tax[- ]free (?:income|salary|money)|unlimited (?:income|earnings?|earning potential|money)|"
        r"life[- ]changing (?:income|opportunity|money)|(?:make|earn|earning|"
        r"making) (?:up to )?[$€£][0-9,]{3,7}\+? ?(?:a|per|/|every) ?(?:day|week)|"
        r"(?:make|making|earn) money (?:in the comfort|from (?:the comfort|home)|while you sleep|online fast)|"
        r"once in a lifetime|no experience (?:is )?(?:required|necessary|"
        r"needed),? (?:\w{1,8} ){0,4}(?:training (?:will be )?provided|we train)(?=.{0,400}(?:work from home|"
        r"from home|facebook|social media)))",
        "It promises more than such work pays.",
    ),
    _rule(
        "vague", 0.25,
        r"\b(?:(?:there may be|may be|this may be|could be) an? (?:\w{1,12} )?opportunity|"
        r"if you want (?:some )?more info(?:rmation)?|mutually (?:help|benefit)|(?:for|"
        r"want) more info(?:rmation)?,? (?:please )?(?:text|whatsapp|telegram|dm))",
        "It doesn't say what the work is.",
    ),
    _rule(
        "off_platform_contact", 0.3,
        r"\b(?:(?:text|sms|whats ?app|telegram|kik|google hangouts?|hangouts|wechat|viber|snapchat|line)\b(?: me| us|"
        r" only| at| on| to| a text){0,6} ?:? ?(?:at |on )?[+(]{0,2}(?:[0-9 ().+-]{0,12}[ol][0-9ol ().+-]{4,14}|"
        r"[0-9] [0-9] [0-9][0-9 ().+-]{5,16})|"
        r"(?:contact|message|add|reach|dm|text|interview|hit|join|write|ping)(?: \w{1,8}){0,3} (?:on|via|through|using|"
        r"by|my|our|only on) (?:whats ?app|telegram|kik|google hangouts?|hangouts|wechat|viber|snapchat|signal|"
        r"text(?: message)?)\b|(?:whats ?app|telegram|kik|signal) only\b|only (?:on|by|via) (?:whats ?app|telegram|"
        r"kik)\b|"
        r"(?:do not|don'?t) (?:bid|apply|reply|message|answer) (?:here|on (?:this|the) (?:site|board|platform)))",
        "It wants to leave the board's own messages at once, where nobody can check it.",
        r"\b(?:bot|api|integration|develop|app that|customers)",
    ),
    _rule(
        "personal_data", 0.5,
        r"\b(?:(?:send|provide|submit|share|give|need|email|upload|require)(?: \w{1,8}){0,4} (?:ssn|"
        r"social security (?:number|card)?|bank (?:details|account (?:number|details|info(?:rmation)?)|login)|"
        r"passport(?: copy| photo| number)?|"
        r"(?:copy|photo|picture|pictures|scan|front and back) of (?:your |the )?(?:id|passport|driver'?s? licen[cs]e|"
        r"credit card)|credit card (?:number|details|info)|selfie (?:with|holding) (?:your )?(?:id|passport)|"
        r"online banking (?:login|details)|"
        r"credit score|credit report)|gathers? (?:your )?location data|tracks? your location)",
        "It asks for personal documents or data before there is a contract.",
        r"\b(?:after (?:you are )?hired|w-?9|i-9|once hired|never|background check upon|form that|database)\b",
    ),
    _rule(
        "personal_data", 0.3,
        r"^(?:\[\w{1,10}\] )?(?:please )?(?:sign ?up|register|create an account) (?:to|for|on|at|with) (?:an?|my|our|"
        r"this) (?:\w{1,12} )?(?:app|site|website|platform|bank|exchange|casino|betting site)\b",
        "It has you open an account with your own data.",
    ),
    _rule(
        "adult", 0.45,
        r"\b(?:adult (?:entertainment|services?|content|film|site|video|industry|model)|xxx|escorts?|"
        r"web ?cam (?:models?|girls?)|cam (?:girls?|models?)|nudes?|nudity|only ?fans|sugar (?:baby|daddy|mama)|"
        r"topless|fetish|porn(?:o|ography)?|sensual massage|"
        r"open[- ]minded (?:females?|girls?|women|ladies))\b",
        "It leads to adult work.",
        r"\b(?:no nudity|non-?nude|not adult|no adult|discretion|may (?:contain|include)|filter|flag|moderat|"
        r"figure model|life "
        r"(?:model|drawing)|drawing (?:group|class|circle)|art (?:class|school|students?)|sculptor|painters?|"
        r"no erotica)\b",
    ),
    _rule(
        "off_the_books", 0.25,
        r"\b(?:off the books|under the table|no taxes (?:taken|withheld))\b",
        "It offers undeclared pay: you have no protection and owe the tax.",
    ),
    # Signs that take several words together, wherever they stand.
    _rule(
        "upfront_fee", 0.8,
        r"\b(?:(?:registration|application|joining|enrol?lment|activation|onboarding|administration|membership|"
        r"franchise|certification|starter|training|security|refundable|materials?|licen[cs]e|work|courier's|"
        r"professional) (?:[\w']{2,12} )?"
        r"(?:fees?|deposits?|packs?|packages?|box|kits?|insurance|portfolio|charges?|payments?)|fees?|"
        r"(?<!direct )deposits?|kit|"
        r"(?:our|the) (?:[\w']{3,14} )?(?:certification|certificate|portfolio|franchise|insurance))\b",
        "It asks you to pay before you work. Honest employers pay you.",
        rf"{_FLAT}|{_WE_GIVE}", also=(_MONEY, _WORKER_PAYS),
    ),
    _rule(
        "upfront_fee", 0.8,
        r"\b(?:unlock|activate|recharge|recharging|top(?:ping)? (?:it |them |your \w{3,10} )?up|charge up|release)\b",
        "It asks you to pay before you work. Honest employers pay you.",
        r"\b(?:game|phone|develop|door|feature|code|screen|build)", also=(
            r"\b(?:pay|recharge|top|deposit|usdt|crypto|fee|your own money)\b",
            r"\b(?:withdraw\w{0,3}|premium|tasks?|next (?:set|level|batch)|members'?|wallet|balance|earnings|"
            r"commission)",
        ),
    ),
    _rule(
        "upfront_fee", 0.8,
        r"\b(?:(?:out of the|not in the|leaving the) country|abroad (?:at the moment|right now)|"
        r"through a transfer service|"
        r"(?:cannot|can't) meet (?:you )?in person|missionar(?:y|ies))",
        "Somebody whom you can't meet asks for money. Honest employers pay you.",
        also=(r"\b(?:deposit|payment|fee|insurance|cheque|check|keys?)\b", r"\b(?:send|transfer|pay|wire)\b"),
    ),
    _rule(
        "advance_payment_fraud", 0.9,
        r"\b(?:checks?|cheques?|money orders?)\b",
        "It has you cash a cheque or pass money on. Such cheques bounce after you have sent the money.",
        r"\b(?:paycheck|background|pay (?:you )?by|paid by|customers? who|ledger)\b", also=(
            r"\b(?:deposit|cash|bank|pay in|put|place)(?:ing)? (?:it|them|the (?:checks?|cheques?)|this|that)\b|"
            r"\bin(?:to)? your (?:own )?(?:bank )?account|from (?:our|a|the) (?:\w{3,12} )?(?:vendor|supplier)",
            r"\b(?:remainder|remaining|rest|balance|difference|excess|what(?:'s| is) (?:left|over)|left over|"
            r"leftover|gift cards?|"
            r"money orders?|wire|western union|moneygram|zelle|e-?transfer|vendor|send the money)\b",
        ),
    ),
    _rule(
        "advance_payment_fraud", 0.9,
        r"\bgift cards?\b",
        "It has you buy gift cards. Their codes are money that nobody can get back.",
        r"\b(?:paid (?:in|by|with|via)|reward|we (?:give|send) you)\b", also=(
            r"\b(?:buy|purchase|get|send the (?:payment|money)|pay)\b[^.\n]{0,40}\bgift cards?",
            r"\b(?:codes?|scratch|photos? of|your own money|reimburse|send the (?:payment|money)|with the rest)\b",
        ),
    ),
    _rule(
        "money_forwarding", 0.9,
        r"\b(?:in(?:to)?|to|through|via|using|use) your (?:own |personal )?(?:bank |current |savings )?account\b|"
        r"\bbank account in your (?:own )?name\b",
        "It has you pass other people's money on. That is how stolen money is laundered.",
        r"\b(?:build|develop|integrat|website)", also=(
            r"\b(?:customers?|clients?|buyers?|payments?|funds|transfers?|investors?)\b",
            r"\b(?:pass|forward|send|move|transfer|wire|withdraw) (?:it|them|the (?:rest|remainder|balance|"
            r"money|funds|cash))\b|"
            r"\bkeep(?:ing)? (?:[0-9]|your (?:cut|share|commission)|a (?:cut|share|percentage))|"
            r"\bconvert (?:it|them)\b",
        ),
    ),
    _rule(
        "reshipping", 0.9,
        r"\b(?:parcels?|packages?|packets|boxes)\b",
        "It has parcels sent to your home to pass on. Such parcels are usually bought with stolen cards.",
        r"\b(?:depot|warehouse|dock|neighbou?rs|delivery round|software)\b", also=(
            r"\b(?:at|to|from|in) your (?:own )?(?:home|house|flat|address|place|apartment|door)\b|"
            r"\bat home\b|\blocal address\b|"
            r"\b(?:come|arrive|delivered|sent) to you\b|\b(?:parcels?|packages?) (?:arrive|turn up)\b|"
            r"\byou (?:take in|accept|receive)\b",
            r"\bre-?(?:ship|send|pack|label)|\b(?:post|mail|ship|send) (?:them |it )?abroad\b|\bpost (?:them|"
            r"it) on\b|\bforward (?:them|it|to)\b|\b(?:new|old|shipping) label|"
            r"\blabels? (?:that )?(?:we|they)\b|"
            r"\b(?:buyers|customers|clients|company) abroad\b|\b(?:takes?|pass(?:es)?|send|hand) (?:them|"
            r"it) (?:on|to)\b",
        ),
    ),
    _rule(
        "pyramid", 0.75,
        r"\b(?:recruit|introduce|bring in|invite|sign up|enrol?l)(?:s|ing)?\b|"
        r"\b(?:commission|share|slice|cut|percentage|bonus|earn) (?:of|on|from) (?:everyone|every|all|each|"
        r"their|what)\b",
        "It pays for recruiting others rather than for work.", also=(
            r"\blevels? (?:deep|of)\b|\bmore levels\b|\b(?:under|below|beneath) you\b|\bdownline|"
            r"\bthey (?:introduce|invite|recruit|sell|"
            r"bring|sign)\b|\binvites? \w{2,8} more\b|\btheir (?:fees|sales)\b|\b(?:two|three|more) investors\b",
            r"\b(?:earn|commission|share|slice|cut|bonus|doubled|rich|paid|get)\b",
        ),
    ),
    _rule(
        "account_renting", 0.75,
        r"\b(?:your|verified|aged) (?:own )?(?:\w{2,14} ){0,3}(?:accounts?|profiles?|login)\b|"
        r"\bopen (?:\w{2,10} ){0,2}accounts? in your (?:own )?name\b|\b(?:the|your) log-?in\b",
        "It wants to use your account. You answer for what others do with it.",
        r"\b(?:client's|our (?:\w{2,12} )?account|password manager)\b", also=(
            r"\b(?:rent|lend|borrow|lease)\b|\bhand (?:me|us|over)\b|\bgive (?:me|us) (?:the|your) (?:login|"
            r"log-in|password|code)|"
            r"\blet (?:me|us) use\b|\bneed your (?:\w{2,14} ){0,3}(?:account|profile|login)\b",
            r"\b(?:log-?in|password|code|split|in your (?:own )?name|can(?:'t|not) register|weekly|monthly)\b|"
            r"\b(?:per|a) (?:week|month)\b|\bfor doing nothing\b",
        ),
    ),
    _rule(
        "too_good", 0.75,
        r"\b(?:double your (?:money|investment|deposit)|starting capital|guaranteed (?:profits?|returns?)|"
        r"(?:earn|profit|return)s?(?: of)? [0-9]{1,3} ?% (?:a|per|every|each) (?:day|week)|"
        r"[0-9]{1,3} ?% (?:daily|profit a day))",
        "It promises returns on money that you put in. Nobody can.",
    ),
    _rule(
        "too_good", 0.75,
        r"\b(?:lik(?:e|ing)|rat(?:e|ing)|boost(?:ing)?|optimi[sz](?:e|ing|ation))(?: (?:of|or|and|your|the|"
        r"our|\w{3,10})){0,3} "
        r"(?:videos|items|products?|hotels?|apps|restaurants|orders|merchants?|bookings?)\b",
        "Such task jobs pay little at first and then ask for deposits.", also=(
            r"\b(?:commission|per day|daily|a day|each day|wages|we pay)\b",
            r"\b(?:telegram|whats ?app|recharge|top (?:it |them )?up|usdt|recommended by)\b",
        ),
    ),
    _rule(
        "deceptive_task", 0.75,
        r"\b(?:exams?|tests?|finals?|interview|class)\b",
        "It has you pretend to be somebody else.",
        also=(r"\b(?:under|in) my name\b|\bas me\b|\bpretend to be me\b|\bimpersonat",),
    ),
    _rule(
        "deceptive_task", 0.4,
        r"\b(?:sits?|takes?|writes?|does|do|completes?|finish(?:es)?|passe?s?) my (?:[\w-]{1,14} ){0,3}"
        r"(?:exams?|finals?|tests?|quiz(?:zes)?|midterms?|coursework|assignments?|homework|essays?|"
        r"dissertation|thesis)\b",
        "It looks like cheating at school or in an exam.",
        r"\b(?:tutor|teach|explain|my (?:son|daughter|child|kid|kids)|proofread|medical|blood|software)\b",
    ),
    _rule(
        "deceptive_task", 0.75,
        r"\b(?:(?:five|5|positive|good|great|glowing)[ -]?(?:stars?|reviews?|ratings?|feedback))\b",
        "It asks for reviews or votes that are not honest. Sites close the accounts of those who write them.",
        r"\b(?:do not|don't|never) want\b", also=(
            r"\b(?:needn't|need not|(?:do not|don't) (?:have|need) to|even if you|without|haven't|"
            r"never)\b[^.\n]{0,30}"
            r"\b(?:stay|stayed|visit|visited|been|use|used|buy|bought|buying|eat|eaten|order|ordered|try|"
            r"tried)\b|\bmore accounts\b",
        ),
    ),
    _rule(
        "deceptive_task", 0.4,
        r"\b(?:rate|review) (?:our|my|us)\b[^.\n]{0,30}\b(?:five|5) ?-?stars?\b|\bpositive (?:reviews?|"
        r"feedback|comments?) (?:on|for)\b",
        "It asks for reviews or votes that are not honest. Sites close the accounts of those who write them.",
    ),
    _rule(
        "personal_data", 0.75,
        r"\b(?:bank(?:ing)? (?:login|log-in|password)|social security|ssn|credit card (?:ready|number|"
        r"details)|bank name)\b",
        "It asks for personal documents or data before there is a contract.",
        r"\b(?:never|not ask|form that|database|software)\b", also=(
            r"\b(?:send|e-?mail|reply|upload|scan|have your)\b|\btext (?:us|me|your|a|the|over)\b",
            r"\b(?:passport|id card|both sides|selfie|credit card ready|full name|your id|licen[cs]e|photo of)\b",
        ),
    ),
    _rule(
        "upfront_fee", 0.8,
        r"\b(?:currency|customs|conversion|release|clearance|transfer|courier|visa|permit|uniform|insurance|"
        r"background[- ]check|"
        r"credit report|dbs|police check) (?:\w{3,10} )?(?:charges?|fees?|costs?|tax)\b",
        "It asks you to pay before you work. Honest employers pay you.",
        rf"{_FLAT}|{_WE_GIVE}", also=(
            r"\b(?:you|your side|applicants?|candidates?)(?: \w{2,10}){0,3} (?:pay|cover|send|transfer|deposit)\b|"
            r"\b(?:on|from|at) your (?:side|end|expense|own (?:pocket|cost))\b|\b(?:must|to) be paid (?:by you|first|"
            r"upfront|"
            r"up front|before)|\bpay(?:ing)? (?:us |me |only )?(?:the|for|a) ",
        ),
    ),
    _rule(
        "upfront_fee", 0.8,
        r"\b(?:gastos de (?:gesti[oó]n|env[ií]o|formaci[oó]n|inscripci[oó]n|registro|material)|(?:cuota|tasa|pago|"
        r"matr[ií]cula) "
        r"(?:de|por) (?:inscripci[oó]n|registro|formaci[oó]n|curso)|frais (?:de dossier|d'inscription|de formation|"
        r"d'envoi|de kit)|"
        r"(?:bearbeitungs|anmelde|vermittlungs|schulungs|registrierungs|material)(?:gebühr(?:en)?|kosten|pauschale)|"
        r"taxa de (?:inscrição|cadastro|material)|opłat[ay] (?:rejestracyjn\w{1,2}|wpisow\w{1,2})|"
        r"spese di (?:iscrizione|gestione))\b",
        "It asks you to pay before you work. Honest employers pay you.",
        r"\b(?:sin|sans|keine|ohne|aucun|senza|sem|bez|nunca|jamais|nie)\b", also=(
            r"\b(?:ingres\w{1,5}|pag(?:ar|a|ue|as|are)|abon\w{1,4}|transfer\w{1,4}|pay(?:er|ez|é)|vers(?:er|ez)|"
            r"virer|zahl\w{0,3}|"
            r"überweis\w{0,3}|deposit\w{0,4}|vorab|por adelantado|d'avance|zapłac\w{1,3}|versare)\b",
        ),
    ),
    _rule(
        "money_forwarding", 0.9,
        r"\b(?:in(?:to)?|to|through|via) your (?:own )?(?:crypto |bitcoin |digital |e-?)?(?:wallet|account|pay ?pal|"
        r"cash ?app|venmo|"
        r"zelle)\b",
        "It has you pass other people's money on. That is how stolen money is laundered.",
        r"\b(?:build|develop|integrat|website|app that)", also=(
            r"\b(?:pass(?:es|ing)?|forward(?:ing)?|send(?:ing)?|mov(?:e|ing)|transfer(?:ring)?|wire|withdraw|convert) "
            r"(?:it|them|that|the (?:rest|remainder|money|coins?|funds|balance|cash|amount))\b",
            r"\bkeep(?:ing)? (?:[0-9]{1,2}|a (?:cut|share|percentage|commission)|your (?:cut|share|commission)|the "
            r"(?:rest|difference))\b|\b[0-9]{1,2} ?(?:%|percent) (?:is|for|commission|of)\b",
        ),
    ),
    _rule(
        "vague", 0.3,
        r"\b(?:(?:can(?:'|no)?t|cannot|won'?t|not going to) (?:put|post|share|give|say|explain|list) (?:the |all |"
        r"any |too many )?"
        r"(?:details?|more|it|everything|much) (?:here|online|publicly|on here|in (?:the|this) (?:ad|post))|"
        r"i(?:'ll| will) (?:fill you in|explain (?:everything|more|the rest|it all))|"
        r"details (?:will be )?(?:given|sent|shared|explained) (?:only )?(?:in private|in (?:dm|pm)s?|by (?:dm|pm|"
        r"text)|on "
        r"(?:telegram|whats ?app))|(?:comment|reply|type|text|respond)(?: with)? \W?(?:info|interested|start|ready)\W)",
        "It doesn't say what the work is.",
    ),
    _rule(
        "too_good", 0.75,
        r"\b(?:(?:resume|cv|profile|background)(?: \w{2,9}){0,4} (?:was|has been|have been|were|been) recommended|"
        r"recommended by (?:\w{3,9} ){0,2}(?:online )?(?:recruit\w{2,6}|employment|job) (?:agenc(?:y|ies)|compan(?:y|"
        r"ies)|sites?))",
        "Real recruiters name you and the job; this wording heads job scams by message.",
    ),
    _rule(
        "too_good", 0.5,
        r"\b(?:(?:merchants?|sellers?|apps?|hotels?|products?|shops?) (?:to )?(?:update (?:their )?data|"
        r"increase (?:their )?"
        r"(?:visibility|bookings|sales|rankings?|exposure))|product boosting|boost(?:ing)? (?:products|orders|apps|"
        r"sales data)|"
        r"rat(?:e|ing) (?:your |our )?(?:favou?rite )?(?:hotels|apps|restaurants|products) )",
        "Such task jobs pay little at first and then ask for deposits.",
        also=(
            r"\b(?:per day|a day|daily|each day|free training|part-?time|commission|whats ?app|telegram|"
            r"paid on the same day)\b",
        ),
    ),
    _rule(
        "too_good", 0.35,
        r"(?:(?<=[$€£])(?:[2-9][0-9]{2}|[1-9],?[0-9]{3})\+? ?(?:(?:-|–|to|and) ?[$€£]? ?[0-9][0-9,]{2,6})? ?"
        r"(?:(?:/|per|a|an|each|every|in (?:a|one)) ?(?:day|night|shift|hour)|daily|nightly)|"
        r"\bdaily (?:pay|wages?|income|earnings)[^.\n]{0,30}[$€£] ?[2-9][0-9]{2})",
        "It promises more than such work pays.",
        r"\b(?:senior|engineer|developer|consultant|lawyer|doctor|nurse|pilot)\b", also=(
            r"\bno (?:exp|experience|skills?|qualifications?)\b|\bfrom (?:home|the couch|your (?:phone|couch|sofa))\b|"
            r"\bwork[- ]from[- ]home\b|\bfree time\b|\b[1-9][0-9]? ?(?:to|-|–) ?[0-9]{2} minutes\b|"
            r"\bfew (?:minutes|hours) (?:a|per|each) (?:day|week)\b|\bno interview\b",
        ),
    ),
    _rule(
        "too_good", 0.35,
        r"\b(?:envelope stuff(?:ers?|ing)|stuff(?:ing)? envelopes|(?:home|product|craft|pen|candle|toy) assembl(?:y|"
        r"ers?) "
        r"(?:work|job|from home|at home)|assembl(?:e|ing) (?:[\w-]{3,10} ){0,4}at (?:your (?:own )?)?(?:home|kitchen)|"
        r"rebate process(?:or|ing)|(?:data|ad|ads|copy[- ]paste) posting|posting ads from home|llen(?:ar|"
        r"ando) sobres|ensobrar|"
        r"mise sous pli|kugelschreiber (?:zusammen\w{3,8}|montier\w{2,3}))\b",
        "Such work from home is an old pretext to sell you a kit or a list.",
    ),
    _rule(
        "account_renting", 0.5,
        r"\b(?:buying|selling|buy|sell|need|want|looking for|wanted:?) (?:your |some |any )?(?:aged|old|verified|pva|"
        r"established|"
        r"used) (?:[\w+&,]{1,12} ){0,5}(?:accounts?|profiles?)\b",
        "It trades in accounts. You answer for what others do with yours.",
        r"\b(?:receivable|payable|bookkeep|manage)",
    ),
    _rule(
        "deceptive_task", 0.4,
        r"\b(?:(?:up|down)-?vot(?:e|es|ing) (?:my|our|this|the|posts?|and|some|a)|(?:like|follow|subscribe|share)"
        r"(?: ?(?:,|&|and|\+) ?(?:like|follow|subscribe|share|comment|react)){1,3} (?:[\w']{1,10} ){0,3}(?:pages?|"
        r"channels?|posts?|"
        r"accounts?|videos?|profiles?)|(?:leave|give|rate|write)(?: [\w']{1,10}){0,3} (?:5|five)[ -]?stars?\b|"
        r"like you(?:'re|r| are) a (?:real )?(?:customer|user|buyer|guest|client)|(?:likes?|follows?|upvotes?|"
        r"subscribers?|"
        r"followers?) (?:each|per (?:post|page))|nice comments?\b|fake (?:engagement|traffic|clicks))",
        "It asks for votes, likes or reviews that are not honest. Sites close the accounts of those who write them.",
        r"\b(?:hotel|restaurant|resort|service|standard|experience) (?:with|of)|"
        r"\b(?:manager|strategy|develop|plugin|widget|design|our customers|feedback from)\b",
    ),
    _rule(
        "deceptive_task", 0.4,
        r"\b(?:plagiarism|similarity|turnitin|ai (?:score|detect(?:ion|or|ors)|check(?:er)?)|submit (?:it |"
        r"this )?(?:as|under) my)\b",
        "It looks like cheating at school or in an exam.",
        r"\b(?:software|plugin|tool|detector app|develop|blog|seo)\b", also=(
            r"\b(?:assignments?|coursework|universit(?:y|ies)|college|thesis|dissertation|term paper|essays?|mba|"
            r"my (?:class|course|"
            r"professor|teacher)|students?)\b",
            r"\b(?:zero|0|under|below|less than|avoid|pass|bypass|free|as my own|must be|rewrite|reword|humani[sz]e)\b",
        ),
    ),
    _rule(
        "deceptive_task", 0.4,
        r"\b(?:do|complete|finish|write|rewrite|paraphrase|solve|take) (?:my|his|her|the|"
        r"an?) (?:[\w'-]{2,12} ){0,3}(?:assignment|"
        r"coursework|dissertation|lab report|term paper|homework|quiz|exam|discussion (?:posts?|board))\b",
        "It looks like cheating at school or in an exam.",
        r"\b(?:tutor|teach|explain|help (?:me|my) (?:understand|with)|my (?:son|daughter|child|kids?)|grade|teacher|"
        r"create|design|"
        r"our students|generator|software)\b",
    ),
    _rule(
        "adult", 0.75,
        r"\b(?:(?:attractive|sexy|beautiful|pretty|hot|young|open[- ]minded) (?:ladies|females?|girls?|women|woman)|"
        r"vip host(?:ess)?e?s?|private (?:dancers?|parties|party)|companions? for gentlem[ae]n)\b",
        "It leads to adult work.", r"\b(?:fashion|boutique|catalog(?:ue)?|runway|bridal)\b", also=(
            r"\b(?:gentlem[ae]n'?s?|open[- ]minded|full[- ]body (?:pics?|photos?|pictures)|discre(?:et|te|tion)|"
            r"after (?:hours|is up)|"
            r"generous|nightly|sensual|massage|no exp|quick \$)",
        ),
    ),
    _rule(
        "personal_data", 0.5,
        r"\b(?:(?:photos?|pictures?|pics?|scans?|cop(?:y|ies)|front and back|both sides)(?: of)? (?:the |your |"
        r"an? )?(?:\w{3,10} )?"
        r"(?:id|i\.d\.|licen[cs]e|passport|ssn|social security|aadhaar|pan card|bank card|debit card)\b|"
        r"(?:hold(?:ing)? up|hold|"
        r"holding) your (?:id|passport|licen[cs]e)\b|(?:send|text|give|need|provide|"
        r"reply with)(?: \w{1,8}){0,4} (?:ssn|otp|cvv|"
        r"pin code|bank name|mother'?s maiden name)\b|need your social\b|bank name (?:&|and) (?:carrier|account))",
        "It asks for personal documents or data before there is a contract.",
        r"\b(?:after (?:you(?:'re| are)? )?hired|once (?:you(?:'re| are)? )?hired|no cop(?:y|ies)|never|not (?:ask|"
        r"need|send|copy)|"
        r"(?:do not|don'?t|won'?t) (?:ask|need|want|send)|w-?9|i-9|vetting|database|receipt|driver'?s? job|"
        r"on your first day)\b",
    ),
    _rule(
        "referral_bait", 0.4,
        r"\bopen (?:an? |your |new )(?:[\w-]{3,10} ){0,3}accounts?\b",
        "It lives from people who sign up through the writer's link.",
        r"\b(?:in your (?:own )?name|open account manager|accountant)\b", also=(
            r"\b(?:my|this|our|the) (?:\w{3,10} )?(?:link|code|referral)\b|\breferral\b",
        ),
    ),
    _rule(
        "upfront_fee", 0.8,
        r"\b(?:pay|send|zelle|cash ?app|venmo|transfer|remit)(?: us| me| only| just| a|"
        r" the)? [$€£₹₦₱]? ?[0-9][0-9,.]{0,8}"
        r"(?: \w{1,12}){0,5} (?:to|and (?:you|we)) (?:secure|reserve|hold|start|begin|join|access|get (?:started|"
        r"access|the list|"
        r"your (?:slot|spot|place|kit|id))|receive (?:your|the) (?:kit|slot|form|link|training|materials?))\b",
        "It asks you to pay before you work. Honest employers pay you.", rf"{_FLAT}|{_WE_GIVE}",
    ),
    _rule(
        "upfront_fee", 0.8,
        r"\b(?:verification|commitment|caution|medical|gate ?pass|form|id ?card|laptop|software|slot|reservation|"
        r"interview|"
        r"document(?:ation)?|legal|agent|agency|recruitment|placement|induction|orientation|course|coaching|"
        r"refundable) "
        r"(?:\w{3,10} )?(?:fees?|charges?|deposits?|amount|bond|money|payment)\b",
        "It asks you to pay before you work. Honest employers pay you.",
        rf"{_FLAT}|{_WE_GIVE}", also=(_MONEY, _WORKER_PAYS),
    ),
    _rule(
        "account_renting", 0.7,
        r"\b(?:(?:pass|do|complete) (?:the |a )?kyc (?:for (?:me|us|our)|on (?:my|our))|verif(?:y|ied|"
        r"ication)(?: \w{2,10}){0,4} "
        r"(?:using|with) your (?:own )?(?:id|identity|documents|passport|face)|(?:attend|take|join|"
        r"do)(?: \w{2,8}){0,2} "
        r"(?:interviews?|calls|meetings) (?:for|on behalf of|as|in place of) (?:me|us|my|our)\b|lend (?:me |"
        r"us )?your (?:identity|"
        r"name|face|id))",
        "It wants to use your name or account. You answer for what others do with it.",
        r"\b(?:customers|our clients|software|develop)\b",
    ),
    _rule(
        "too_good", 0.5,
        r"\b(?:car wraps?|wrap(?:ping|ped)? (?:on )?(?:your|ur) (?:car|vehicle|truck)|advert\w{0,7} on your (?:car|"
        r"vehicle|truck|bike))\b",
        "Car wrap offers are a known pretext for cheques that bounce.",
        r"\b(?:install|design|vinyl|printer|shop)\b", also=(
            r"\b(?:per|a|each|every) (?:week|month)\b|\bweekly\b", r"\b(?:cheques?|checks?|drive as (?:usual|normal)|"
            r"driving as|no cost)\b",
        ),
    ),
    _rule(
        "deceptive_task", 0.75,
        r"\b(?:proctored|proctor) (?:exams?|tests?)\b|\b(?:sit|take|attend|write)(?: \w{2,8}){0,3} (?:in place of|"
        r"instead of|for) me\b",
        "It looks like cheating at school or in an exam.", r"\b(?:proctors? (?:needed|wanted)|invigilat)", also=(
            r"\b(?:exams?|tests?|class(?:es)?|quiz(?:zes)?|course|certification)\b", r"\b(?:my|for me|pass)\b",
        ),
    ),
    _rule(
        "adult", 0.45,
        r"\b(?:(?:feet|foot) (?:pics?|pictures|photos|content|fetish)|lingerie models?|bikini (?:maid|cleaner|"
        r"barista|model)s?|"
        r"flirty (?:chat|messages?)|dating chat|(?:chat|text) (?:operators?|models?|moderators?) for (?:a |"
        r"our )?(?:dating|adult)|"
        r"phone sex|sext(?:ing)?|erotic massage|happy ending)\b",
        "It leads to adult work.", r"\b(?:podiatr|shoe|no adult|moderation policy)",
    ),
    _rule(
        "too_good", 0.35,
        r"\bearn(?:ing|s)?(?: \w{2,10}){0,3} [$€£] ?[1-9][0-9]{2,3}(?:\.[0-9]{2})?\+?(?: ?(?:-|–|"
        r"to) ?[$€£]? ?[0-9][0-9,.]{1,8})?"
        r"(?: extra)? ?(?:daily|weekly|(?:per|a|each|every|/) ?(?:day|week))\b|"
        r"[$€£] ?(?:9[0-9]{2}|[1-9],?[0-9]{3})(?:\.[0-9]{2})?\+?(?: ?(?:-|–|to) ?[$€£]? ?[0-9][0-9,.]{2,8})? "
        r"(?:weekly|(?:per|a|each|every) week)\b",
        "It promises more than such work pays.",
        r"\b(?:senior|engineer|developer|consultant|lawyer|doctor|nurse|driver|pilot)\b",
        also=(
            r"\bno (?:prior |previous )?(?:exp|experience|skills?|qualifications?)\b|\b(?:from|in|"
            r"at) (?:the comfort of )?(?:your|their) "
            r"(?:own )?homes?\b|\bhome[- ]based\b|\bwork(?:ing)?[- ]from[- ]home\b|\bcomfort of\b|\bfree time\b|"
            r"\banytime\b",
        ),
    ),
)  # fmt: skip

_NEGATION = re.compile(
    r"\b(?:no|not|never|without|don'?t|doesn'?t|won'?t|isn'?t|aren'?t|nobody|zero|free of|avoid|beware of|nor|cannot|"
    r"can'?t|neither|refuse to|wouldn'?t|im not going to|not going to|instead of|waived?|free)\b"
    r"(?:\W{1,3}\w{1,14}){0,6}\W{0,3}$"
)
# Codes that a negation cannot undo: "do not text" is itself the sign.
_NEGATION_PROOF = frozenset({"off_platform_contact", "referral_bait", "pyramid", "too_good", "vague"})


_ABOUT = re.compile(r"\b(?:scams?|scammers?|fraud|fraudulent|phishing|laundering|awareness|how \w{3,10} schemes)\b")
"""Work against scams speaks of them: a sign in such a sentence is none."""
REACH = 220
"""Characters on both sides within which the words of one sign must stand together."""
TRIES = 12
"""Matches of a rule that are looked at closely."""


def read_risk(title: Passage, description: Passage, talk: bool = False) -> Risk:
    """Signals in title and description, their score and the level that it means. In talk a referral link is no bait."""
    signals: list[Signal] = []
    weights: dict[str, float] = {}  # by code: two rules of one code are one sign
    possible = title.found.keys() | description.found.keys()
    for rule in RULES:
        if rule.cue not in possible or (talk and rule.code == "referral_bait"):
            continue
        for passage in (title, description):
            found = _first(rule, passage)
            if found is None:
                continue
            start, end = found
            if any(one.code == rule.code and one.start == start and one.end == end for one in signals):
                break  # another rule of this sign quotes the same words
            signals.append(Signal(code=rule.code, text=passage.text[start:end], start=start, end=end, why=rule.why))
            weights[rule.code] = max(rule.weight, weights.get(rule.code, 0.0))
            break
    score = round(1 - math.prod(1 - weight for weight in weights.values()), 3)
    strong = any(weight >= HIGH for weight in weights.values())
    level: RiskLevel = "high" if strong or score >= MANY_SIGNS else "low" if score >= LOW else "none"
    return Risk(level=level, score=score, signals=signals)


def _first(rule: Rule, passage: Passage) -> tuple[int, int] | None:
    low = passage.low
    for match in islice(passage.finditer(rule.cue), TRIES):
        start, end = match.span()
        if rule.also:
            around = low[max(0, start - REACH) : end + REACH]
            if not all(pattern.search(around) for pattern in rule.also):
                continue
        before = clause_before(low, start, 60)
        if rule.code not in _NEGATION_PROOF and _NEGATION.search(before):
            continue
        sentence = clause_before(low, start, 80) + match.group() + clause_after(low, end, 80)
        if _ABOUT.search(sentence) or (rule.not_near is not None and rule.not_near.search(sentence)):
            continue
        return start, end
    return None
