"""Terms of the work: equipment, schedule, experience, the time that one session takes, employee or contractor."""

import re
from dataclasses import dataclass

from index.gig import Contract, Evidence, Terms
from index.normalize.cue import Cue
from index.normalize.evidence import Passage, by_board, clause_before

_TOOLS = (
    r"(?:equipment|tools?|supplies|materials?|mower|lawn ?mower|car|vehicle|van|truck|laptop|computer|uniform|bike|"
    r"bicycle|camera|phone|"
    r"cleaning (?:supplies|products|equipment)|products|headset|gear|transport|transportation|gloves|ladder|"
    r"everything)"
)
_PROVIDED = Cue(
    rf"\b(?:{_TOOLS} (?:is|are|will be|all|can be)? ?(?:provided|supplied|included|furnished|available on site)|"
    rf"(?:we|i)(?: will|'ll| can)? (?:provide|supply|have) (?:all |the |you with |any |a |an ){{0,6}}(?:necessary |"
    rf"needed |required |cleaning |own ){{0,6}}{_TOOLS}"
    rf"(?! (?:to|for) (?:sell|repair|fix))|company (?:car|vehicle|van|laptop))\b",
)
_OWN = Cue(
    rf"\b(?:(?:must |should |need(?:s|ed)? to |please |have to |you ){{0,6}}(?:have|bring|use|own|provide|with|supply|"
    rf"using) (?:your|their|a|his|her)? ?(?:very )?own "
    rf"(?:\w{{1,12}} )?{_TOOLS}|own {_TOOLS} (?:required|needed|is a must|a must|necessary|essential|preferred)|"
    rf"(?:must|need to|have to) (?:have|own) (?:a |an )?(?:reliable |working |valid )?"
    rf"{_TOOLS}|your own {_TOOLS}|reliable (?:car|vehicle|transportation) (?:is )?(?:required|needed|a must|"
    rf"necessary))\b",
)
_NOT_PROVIDED = re.compile(r"\b(?:not|no|isn't|aren't|never|won't)\b")

_DAY = r"(?:mon|tue|tues|wed|weds|thu|thur|thurs|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?s?"
_CLOCK = r"[0-9]{1,2}(?:[:.][0-9]{2})? ?(?:am|pm|a\.m\.?|p\.m\.?)?"
_SCHEDULE = Cue(
    rf"\b(?:{_DAY}(?: ?(?:-|–|to|through|thru|and|&|,|/) ?{_DAY}){{1,6}}(?:,? (?:from )?{_CLOCK} ?(?:-|–|to|"
    rf"until) ?{_CLOCK})?|"
    rf"{_DAY},? (?:from )?[0-9]{{1,2}}(?:[:.][0-9]{{2}})? ?(?:am|pm)? ?(?:-|–|to|"
    rf"until) ?[0-9]{{1,2}}(?:[:.][0-9]{{2}})? ?(?:am|pm)|"
    r"[0-9]{1,2}(?:[:.][0-9]{2})? ?(?:am|pm) ?(?:-|–|to|until|til|till) ?[0-9]{1,2}(?:[:.][0-9]{2})? ?(?:am|pm)|"
    r"(?:[1-7]|one|two|three|four|five)(?: ?(?:-|–|to) ?[1-7])? ?(?:x|times|days|evenings|nights|afternoons|mornings|"
    r"hours)(?: a| per|/| each|/ )? ?(?:week|wk|month|day)|"
    r"(?:[1-7][0-9]|[1-9])(?: ?(?:-|–|to) ?[1-7]?[0-9])? ?\+? ?(?:hours|hrs)(?: a| per|/| each) ?(?:week|wk|"
    r"month|day)|"
    r"(?:weekends?|weekdays|evenings|weeknights|nights|mornings|afternoons)(?: (?:and|or|&) (?:weekends?|evenings|"
    r"nights|holidays|weekdays|mornings|afternoons))? ?only|"
    r"(?:every|each|one|once a|twice a|alternate) (?:weekend|week|day|month|saturday|sunday|monday|tuesday|wednesday|"
    r"thursday|friday)|"
    r"flexible (?:hours|schedule|working hours|timing)|(?:make|set|choose) your own (?:hours|schedule)|own hours|"
    r"(?:part|full)[- ]time|weekends?|weekly|bi-?weekly|fortnightly|evenings|overnight|night shift)\b",
)
_EXPERIENCE = Cue(
    r"\b(?:no (?:prior |previous |social media |sales )?experience (?:is )?(?:necessary|required|needed)|"
    r"(?:at least |minimum (?:of )?|min )?[0-9]{1,2}(?: ?(?:-|–|to) ?[0-9]{1,2})? ?\+? ?"
    r"(?:years?'?|yrs?)(?: of)?(?: \w{2,20}){0,3} (?:experience|exp)|experience (?:is )?(?:required|preferred|a plus|"
    r"a must|necessary)|entry[- ]level|"
    r"(?:previous|prior) experience (?:\w{1,12} ){0,3}(?:required|preferred|necessary|a must|is a plus)|"
    r"beginners? welcome)(?![a-z])",
)

_NUMBER_WORDS = {"half an": 0.5, "an": 1.0, "a": 1.0, "one": 1.0, "two": 2.0, "three": 3.0, "couple of": 2.0}
_SPAN = r"(?P<low>[0-9]{1,3}(?:\.[0-9])?)(?: ?(?:-|–|to) ?(?P<high>[0-9]{1,3}))?"
_UNIT = r"(?P<unit>hours?|hrs?|minutes?|mins?|min|seconds?|secs?)"
_DURATION = (
    Cue(rf"[(\[]? ?(?:~|≈|approx\.?|approximately|about|around|only|just) ?{_SPAN}[ -]?{_UNIT}\b"),
    Cue(
        rf"\b{_SPAN}[ -]?{_UNIT}[ -](?:(?:long|online|paid|short|quick|video|phone|zoom|remote|research|"
        r"psychology|academic) )"
        r"{0,2}(?:survey|study|interview|task|hit|session|questionnaire|test|call|experiment|job|shoot|"
        r"lesson|class|walk|"
        r"visit|"
        r"gig|one on one)\b",
    ),
    Cue(
        r"\b(?:takes?|take you|taking|lasts?|lasting|duration(?: is|:)?|(?:estimated )?time(?: required| needed|"
        r" to complete)?"
        r"(?: is|:)|completed in|should be|will be)(?: only| just| about| around| approximately| roughly| less than|"
        r" under|"
        rf" up to| approx\.?)? {_SPAN}[ -]?{_UNIT}\b",
    ),
    Cue(rf"[-–|(,] ?{_SPAN} ?{_UNIT}[)!.]?$"),
)
_ALLOWANCE = re.compile(
    r"\b(?:allotted|allowed|limit|expires?|within|deadline|respond|reply|auto-?approv\w{1,4}|per week|a week|per day|"
    r"turnaround|up to)\b"
)
_WORKER = (
    r"(?:contractors?|self[- ]employed|freelancers?|freelance|1099(?!\.)|c2c|corp[- ]to[- ]corp|sole traders?|b2b)"
)
_STAFF = r"(?:w-?2|employees?|paye|payroll|permanent|on staff)"
_EITHER_CONTRACT = Cue(
    rf"\b(?:{_WORKER} (?:or|/|and/or) (?:an? |as an? )?(?:\w{{1,12}} )?{_STAFF}|"
    rf"{_STAFF} (?:or|/|and/or) (?:an? |as an? )?(?:\w{{1,12}} )?{_WORKER})\b",
)
_CONTRACTOR = Cue(
    r"\b(?:(?:independent|sub|freelance|outside)[- ]?contractors?|self[- ]employed(?![,/]\w)|sole traders?|"
    r"(?:looking for|hiring|hire|need|needs|seeking|seeks|want|this is) (?:an? |our |some |several |new |more )?"
    r"(?:\w{2,12} ){0,2}freelanc(?:e|ers?)\b(?! ?(?:account|website|site|platform|experience|profile))|"
    r"(?:as|be|become) an? freelance(?:r|\b)|"
    r"freelance (?:basis|position|role|work|job|opportunity|contract|only|gig|rate|assignment)s?|freelancers only|"
    r"(?:on|as|form|irs) (?:an? )?1099|1099[- ](?:contractor|worker|employee|basis|position|misc|nec|form|role|job)|"
    r"(?:paid|hired|work|working|engaged|position|role|job) (?:is )?(?:on|as|under) an? (?:\w{1,12} )?contractor|"
    r"contractor (?:position|role|basis|agreement|status|rate|job)|(?:this|position|role|job) is an? (?:\w{1,12} )?"
    r"contract(?:or)? (?:position|role|job)|contract basis|c2c|corp[- ]to[- ]corp|b2b contract|"
    r"(?:have|hold|provide|with|need|own|valid|active|your) (?:an? )?(?:valid |active |current |own |your own )?"
    r"(?:abn|utr|gst number|vat number)\b|abn (?:is )?(?:required|needed|holders?|essential|a must)|"
    r"responsible for (?:your|their|his|her|paying your) own (?:tax(?:es)?|national insurance|super|insurance)|"
    r"(?:pay|handle|sort|do|file) your own (?:tax(?:es)?|national insurance)|not an? employee|"
    r"(?:you(?:'ll| will| can| must)?|please|to) (?:send (?:us |me )?(?:an |your )?)?invoice(?:s)? (?:us|me|monthly|"
    r"weekly|at the end|after|for (?:your|the) (?:hours|work))|against (?:an? )?invoice|auto-?entrepreneur|"
    r"micro-?entreprise|freiberuflich|auf rechnung|aut[oó]nomo)\b",
)
_FREELANCE_TITLE = Cue(r"\bfreelanc(?:e|ers?|ing)\b(?! ?(?:account|website|site|platform|profile))")
_EMPLOYEE = Cue(
    r"\b(?:w-?2 (?:employee|position|employment|job|role|only|basis|worker)|(?:on|as|a|this is) (?:an? )?w-?2|"
    r"permanent (?:position|role|job|contract|staff|employees?|employment|full[- ]time|part[- ]time)|"
    r"(?:on|through|via|onto) (?:our |the |my )?payroll|(?:by|via|through|on|under) paye|paye (?:basis|only|employee)|"
    r"employment contract|contract of employment|(?:casual|temporary|regular|part[- ]time|full[- ]time|zero[- ]hours?) "
    r"(?:employees?|employment|staff member)|casual (?:position|role|contract|basis)|zero[- ]hours? contract|"
    r"fixed[- ]term contract|direct hire|award (?:rates?|wages?)|(?:plus|and|including) super(?:annuation)?\b|"
    r"401 ?\(?k\)?|paid (?:holidays?|vacations?|time off|leave|annual leave|sick leave|sick days)|holiday pay|"
    r"(?:employee|health|medical|dental) (?:benefits|insurance)|pension (?:scheme|plan|contributions?)|"
    r"sozialversicherungspflichtig|minijob|mini-job|festanstellung|cdi\b|cdd\b)",
)
_NO_SUCH = re.compile(
    r"\b(?:no|not|non|never|without|isn't|aren't|nor|than|cannot|can't|don't)(?:\W{1,2}\w{1,12}){0,2}\W{1,2}$"
)
_CONTRACT_FIELD = re.compile(r"\b(?:contractors?|freelancers?|freelance|self[- _]?employed|independent)\b")
_EMPLOYEE_FIELD = re.compile(r"\b(?:permanent|employee|employed)\b")
READ = 10_000
"""Characters of a description that are read."""
_ROUND_THE_CLOCK = 24 * 60.0


@dataclass(frozen=True, slots=True)
class TermsFound:
    terms: Terms
    evidence: dict[str, list[Evidence]]


def _minutes(match: re.Match[str]) -> float:
    low = float(match.group("low"))
    high = float(match.group("high") or low)
    middle = (low + high) / 2
    unit = match.group("unit")
    return round(middle * (60 if unit.startswith("h") else 1 if unit.startswith("m") else 1 / 60), 3)


_TIMED = re.compile(r"[0-9][ -]?(?:hour|hr|min|sec)")


def _duration(passage: Passage) -> tuple[float, Evidence] | None:
    """Minutes of one session or task; a time limit ("Time allotted: 60 minutes") and hours a week are none."""
    if _TIMED.search(passage.low, 0, READ) is None:
        return None
    for pattern in _DURATION:
        for match in passage.finditer(pattern, READ):
            around = passage.low[max(0, match.start() - 24) : match.start()]
            after = passage.low[match.end() : match.end() + 14]
            if _ALLOWANCE.search(around) or re.match(
                r" ?(?:a|per|/|each) ?(?:week|day|month|wk)|\w{0,3} (?:of experience|ago|away|from|drive|notice|per)",
                after,
            ):
                continue
            minutes = _minutes(match)
            if 0 < minutes <= _ROUND_THE_CLOCK:
                return minutes, passage.cite(*match.span())
    return None


def _contract(
    employment_type: str | None, title: Passage, description: Passage
) -> tuple[Contract, Evidence] | tuple[None, None]:
    """Employee or contractor: the board's field, else the first words that say so. Benefits of employees count."""
    field = (employment_type or "")[:200].lower().replace("_", " ")
    for pattern, contract in _BY_FIELD:
        if pattern.search(field):
            return contract, by_board("employment_type")
    for passage in (title, description):
        if (match := passage.search(_EITHER_CONTRACT, READ)) is not None:
            return "either", passage.cite(*match.span())
        found: list[tuple[int, int, Contract]] = []
        for cue, contract in _BY_TEXT if passage is description else (*_BY_TEXT, (_FREELANCE_TITLE, "contractor")):
            for match in passage.finditer(cue, READ):
                if not _NO_SUCH.search(clause_before(passage.low, match.start(), 30)):
                    found.append((*match.span(), contract))
                    break
        if found:
            start, end, contract = min(found)
            return contract, passage.cite(start, end)
    return None, None


_BY_FIELD: tuple[tuple[re.Pattern[str], Contract], ...] = (
    (_CONTRACT_FIELD, "contractor"),
    (_EMPLOYEE_FIELD, "employee"),
)
_BY_TEXT: tuple[tuple[Cue, Contract], ...] = ((_CONTRACTOR, "contractor"), (_EMPLOYEE, "employee"))


def read_terms(title: Passage, description: Passage, employment_type: str | None = None) -> TermsFound:
    """Terms that the board's field or the text states; schedule and experience are quoted as written."""
    terms = Terms()
    evidence: dict[str, list[Evidence]] = {}
    terms.contract, cite = _contract(employment_type, title, description)
    if cite is not None:
        evidence["terms.contract"] = [cite]
    for passage in (title, description):
        if terms.equipment == "unknown":
            own, provided = passage.search(_OWN, READ), passage.search(_PROVIDED, READ)
            if own is not None:
                terms.equipment = "own"
                evidence["terms.equipment"] = [passage.cite(*own.span())]
            elif provided is not None and not _NOT_PROVIDED.search(provided.group()):
                terms.equipment = "provided"
                evidence["terms.equipment"] = [passage.cite(*provided.span())]
        if terms.schedule is None and (match := passage.search(_SCHEDULE, READ)) is not None:
            evidence["terms.schedule"] = [quote := passage.cite(*match.span())]
            terms.schedule = quote.text
        if terms.experience is None and (match := passage.search(_EXPERIENCE, READ)) is not None:
            evidence["terms.experience"] = [quote := passage.cite(*match.span())]
            terms.experience = quote.text
        if terms.duration_minutes is None and (found := _duration(passage)) is not None:
            terms.duration_minutes = found[0]
            evidence["terms.duration_minutes"] = [found[1]]
    return TermsFound(terms, evidence)
