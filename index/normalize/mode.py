"""Where the work is done: online, in person, either, or unknown."""

from dataclasses import dataclass

from index.gig import Evidence, Kind, WorkMode
from index.normalize import habits
from index.normalize.cue import Cue
from index.normalize.evidence import Passage, by_board
from index.posting import Posting
from index.taxonomy import CATEGORIES, OTHER

OPENING = 600
"""Characters of a description in which the work itself is named."""

_ONLINE = Cue(
    r"\b(?:remote(?:ly)?|(?:work|working|works|job|based|done|do this|completed) (?:from|at) (?:your (?:own )?)?home|"
    r"work[- ]from[- ]home|wfh|from (?:the comfort of )?(?:your|their) (?:own )?home|home[- ]based|from anywhere|"
    r"work anywhere|based anywhere|(?:anywhere|any where) in (?:the (?:world|us|usa|country|uk|eu)|europe|"
    r"canada|india|australia)|telecommut(?:e|ing)|"
    r"telework|"
    r"online tutor(?:ing|s)?|(?:over|via|by|on|through) (?:the internet|skype|zoom|(?:microsoft )?teams|"
    r"google meet|facetime|video(?: calls?| chat| link)?\b)|"
    r"video (?:interview|lessons?|sessions?|calls? with)|(?:assistant|helper|agents?|clerk|typist|callers?|"
    r"setting|calls|done|paid|"
    r"shifts?|online|all|only|or|hours|minutes|and) from home|from home\b(?= ?(?:with|[.,!;)]|$))|(?:calls|"
    r"work) come to your own phone|"
    r"virtual (?:assistant|position|role|job|interview study)|(?:can|could|may) be done (?:online|virtually|"
    r"remotely)|"
    r"work online|online (?:job|work|position|study|survey|research|task|tutor)|"
    r"location (?:is )?(?:doesn't|does not|not) (?:matter|important)|100% online|fully online|distributed team|"
    r"internet connection|reliable internet|teletrabajo|télétravail|desde (?:tu |su |mi )?casa|desde el hogar|"
    r"von zu ?hause|(?:im|aus dem|from) home ?office|(?:travail|travailler|emploi) à domicile|depuis (?:chez (?:vous|"
    r"toi|soi)|"
    r"votre domicile)|da casa|z domu|zdaln(?:a|ie|y)|hjemmefra|hemifrån|på distans|thuiswerk(?:en)?|vanuit huis|"
    r"em casa|de casa|(?:on|over|via) (?:discord|slack|google docs)|by remote desktop)\b",
)
_NOT_ONLINE = Cue(
    r"\b(?:(?:no|not|non|isn't|without|nor|never)(?: \w{1,12}){0,2} (?:remote(?:ly)?|work from home|"
    r"working from home|wfh|"
    r"telecommut(?:e|ing))|(?:remote|wfh|telecommuting|work from home) (?:is |work is )?(?:not|isn't|unavailable)|"
    r"(?:can|could)(?:no|')t be (?:done )?remote)\b",
)
_STRONG_IN_PERSON = Cue(
    r"\b(?:on[- ]?site|in[- ]?house|in[- ]office|in[- ]person|no remote|not remote|no telecommut(?:e|ing)|"
    r"relocat(?:e|ion)|"
    r"locals? only|(?:at|on|from) (?:our|my) (?:\w{1,10} )?(?:office|house|home|place)|"
    r"come to (?:my|our) (?:office|house|home|place))\b",
)
_IN_PERSON = Cue(
    r"\b(?:at (?:our|my) (?:apartment|studio|store|shop|flat|property|location)|(?:come|coming|travel|move) to "
    r"(?:my|our|the) (?:apartment|studio|area|store)|(?:come|meet) (?:in person|up with)|"
    r"meet (?:up )?(?:with )?(?:me |us )?(?:in town|locally|at (?:the|our|my))|"
    r"(?:pop|stop) (?:in|by|round)\b|drop (?:by|round)\b|"
    r"come (?:by|round|over)\b|(?:live|based|be|someone) local(?:ly)?\b|"
    r"(?:in|at) (?:our|my) (?:[\w-]{1,14} ){0,2}(?:office|house|home|apartment|studio|store|restaurant|flat|"
    r"residence|table|shop|"
    r"premises|surgery|warehouse|depot|clinic|salon)\b|must be (?:local|able to commute)|"
    r"local (?:candidates?|applicants?|person|people|only|help)|(?:i will|i'll) come to you|"
    r"will need to (?:come|travel|drive)|must live (?:in|near|close)|please be close|"
    r"(?:office|studio|shop|store) (?:is )?(?:located )?in|(?:we(?:'re| are)|company is|position is|job is|role is) "
    r"(?:located |based )?(?:in|at) (?!(?:the )?(?:us|usa|united|world|uk|need|search|looking)\b)|based (?:in|"
    r"out of) (?!(?:the )?"
    r"(?:us|usa|united|uk)\b)|headquartered in|job location|location:|live[- ]in|on location|"
    r"(?:shooting|filming|shoot) (?:will be |takes place |is )?(?:in|at|on)|own (?:car|vehicle|transportation)|"
    r"reliable (?:car|vehicle|transportation)|near(?:by| me))(?![a-z])",
)
_EITHER = Cue(
    r"(?:\b(?:from|at) (?:your (?:own )?)?(?:place|home) or (?:use |at |in |from )?"
    r"(?:here\b|(?:the|our|my) (?:\w{2,10} )?(?:here|desk|office|shop|studio|place)\b)|\b(?:limited|some|occasional|"
    r"partial) (?:telecommut(?:e|ing)|work from home|"
    r"wfh)\b|"
    r"\b(?:in person|face to face) or (?:over|by|on|via) (?:zoom|video|skype|phone|teams)\b|"
    r"\bhybrid (?:work|role|"
    r"position|remote|schedule|model|office)|[|(,] ?hybrid\b|\bremote (?:or|and|/|"
    r"&) (?:on[- ]?site|"
    r"in[- ]?office|in[- ]person|local)\b| (?:or|and/or|/) remote\b|\b(?:on[- ]?site|onsite|office|in[- ]person|"
    r"local) (?:and|&) "
    r"remote\b|\b(?:in person|at home|in our office) or (?:online|remotely|from home|at home)\b|"
    r"\bonline or (?:in[- ]person|at (?:ours|mine|yours))\b|\b(?:by|over|via) (?:video|zoom|skype|"
    r"phone) or (?:at|in) (?:our|my|your)\b|"
    r"\b(?:at|in) (?:our|my|your) \w{1,12} or (?:online|by video|over zoom|remotely)\b|"
    r"\bremote (?:possible|optional|negotiable|available|ok|okay|considered)\b|\b(?:partially|partly|some|"
    r"occasional) remote\b|"
    r"\bwork from home (?:or|and) (?:in )?(?:the )?office\b|\b(?:can|could|may) (?:also )?be done (?:at|"
    r"from) home as well\b)",
)
# Work with files and words that is done where somebody or something is.
_HANDS_ON = Cue(
    r"\b(?:(?:doctor'?s?|dr\.?|hospital|clinic|dentist|court|embassy|consulate|school|visa|medical) (?:appts?|"
    r"appointments?|"
    r"hearings?|visits?|meetings?)|at (?:the |our |my |an? )(?:\w{3,14} )?(?:hospital|clinic|surgery)|"
    r"(?:at|in) (?:the |our |my |an? )?(?:\w{3,14} )?(?:den|"
    r"barn|"
    r"garage|attic|basement|living room|courthouse)|overnight stays?|"
    r"(?:clinical|sleep|inpatient|lab|laboratory) (?:trial|study|visits?)|study site|screening visit|"
    r"(?:go|sit) with (?:me|us|him|her|my|our|an?|the)\b|accompany (?:me|us|him|her|my|our)\b|"
    r"measur(?:e|ing) (?:up|out)|computer (?:help|tech|technician|repairs?)|"
    r"printers?(?! paper|-)|wireless network|wi-?fi (?:network|signal|extender)|cabling|(?:our|the|"
    r"my) (?:home )?network (?:is|was|"
    r"went|keeps)|you (?:will |would |'d |can )?(?:sit|stand|work|meet|come)(?: with us| together)? (?:in|at|"
    r"to) (?:my|our|"
    r"the)|shown at the (?:gate|door|desk)|(?:mystery|secret) (?:shop|guest|diner)\w{0,5})\b",
)
# Work that the category alone leaves open: what is done with files and accounts, and what needs people on the spot.
_FILES = Cue(
    r"\b(?:social media|facebook|instagram|twitter|tiktok|seo|adwords|google (?:ads|adwords|reviews?)|"
    r"websites?|online|"
    r"animat(?:ions?|ors?)|sound design(?:er)?|mixing|mastering|(?:video|photo|audio|podcast) edit(?:or|ing)|"
    r"voice[- ]?overs?|(?:male|female) voices?|narrat(?:e|or|ion)|podcasts?|lower thirds|cut an? |jingle|"
    r"backing track|"
    r"upvotes?|like (?:and|&|,) follow|fb|(?:5|five) stars?|app|crypto|bitcoin|reddit|gmail|discord|telegram|"
    r"app store|play store|(?:verified|aged) accounts?|"
    r"email marketing|influencers?|youtube|affiliates?|digital marketing|backlinks?|lead generation|virtual|internet|"
    r"linkedin|voice (?:needed|wanted) for|record(?:ed)? at home|subtitl(?:es?|ing|ed)|calendar|email support|"
    r"live chat)\b",
)
_ON_THE_SPOT = Cue(
    r"\b(?:(?:photo ?|film ?)?shoots?|short film|filming|film crew|cinematographer|camera (?:crew|operator|man)|"
    r"photographers?|"
    r"videographers?|(?:hair|fashion|female|male)? ?models? (?:needed|wanted|for)|casting|actors?|actress(?:es)?|"
    r"vocalists?|"
    r"singers?|(?:the|our|a) band|drummer|guitarist|musicians?|dj|dancers?|receptionist|office manager|"
    r"office assistant|"
    r"front desk|door to door|knock(?:ing)? on doors|canvass(?:er|ing)|counter|warehouse|pickers?|factory|"
    r"assembly line|till\b|in[- ]store|retail|driving lessons?|swim(?:ming)?|extras|"
    r"wedding (?:videos?|films?|photos?|photography)|make ?-?up artists?|hair ?-?(?:stylists?|dressers?)|ceremony|"
    r"on stage|"
    r"(?:language |high |elementary )?school)\b",
)


@dataclass(frozen=True, slots=True)
class ModeFound:
    mode: WorkMode
    evidence: list[Evidence]


def read_mode(
    posting: Posting,
    title: Passage,
    description: Passage,
    category: str,
    named_place: Evidence | None,
    kind: Kind,
    located: bool,
) -> ModeFound:
    """Work mode: the board's flag and location, then cues of title and description, then what such work usually is.

    `named_place` is the evidence of a city that the posting names as the place of the work; `located` that the board's
    location field names one.
    """
    where = CATEGORIES[category].where
    stated = _by_board(posting)
    if stated is not None:
        return stated
    for passage in (title, description):
        found = _cues(passage, where)
        if found is not None:
            return found
    if posting.remote is False:
        return ModeFound("in_person", [by_board("remote")])
    if where == "in_person":
        return ModeFound("in_person", [])
    if named_place is not None:
        return ModeFound("in_person", [named_place])
    if kind == "other":
        return ModeFound("unknown", [])
    if where == "online" or category == "surveys":
        for passage in (title, description):
            hands_on = passage.search(_HANDS_ON, OPENING)
            if hands_on is not None:
                return ModeFound("in_person", [passage.cite(*hands_on.span())])
    if where == "online":
        return ModeFound("online", [])
    found = _by_the_work(title, description) if category != OTHER else ModeFound("unknown", [])
    if found.mode == "unknown" and located:
        return ModeFound("in_person", [by_board("location")])
    return found


def _by_board(posting: Posting) -> ModeFound | None:
    if posting.remote:
        return ModeFound("online", [by_board("remote")])
    location = (posting.location or "").lower()
    if location:
        if _EITHER.search(location):
            return ModeFound("either", [by_board("location")])
        if _ONLINE.search(location) or location.strip() in {"anywhere", "worldwide", "online", "global"}:
            return ModeFound("online", [by_board("location")])
    if posting.board in habits.ONLINE_BOARDS:
        return ModeFound("online", [by_board("board")])
    return None


def _cues(passage: Passage, where: str) -> ModeFound | None:
    if (either := passage.search(_EITHER)) is not None:
        return ModeFound("either", [passage.cite(*either.span())])
    if (not_online := passage.search(_NOT_ONLINE)) is not None:
        return ModeFound("in_person", [passage.cite(*not_online.span())])
    online = passage.search(_ONLINE)
    strong = passage.search(_STRONG_IN_PERSON)
    if strong is not None and (online is None or where == "in_person" or strong.start() < online.start()):
        return ModeFound("in_person", [passage.cite(*strong.span())])
    if online is not None and (where != "in_person" or passage.source == "title"):
        return ModeFound("online", [passage.cite(*online.span())])
    in_person = passage.search(_IN_PERSON)
    if in_person is not None:
        return ModeFound("in_person", [passage.cite(*in_person.span())])
    return None


def _by_the_work(title: Passage, description: Passage) -> ModeFound:
    """What is named first decides: a photo shoot for a website is on the spot, a website for photographers is not."""
    for passage in (title, description):
        files, spot = passage.search(_FILES, OPENING), passage.search(_ON_THE_SPOT, OPENING)
        if files is not None and (spot is None or files.start() < spot.start()):
            return ModeFound("online", [passage.cite(*files.span())])
        if spot is not None:
            return ModeFound("in_person", [passage.cite(*spot.span())])
    return ModeFound("unknown", [])
