"""Terms of the work: equipment, schedule, experience and the time that one session or task takes."""

import re
from dataclasses import dataclass

from index.gig import Evidence, Terms
from index.normalize.cue import Cue
from index.normalize.evidence import Passage

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


def read_terms(title: Passage, description: Passage) -> TermsFound:
    """Terms that the text states; schedule and experience are quoted as written."""
    terms = Terms()
    evidence: dict[str, list[Evidence]] = {}
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
            cite = passage.cite(*match.span())
            terms.schedule = cite.text
            evidence["terms.schedule"] = [cite]
        if terms.experience is None and (match := passage.search(_EXPERIENCE, READ)) is not None:
            cite = passage.cite(*match.span())
            terms.experience = cite.text
            evidence["terms.experience"] = [cite]
        if terms.duration_minutes is None and (found := _duration(passage)) is not None:
            terms.duration_minutes = found[0]
            evidence["terms.duration_minutes"] = [found[1]]
    return TermsFound(terms, evidence)
