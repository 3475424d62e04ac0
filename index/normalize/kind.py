"""Offer or not: paid work offered, somebody seeking work, or something else (talk, goods, adverts of own services)."""

import re
from dataclasses import dataclass

from index.gig import Evidence, Kind
from index.normalize import habits
from index.normalize.category import Ranking
from index.normalize.cue import Cue
from index.normalize.evidence import Passage, by_board
from index.posting import Posting

_LABEL = re.compile(
    r"(?<![\"“'])[\[(<{] ?(?P<name>hiring|hire|task|job|paid|for hire|forhire|seeking work|offer|"
    r"looking for work|available|"
    r"discussion|"
    r"meta|mod post|question|psa|testimonial|guide|review|success|rant|warning|scam|update|tips?|payment proof|"
    r"proof) ?[\])>}]"
)
_LABEL_KIND: dict[str, Kind] = {
    "hiring": "offer", "hire": "offer", "task": "offer", "job": "offer", "paid": "offer",
    "for hire": "seeking_work", "forhire": "seeking_work", "seeking work": "seeking_work", "offer": "seeking_work",
    "looking for work": "seeking_work", "available": "seeking_work",
    "discussion": "other", "meta": "other", "mod post": "other", "question": "other", "psa": "other",
    "testimonial": "other",
    "guide": "other", "review": "other", "success": "other", "rant": "other", "warning": "other", "scam": "other",
    "update": "other", "tip": "other", "tips": "other", "payment proof": "other", "proof": "other",
}  # fmt: skip

_OFFERS = Cue(
    r"\b(?:(?:is|are|now|we're|currently|urgently) (?:hiring|recruiting|looking for|seeking|searching for|"
    r"in need of)|hiring(?! (?:managers?|process|decisions?))|"
    r"wanted|needed|required|(?:looking|searching) for (?:an? |some |someone|somebody|people|experienced|local|"
    r"talented|the )|"
    r"seek(?:ing|s) (?:an? |experienced|someone|talented|skilled|motivated)|(?:i|we) (?:am |are )?(?:need|require|"
    r"seek|want|"
    r"would like)(?:s|ing)? (?:an? |some |someone|somebody|help|you|to hire|my|our)|(?<!you )need(?:s|"
    r"ing)? (?:an? |some |"
    r"someone|"
    r"somebody|help)(?![^.?!\n]{0,40}\?)|in need of|help (?:me|us|needed|wanted|with)|join our team|join us|"
    r"apply (?:now|here|today|at)|"
    r"to apply|"
    r"send (?:us |me )?(?:your|a) (?:resume|cv|portfolio|quote|r[ée]sum[ée])|job description|responsibilities|"
    r"position (?:available|open)|job opening|vacancy|vacancies|casting|open positions?|reward|get paid|earn |"
    r"paid study|"
    r"participants|paid gig|(?:i|we)(?:'ll| will| can| would)? (?:gladly |happily )?pay\b|pays? (?:is|are|"
    r"[$€£])|will pay|"
    r"compensation|opening for|looking to hire|questionnaire|(?:i|we) (?:can )?(?:offer|give) (?:up to |"
    r"from )?(?:[$€£₹]|"
    r"[a-z]{2,3}\$?) ?[0-9]|happy to pay|somebody to|someone to|(?:you|work) (?:will )?(?:get|receive|earn) [$€£]|"
    r"(?:i|we)(?:'ll| will) (?:give|send) you|who (?:can|could|fancies|wants|would (?:like|love)|is (?:free|able|"
    r"up for))\b|"
    r"(?:can|could|would) (?:any|some)(?:one|body)\b(?! (?:recommend|suggest|explain|tell|else|please explain))|"
    r"(?:any|some)(?:one|body) (?:free|able|available|willing|up for)\b|(?:pedimos|buscamos|se busca|se necesita|"
    r"necesito|"
    r"gesucht|gesuch|wir suchen|suchen wir|suche|cherche|recherchons|recherche|cerchiamo|cercasi|szukamy|procura-se|"
    r"procuramos|söker|sökes|zoeken|gezocht)\b)",
)
# Who is hiring, one line: "Company | Engineer | Full-time | Remote".
_LISTING = Cue(
    r"(?:\| ?(?:(?:full|part)[ -]?time|remote|on-?site|hybrid|contract|interns?)\b|"
    r"\b(?:(?:full|part)[ -]?time|remote(?: \([a-z ,-]{2,30}\))?|on-?site|hybrid|contract) ?\|)"
)
# Words of a person who looks for work; "looking for someone to work" and "I can offer $20" are an employer's.
_WORK = (
    r"(?:work|jobs?|employment|gigs?|clients|families|(?:a |new )position|projects|commissions|"
    r"opportunit(?:y|ies))"
)
_NOT_A_WORKER = (
    r"(?!someone|somebody|people|persons?|anyone|anybody|help|an?\b \w{1,14} (?:to|who)|to\b|who\b|that\b|you)"
)
_SEEKS = Cue(
    rf"\b(?:(?:i am|i'm|im) (?:\w{{1,12}} ){{0,3}}(?:looking for|seeking|searching for|in search of|available for|"
    rf"open to) (?:{_NOT_A_WORKER}\w{{1,12}} ){{0,3}}{_WORK}\b|"
    rf"(?:looking|searching) for (?:{_NOT_A_WORKER}[\w-]{{1,12}} ){{0,2}}(?:work|a job|jobs|employment|gigs|"
    rf"new clients|"
    rf"clients)\b(?! with\b)(?! ?\?)(?! [^.!?\n]{{0,40}}\?)|"
    r"(?:is|are) (?:looking for|seeking) (?:an? )?(?:[\w-]{1,12} )?(?:job|work|position|employment)\b|"
    rf"(?:seeking|seeks|wants) (?:{_NOT_A_WORKER}[\w-]{{1,12}} ){{0,2}}(?:work|employment|a position|a job|"
    rf"job\b(?! [a-z])|"
    rf"jobs|clients)\b|"
    r"available for (?:work|hire|gigs|babysitting|freelance)|"
    r"(?:i (?:need|want)|need|want) (?:a job|work|employment)\b(?! done| finished| to be)|hire me|will work for|"
    r"my (?:cv|resume|portfolio) is|i have (?:over |more than )?[0-9]{1,2}\+? years|"
    r"i(?:'m| am) an? (?:\w{1,14} ){0,3}(?:with|who) (?:over )?(?:[0-9]{1,2}|years)|"
    r"i can (?:help you|design|build|write|make|clean|fix|babysit|mow) (?:you|your|an?|any|for|web|logos?|houses?)|"
    r"i will (?:do|design|write|clean|fix|build|make|create|mow|babysit|watch) (?:you|your|any|"
    r"an? (?:\w{1,12} ){0,2}for)|"
    r"(?:references|cv|portfolio|resume) (?:(?:is |are )?available )?(?:up)?on request|"
    r"would love (?:an? )?(?:\w{1,12} )?(?:job|position|family to work)|my (?:hourly |day )?rates? (?:is|are|"
    r"starts?)\b)",
)
# A worker's title: "Freelance translator available from March"; only with no word of offering beside it.
_SEEKS_TITLE = Cue(
    r"(?:\bavailable (?:from|now|immediately|for|evenings|weekends|weekdays|(?:mon|tues|wednes|thurs|fri|satur|"
    r"sun)days?|"
    r"part[- ]time|full[- ]time)\b|\bi can start (?:at once|immediately|asap|today|now)\b|"
    r"\bfree from (?:the )?\w|"
    r"\bat your service\b|^(?:i do|i offer|i provide|i will|i can) |^offer(?:ed|ing)\b(?! \$)|"
    r"(?:^|[,.!-] )(?:i |i'll |we )?(?:will|can|'ll) (?!pay|give|need|send|provide|be|hire|train|"
    r"consider)\w{3,10} your\b|"
    r"\b(?:[1-9]|[1-4][0-9])\+? ?(?:yrs?|years)\.?'? (?:of )?exp(?:erience|\.)?\b(?! (?:required|needed|necessary|"
    r"preferred|min))|\b(?:available|here)[!*. ]{0,8}$|\bat (?:low|reasonable|affordable|cheap|great) (?:rates?|"
    r"prices?))"
)
# Praise of oneself at the start of a title that is all there is: "Reliable experienced nanny".
_PRAISES = Cue(
    r"^\W{0,8}(?:(?:very|super|most) )?(?:reliable|experienced|responsible|honest|trustworthy|dependable|professional|"
    r"affordable|loving|caring|hard ?-?working|mature|friendly|skilled|licensed|certified|quality|cheap|best|top)\b"
)
# A trade named as a service, by a title that is all there is: "Carpet Cleaning", "Home remodeling and repairs".
_SERVICE = Cue(
    r"\b(?:cleaning|painting|remodell?ing|renovations?|repairs?|restoration|(?<!customer )services?|hauling|"
    r"plumbing|landscaping|"
    r"maintenance|roofing|flooring|grooming|detailing|installations?|removals?|recycling|tiling|plastering|towing|"
    r"(?:providing|provides|offering|offers) (?:\w{3,12} ){0,2}(?:care|lessons|classes|help)|shops?|and small jobs)"
    r"(?=$|[^a-z]| (?:and|&|in|for|by|at|-)\b)"
)
_ADVERTISES = Cue(
    r"\b(?:(?:my|our) (?:\w{1,12} )?(?:services?|rates|prices|packages) (?:are|is|include|start)|we offer "
    r"(?:\w{1,12} ){0,3}(?:services?|cleaning|repairs?|lessons|classes|training courses)|(?:i|we) (?:offer|"
    r"provide) (?:\w{1,12} ){0,4}services?|"
    r"free (?:estimates?|quotes?|quotations?|consultations?)|call (?:now|today|us today|us now|us for)|"
    r"licen[cs]ed (?:and|&) insured|fully insured|fully licen[cs]ed|family[- ](?:run )?business since|"
    r"(?:affordable|cheap|low|best|reasonable) (?:rates?|prices?|services?)|satisfaction guaranteed|"
    r"(?:happy|satisfied) (?:clients|customers)|(?:choose|pick) (?:an? |your )(?:package|plan)|"
    r"new clients|book (?:now|online|today|early|your)|(?:[0-9]{1,2}%|[$€£][0-9]{1,4}) (?:off|discount)\b|"
    r"(?!customer|food|room|guest|table|client)\w{3,16} "
    r"(?:and (?!customer)\w{3,16} )?services?(?:$| \(| -|,| call)|(?:my|our) home or yours|openings? available|"
    r"(?:infant|toddler|daycare|preschool|enrol?lment|\w{2,10}) openings? ?$|open schedule|save (?:up to )?[$€£0-9]|"
    r"special offer|limited time|^(?:promote|advertise|showcase|boost|list|discover|improve) your\b|"
    r"^(?:do you |does anyone |anyone )?need an? (?!job|work|side|new job|weekend|part|flexible|break|change|"
    r"few|little|"
    r"extra)[^.?!\n]{3,40}\?)",
)
_GOODS = Cue(
    r"\b(?:for sale|for rent|to rent\b(?! (?:out|your|their|an? account|accounts?))|to let\b|"
    r"(?:cash|money|top dollar) (?:paid )?for (?:your |any |old |junk |used |unwanted )|"
    r"(?:we|i) (?:also )?buy (?:your |any |old |junk |used |unwanted |all )|sublet|sublease|roommate|room mate|"
    r"flatmate|housemate|"
    r"square feet|sq ?ft|(?:obo|ono|o\.n\.o|vb)\b|brand new in box|mint condition|gently used|hardly used|"
    r"barely used|like new|"
    r"vintage \w|antique \w|selling (?:my|a|an|as|due)|reduced price|price (?:is )?firm|garage sale|"
    r"yard sale|car boot|"
    r"free to a good home|collection only|(?:includes?|incl) (?:all )?utilities|bills (?:in|included)\b|"
    r"[0-9]{2,5} ?[€$£]? ?(?:/|per|a) ?\bmonth\b(?=.{0,60}(?:studio|room|flat|apartment|house|garden)))",
)
# Homes as adverts describe them. A cleaner's flat has two bedrooms as well, so only where no work is named.
_HOMES = Cue(
    r"\b(?:(?:[1-9]|one|two|three|four)[ -]{1,2}(?:br|bed|beds|bedrooms?|bdrm|bath)\b|(?:single|double|"
    r"en-?suite) room\b|"
    r"studio (?:apartment|flat|apt|furnished)|(?:furnished|cozy|cosy|beautiful|charming|"
    r"spacious|bright|sunny|lovely|nice|great|luxury) (?:and \w{1,12} )?(?:\w{1,10} )?(?:room|apartment|apt|"
    r"flat|house|"
    r"home|loft|condo|atelier|studio|duplex)\b|apartment (?:in|for|near|at)|flat (?:in|to|for|near))",
)
# Homes and things by a title that is all there is, whatever work its words may name.
_HOMES_ALONE = Cue(
    r"\b(?:(?:[1-9]|one|two|three|four|five) ?-?(?:bed(?:room)?s?|br|bdrms?|bd)\b|rooms? (?:available|for|to|in|"
    r"near)\b|"
    r"town ?-?house\b|condos?\b|duplex\b|(?:studio|furnished|brand new|luxury|cozy|cosy|sunny) (?:\w{3,10} ){0,3}"
    r"(?:apartment|apt|flat|room|house|condo|studio)\b|sublet\b|(?:canon|nikon|sony|panasonic|leica|samsung|olympus|"
    r"bose|"
    r"fender|gibson|yamaha|dell|lenovo|iphone|macbook|ipad|xbox|"
    r"playstation) (?:[\w-]{1,10} )?[\w-]{0,6}[0-9][\w-]{0,8})"
)
_CHORE = Cue(r"\b(?:help|move|moving|wait|clean|paint|fix|carry|helper|someone|somebody|people) ")
_PROMOTES = Cue(r"\b(?:(?:my|this|the) (?:\w{1,12} )?(?:link|code)|sign ?up|referral)\b")
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_TALKS = Cue(
    r"(?:^(?:new to|psa|fyi|heads ?-?up|important|til|ama|need for|reminder|quick reminder|discussion|question|rant|"
    r"vent|warning|beware|scam|"
    r"just wanted to|i just|my experience|update|thank|thanks|shout ?-?out)\b|"
    r"^(?:test|testing)(?: post)?$|^my (?:first|second|last|best|worst|results|earnings|journey|story)\b|"
    rf"\b(?:(?:{_MONTHS}|daily|weekly|monthly|annual) "
    r"(?:results|earnings|thread|totals|discussion|chat|roundup|update)\b|what do you (?:guys|all) think|"
    r"payment (?:failed|proof|pending)|any (?:recommendations|suggestions|advice)|recommendations for|"
    r"are there any (?:sites|apps|websites|subreddits|ways|places)|has anyone|does anyone|anyone else|"
    r"my (?:results|earnings|account (?:was|got)|"
    r"first payment)|ask me anything|is it worth|"
    r"got (?:banned|my payment)|what it is and how|scams?,? right|(?:is|was) (?:this|it|that) (?:a )?(?:scam|legit)|"
    r"(?:sounds?|seems?|looks?|smells?) (?:like a |like )?(?:scam|fishy)|scam or (?:not|legit|real)|legit or (?:not|"
    r"scam)|"
    r"(?:mega|discussion|weekly|daily|monthly|codes?) ?threads?|plans to unveil|is shutting down|has shut down|"
    r"do you (?:guys |all |lot )?(?:charge|earn|make|pay|get paid)|what (?:should|would) (?:i|you) charge)|"
    r"^(?:any ?one|any ?body) (?:know|knows|recommend|used|tried|heard|else|got experience)\b|^is (?:[$£€]|"
    r"it (?:worth|fair|legit|normal)|"
    r"this (?:legit|a scam|fair|normal|worth)|there any)[^?]{0,120}\?|^how do (?:you|i|people|we)\b[^?]{0,160}\?|"
    r"^got (?:scammed|ripped off|paid|banned)|"
    r"^(?:new )?rules (?:for|of)|"
    r"^(?:enrol|enroll) (?:now|today)|^thank(?:s| you) to\b|"
    r"^i(?:'ve| have)? (?:just |finally |actually )?(?:won|got|earned|created|built|cashed|received|reached|tried)\b|"
    r"^(?:the )?(?:quick|easi|fast|best|cheap|simpl)(?:er|est|st)? (?:ways?|places?|sites?|apps?)\b[^?]{0,120}\?|"
    r"^(?:is|are|has|have|does|did) (?:any ?one|any ?body|you (?:guys|all|lot)|others)\b[^?]{0,200}\?|"
    r"^which (?:\w{2,14} ){1,3}(?:did|do|does|has|have|is|was|were)\b[^?]{0,200}\?)",
)
# Titles that are no offer whatever words they use: lost and found, things to give away, rooms wanted, rides.
_NOTICES = Cue(
    r"(?:^\W{0,4}(?:lost|found|missing|stolen)(?::| (?:my |our |a |an )?(?:\w{3,12} )?(?:cat|dog|keys?|wallet|phone|"
    r"bike|ring|"
    r"purse|set|pet|bag|parrot|rabbit|glasses|laptop)\b)|^\W{0,4}free (?:sofa|couch|bed|mattress|furniture|table|"
    r"chairs?|piano|"
    r"tv|wood|soil|kittens?|puppies|to (?:collect|a good home|whoever))|\bmust collect\b|^\W{0,4}tickets? (?:for|to)\b|"
    r"\b(?:room|flat|apartment|house|studio|parking(?: space)?|garage) (?:wanted|needed)\b|\bneed a (?:lift|"
    r"ride) to\b(?=.{0,60}"
    r"(?:petrol|gas money|fuel|share))|\b(?:petition|fundraiser|crowdfund(?:er|ing)) (?:for|against|to)\b)"
)
# Words of those who sell their own work; they count only where nothing offers work.
_SELLS = Cue(
    r"\b(?:(?:references|samples|certificates?|testimonials) (?:are )?(?:available|on request)|(?:first|"
    r"trial) (?:lesson|session|"
    r"clean|visit|hour|class) (?:is )?(?:free|half price)|discounts? for (?:siblings|regulars|seniors|students|block|"
    r"two or)|"
    r"dbs[- ]checked|(?:hour|visit) minimum|[0-9]{1,2} years (?:in|of) (?:the |this )?(?:trade|business|industry)|"
    r"i(?:'m| am) an? "
    r"(?:\w{3,14} ){0,2}(?:teacher|tutor|cleaner|gardener|translator|handyman|carpenter|plumber|electrician|nanny|"
    r"sitter|groomer) "
    r"(?:with|offering) |i (?:translate|tutor)\b|i bring (?:everything|my own)|(?:conservatory|university) graduate|"
    r"we come to you|lessons? in your home|call (?:\w{2,12} )(?:on|at) (?:0|\+|\[phone)|"
    r"(?:mowing|cleaning|gutters?|hedges|repairs|painting) from [$€£]|certificate included|learn from home)"
)
_IGNORE = Cue(r"\b(?:test(?:ing)?(?: post)?,? (?:please |pls )?ignore)\b")
_ASKS = Cue(
    r"^(?:what|how|why|which|when|where|who|does|do|is|are|has|have|can|should|any|anyone|did|would|could)\b"
    r"[^?\n]{3,200}\?"
)
# What a person tells who worked somewhere: talk, unless work is offered in the same breath.
_TELLS = Cue(
    r"\bi(?:'ve| have)? (?:earned|made|tried|did|cashed|received|withdrew|signed up|been (?:using|doing)|"
    r"was banned)\b|"
    r"\b(?:i have no idea|curious (?:what|how|if|about)|just curious|been waiting|your (?:thoughts|experiences?)\?)"
)
# "[OFFER]" mostly heads somebody's service; where the writer pays, work is offered.
_PAYS = Cue(
    r"\b(?:buying|(?:i|we)(?:'ll| will)? (?:pay|give|send) (?:you)?|paying|you (?:get|earn|receive|make)|cash ?-?out|"
    r"payouts?|(?:points|pts|coins) (?:per|for|each|a)\b|sign-?up bonus)"
)
_OWN_SERVICE = Cue(
    r"^\W{0,4}(?:(?:we|i) (?:provide|offer|do|build|make|develop|design|deliver|can (?:do|build|make|design))|"
    r"(?:i am|i'm|we are|we're) an? (?:\w{2,14} ){0,3}(?:company|agency|team|developer|designer|expert))\b"
)
READ = 1_000
"""Characters of a description in which its kind shows."""


@dataclass(frozen=True, slots=True)
class KindFound:
    """`goods`: things or homes for sale or rent, so that no category of work applies."""

    kind: Kind
    evidence: list[Evidence]
    goods: bool = False


def read_kind(posting: Posting, title: Passage, description: Passage, ranking: Ranking) -> KindFound:
    """Kind of a posting: a label in the title decides; then the board's word (`extra.kind`) and form; then what title
    and text sound like.

    To lose an offer is worse than to keep a talk: signs of something else count only where nothing offers work. A title
    alone that neither names work nor asks for anybody is no offer.
    """
    if (test := title.search(_IGNORE)) is not None:
        return KindFound("other", [title.cite(*test.span())])
    label = _LABEL.search(title.low)
    if label is not None:
        if label.group("name") == "offer" and (pays := _pays(title, description)) is not None:
            return KindFound("offer", [pays])
        return KindFound(_LABEL_KIND[label.group("name")], [title.cite(*label.span())])
    if (said := posting.extra.get("kind")) in ("offer", "seeking_work"):  # a tag, a flair or a field of the board
        return KindFound(said, [by_board("extra.kind")])
    if (notice := title.search(_NOTICES)) is not None:
        return KindFound("other", [title.cite(*notice.span())], goods=True)
    offer = description.search(_OFFERS, READ)
    if posting.board in habits.TASK_BOARDS:
        own = title.search(_OWN_SERVICE)
        if own is not None and offer is None:
            return KindFound("other", [title.cite(*own.span())])
        return KindFound("offer", [by_board("board")])
    found = _by_title(title, ranking, offer is not None or posting.pay is not None)
    if found is not None:
        return found
    if not description.text and posting.pay is None and posting.organization is None:
        for cue in (_PRAISES, _SERVICE, _HOMES_ALONE):
            match = title.search(cue)
            if match is not None and not (cue is _HOMES_ALONE and title.search(_CHORE)):
                kind: Kind = "seeking_work" if cue is _PRAISES else "other"
                return KindFound(kind, [title.cite(*match.span())], goods=cue is _HOMES_ALONE)
    if description.text:
        return _by_description(description, offer, posting.pay is not None, ranking.named)
    return KindFound("offer" if ranking.score > 0 or posting.pay is not None else "other", [])


def _pays(title: Passage, description: Passage) -> Evidence | None:
    for passage in (title, description):
        match = passage.search(_PAYS, READ)
        if match is not None:
            return passage.cite(*match.span())
    return None


_WEAK_OFFERS = frozenset({"hiring", "reward"})
"""Words of offers that talk uses as well: "I built a rewards bot", "FYI, that [hiring] post"."""


def _by_title(title: Passage, ranking: Ranking, offered: bool) -> KindFound | None:
    """`offered`: description or pay field offer work."""
    offer = title.search(_OFFERS) or title.search(_LISTING)
    seeks = title.search(_SEEKS)
    if seeks is None and offer is None and not offered:
        seeks = title.search(_SEEKS_TITLE)
    if seeks is not None:
        return KindFound("seeking_work", [title.cite(*seeks.span())])
    talks = title.search(_TALKS)
    if talks is None and not (ranking.named or offered):
        talks = title.search(_ASKS)
    if talks is not None and (offer is None or (talks.start() == 0 and offer.group() in _WEAK_OFFERS)):
        return KindFound("other", [title.cite(*talks.span())])
    if offer is not None:
        return KindFound("offer", [title.cite(*offer.span())])
    for cue in (_GOODS, _HOMES, _ADVERTISES):
        match = title.search(cue)
        if match is not None and not (cue is _HOMES and (ranking.named or title.search(_CHORE))):
            return KindFound("other", [title.cite(*match.span())], goods=cue is not _ADVERTISES)
    return None


def _by_description(description: Passage, offer: re.Match[str] | None, paid: bool, named: bool) -> KindFound:
    """Whatever stands first: an offer's own words, or signs of something else. With a pay field it is an offer."""
    if not paid:
        for cue in (_SEEKS, _ADVERTISES, _GOODS, _TALKS):
            match = description.search(cue, READ)
            if match is not None and (offer is None or match.start() < offer.start()):
                cite = description.cite(*match.span())
                return KindFound("seeking_work" if cue is _SEEKS else "other", [cite], goods=cue is _GOODS)
        if offer is None:
            sells = description.search(_SELLS, READ)
            if sells is not None:
                return KindFound("other", [description.cite(*sells.span())])
            for cue in (_TELLS,) if named else (_TELLS, _ASKS):
                match = description.search(cue, READ)
                if match is not None and not description.search(_PROMOTES, READ):
                    return KindFound("other", [description.cite(*match.span())])
    return KindFound("offer", [description.cite(*offer.span())] if offer is not None else [])
