"""Patterns that are tried only where they can match.

A posting passes some ninety patterns of a thousand branches; searching for all of them takes two milliseconds, and most
have nothing to find. So each branch is filed under the words that it needs and the words that it can begin with. The
words of a text then say which branches are worth trying, and at which places.
"""

import re
from collections.abc import Iterable
from functools import cached_property
from operator import itemgetter

START = 4
"""Letters of a word that are compared: one key for "fee", one ("regi") for "register" and "registration"."""
NUMBER = "#"
"""Stands for every word that begins with a digit."""
_MOST_STATES = 120
"""States of one group from which one word of each is kept, and none from four times as many."""

_TOKEN = re.compile(r"\w+")
_NUMBERS = re.compile(r"\b[0-9]")
_SHORT = re.compile(rf"\b\w{{1,{START - 1}}}\b")


def words(text: str) -> frozenset[str]:
    """A set of words, written as one text."""
    return frozenset(text.split())


_COMMON = words(
    "a an and any are as at be but by can do for from get have here i if in is it like make me must my need "
    "no not of on "
    "one only or our out own pay per plea send so some take that the them then they this time to up us use "
    "want we when "
    "will with work you your 1 2 3 5 s t # abou able also appl avai busi call comp cont coul desi each emai "
    "expe free "
    "full good help home hour info inte job jobs just know like look mail many mont more offe offi onli part "
    "peop post "
    "prov proj requ serv star such team than time very webs week what when whic who woul year"
)


class Words:
    """The words of a lower-case text: which there are, by their first START letters, and where they begin."""

    def __init__(self, low: str) -> None:
        self.low = low
        self.starts = {word[:START] for word in _TOKEN.findall(low)}
        if any(digit in low for digit in "0123456789"):
            self.starts.add(NUMBER)
        self._places: dict[str, list[int]] = {}

    @cached_property
    def _short(self) -> dict[str, list[int]]:
        places: dict[str, list[int]] = {}
        for match in _SHORT.finditer(self.low):
            places.setdefault(match.group(), []).append(match.start())
        if NUMBER in self.starts:
            places[NUMBER] = [match.start() for match in _NUMBERS.finditer(self.low)]
        return places

    def places(self, start: str) -> list[int]:
        """Where words begin that start so."""
        if len(start) < START:
            return self._short.get(start, [])
        found = self._places.get(start)
        if found is None:
            found = self._places[start] = []
            low = self.low
            at = low.find(start)
            while at >= 0:
                if at == 0 or not (low[at - 1].isalnum() or low[at - 1] == "_"):
                    found.append(at)
                at = low.find(start, at + START)
        return found


class Branch:
    """One way in which a cue can match; compiled when it is first tried, because few ever are in one process."""

    def __init__(self, cue: "Cue", source: str, number: int) -> None:
        self.cue = cue
        self.source = source
        self.number = number
        self.needs, self.heads = needs(source)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The compiled branch."""
        return re.compile(self.source)

    def matches(self, words: Words, until: int, only_first: bool = False) -> list[re.Match[str]]:
        """Matches that begin before `until`: tried at the words that can begin one, else searched for."""
        if self.heads is None:
            if not only_first:
                return list(self.pattern.finditer(words.low, 0, until))
            first = self.pattern.search(words.low, 0, until)
            return [first] if first is not None else []
        heads = self.heads & words.starts
        places: list[int] = []
        for head in heads:
            places = places + words.places(head) if places else words.places(head)
        if len(heads) > 1:
            places = sorted(places)
        found: list[re.Match[str]] = []
        end = 0
        for place in places:
            if end <= place < until:
                match = self.pattern.match(words.low, place, until)
                if match is not None:
                    found.append(match)
                    if only_first:
                        break
                    end = match.end()
        return found


class Cue:
    """A pattern for lower-case text, with bounded repetitions only, so that its time is linear."""

    def __init__(self, pattern: str) -> None:
        self.source = pattern
        for number, source in enumerate(split(pattern)):
            _file(Branch(self, source, number))

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The compiled pattern as a whole."""
        return re.compile(self.source)

    def search(self, low: str) -> re.Match[str] | None:
        """The first match in a short text; in a passage, Passage.search is faster."""
        return self.pattern.search(low)


Found = dict[Cue, list[Branch]]
"""Branches worth trying, by their cue."""

_always: list[Branch] = []
_by_word: dict[str, list[Branch]] = {}
_by_two_words: dict[str, dict[str, list[Branch]]] = {}


def _file(branch: Branch) -> None:
    """Note under which words a text makes a branch worth trying: one of its keys must be in the text as a whole."""
    if any(not key for key in branch.needs):
        _always.append(branch)
        return
    for key in branch.needs:
        first, *rest = sorted(key, key=_rarity, reverse=True)
        if rest:
            _by_two_words.setdefault(first, {}).setdefault(rest[0], []).append(branch)
        else:
            _by_word.setdefault(first, []).append(branch)


def worth_trying(words: Words) -> Found:
    """The branches that may match a text with these words; no other can."""
    starts = words.starts
    branches = set(_always)
    for start in _by_word.keys() & starts:
        branches.update(_by_word[start])
    for start in _by_two_words.keys() & starts:
        second = _by_two_words[start]
        if len(second) == 1:
            for other, filed in second.items():
                if other in starts:
                    branches.update(filed)
            continue
        for other in second.keys() & starts:
            branches.update(second[other])
    found: Found = {}
    for branch in branches:
        if branch.cue in found:
            found[branch.cue].append(branch)
        else:
            found[branch.cue] = [branch]
    return found


def first_match(branches: list[Branch], words: Words, until: int) -> re.Match[str] | None:
    """The first match of a cue's branches; of two at one place, that of the branch which is written first."""
    best: re.Match[str] | None = None
    rank = (0, 0)
    for branch in branches:
        for match in branch.matches(words, until, only_first=True):
            here = (match.start(), branch.number)
            if best is None or here < rank:
                best, rank = match, here
    return best


def all_matches(branches: list[Branch], words: Words, until: int) -> list[re.Match[str]]:
    """Matches of a cue's branches in the order of the text, none inside another."""
    if len(branches) == 1:
        return branches[0].matches(words, until)
    found = [(match.start(), branch.number, match) for branch in branches for match in branch.matches(words, until)]
    found.sort(key=itemgetter(0, 1))
    kept: list[re.Match[str]] = []
    end = 0
    for start, _, match in found:
        if start >= end:
            kept.append(match)
            end = match.end()
    return kept


def _rarity(start: str) -> tuple[bool, int, str]:
    """How much a word sifts: an everyday word stands in every text, a long one is rare."""
    return start not in _COMMON, len(start), start


# ---- reading patterns

_ATOM = re.compile(
    r"\\(?P<escape>.)|\[(?P<class>\^?\]?(?:\\.|[^\]\\])*)\]|\((?P<open>\?(?:P<\w+>|:|=|!|<=|<!|\(\w+\)))?|"
    r"(?P<other>.)",
    re.DOTALL,
)
_RUN = re.compile(r"[a-z]{2,}(?![?*+{a-z])|[a-z]{2,}(?=[a-z])")
_TIMES = re.compile(r"(?P<sign>[?*+])|\{(?P<least>[0-9]+)(?:,(?P<most>[0-9]*))?\}")
_AROUND = re.compile(r"(\\b)?\(\?:")


def split(pattern: str) -> list[str]:
    """The branches of a pattern such as `\\b(?:one|two)\\b`, each with what stands before and after them."""
    around = _AROUND.match(pattern)
    before = around.group(1) or "" if around is not None else ""
    at = around.end() if around is not None else 0
    branches, end = _cut(pattern, at)
    after = pattern[end + 1 :]
    if around is not None and end < len(pattern) and not _TIMES.match(after) and len(_cut(after, 0)[0]) == 1:
        return [f"{before}(?:{branch}){after}" for branch in branches]
    branches, _ = _cut(pattern, 0)
    return branches


def _cut(pattern: str, at: int) -> tuple[list[str], int]:
    """The branches of the group whose inside begins at `at`, and where it ends."""
    branches: list[str] = []
    depth = 0
    begin = at
    while at < len(pattern):
        match = _ATOM.match(pattern, at)
        assert match is not None
        if match.group("other") == ")":
            if depth == 0:
                break
            depth -= 1
        elif match.group("other") == "|" and depth == 0:
            branches.append(pattern[begin:at])
            begin = match.end()
        elif pattern[at] == "(":
            depth += 1
        at = match.end()
    return [*branches, pattern[begin:at]], at


# A state says what every text matched so far has: words (at most two, the rarest), the word that is being read (None
# when its beginning is not known), and the word with which the match begins (None while it is read, "" when unknown).
_State = tuple[frozenset[str], str | None, str | None]
_States = frozenset[_State]


def needs(pattern: str) -> tuple[frozenset[frozenset[str]], frozenset[str] | None]:
    """Word starts that a pattern needs: a text that it matches has all words of one of the sets; and those with which
    a match begins, None when that is not known.

    Understands the notation that this package uses: literals, classes, groups, look-arounds, repetitions. What it does
    not understand, it takes for anything, so that the answer may sift less than it could but never too much.
    """
    states, end = _branches(pattern, 0, frozenset({(frozenset(), None, None)}))
    if end != len(pattern):
        raise ValueError(f"unbalanced brackets in {pattern[:60]!r}")
    keys = {key for key, _, _ in states}
    heads = frozenset(head or "" for _, _, head in states)
    if frozenset() in keys:
        keys = {frozenset()}
    alone = frozenset().union(*(key for key in keys if len(key) == 1))
    return frozenset(key for key in keys if len(key) < 2 or not key & alone), None if "" in heads else heads


def _branches(pattern: str, at: int, before: _States) -> tuple[_States, int]:
    """States after a group's branches, which begin at `at`; and where the group ends."""
    after: set[_State] = set()
    states = before
    while at < len(pattern) and pattern[at] != ")":
        if pattern[at] == "|":
            after |= states
            states = before
            at += 1
            continue
        states, at = _repeated(pattern, at, states)
    after |= states
    if len(after) > _MOST_STATES:
        after = {(frozenset([max(key, key=_rarity)]) if key else key, word, head) for key, word, head in after}
    if len(after) > 4 * _MOST_STATES:
        after = {(frozenset(), None, head) for _, _, head in after}
    return frozenset(after), at


def _repeated(pattern: str, at: int, before: _States) -> tuple[_States, int]:
    """States after one atom with its repetition, or after a run of letters."""
    run = _RUN.match(pattern, at)
    if run is not None:
        return _letters(run.group(), before), run.end()
    once, end = _atom(pattern, at, before)
    times = _TIMES.match(pattern, end)
    if times is None:
        return once, end
    end = times.end()
    if pattern[end : end + 1] == "?":  # lazy
        end += 1
    least = {"?": 0, "*": 0, "+": 1}.get(times.group("sign") or "", int(times.group("least") or 0))
    single = times.group("sign") == "?" or (times.group("most") is None and times.group("sign") is None and least == 1)
    after = set(once)
    if not single:
        after |= _anything(once)
    if least == 0:
        after |= before
    return frozenset(after), end


def _atom(pattern: str, at: int, before: _States) -> tuple[_States, int]:
    """States after one character, class or group."""
    match = _ATOM.match(pattern, at)
    assert match is not None
    end = match.end()
    if match.group("escape"):
        return _escaped(match.group("escape"), before), end
    if match.group("class") is not None:
        return _class(match.group("class"), before), end
    other = match.group("other")
    if other is not None:
        return (_anything(before) if other == "." else _edge(before) if other in "^$" else _letter(other, before)), end
    inside, end = _branches(pattern, end, before)
    if end >= len(pattern):
        raise ValueError(f"unbalanced brackets in {pattern[:60]!r}")
    looks = (match.group("open") or "") in {"?=", "?!", "?<=", "?<!"}
    return before if looks else inside, end + 1


def _escaped(letter: str, before: _States) -> _States:
    if letter == "b":
        return _edge(before)
    if letter in "sWnt":
        return _letter(" ", before)
    return _anything(before) if letter.isalnum() else _letter(letter, before)


def _class(inside: str, before: _States) -> _States:
    """States after one of a class of characters; a class of letters counts as anything when it is large."""
    bare = re.sub(r"\\[sntW]", " ", inside)
    if bare.startswith("^") or re.search(r"\\[a-zA-Z]", bare):
        return _anything(before)
    plain = bare.replace("\\", "")
    if not any(letter.isalnum() or letter == "_" for letter in plain):
        return _letter(" ", before)
    if re.fullmatch("[0-9]-[0-9]", plain):
        return frozenset(
            (_with(key, NUMBER), None, NUMBER if head is None else head) if word == "" else (key, None, head or "")
            for key, word, head in before
        )
    if "-" in plain[1:-1] or len(plain) > 4:
        return _anything(before)
    return frozenset().union(*(_letter(letter, before) for letter in plain))


def _letter(letter: str, before: _States) -> _States:
    """States after one character: one of a word, or one between words."""
    if letter.isalnum() or letter == "_":
        return _letters(letter, before)
    return frozenset((key, word, head if head is not None else "") for key, word, head in _edge(before))


def _letters(run: str, before: _States) -> _States:
    after: set[_State] = set()
    for key, word, head in before:
        if word is None:
            after.add((key, None, head if head is not None else ""))
        elif len(word) + len(run) >= START:
            start = (word + run)[:START]
            after.add((_with(key, start), None, start if head is None else head))
        else:
            after.add((key, word + run, head))
    return frozenset(after)


def _edge(before: _States) -> _States:
    """A word ends or begins here."""
    return frozenset(
        (_with(key, word), "", word if head is None else head) if word else (key, "", head)
        for key, word, head in before
    )


def _anything(before: Iterable[_State]) -> _States:
    return frozenset((key, None, head if head is not None else "") for key, _, head in before)


def _with(key: frozenset[str], word: str) -> frozenset[str]:
    if word in key:
        return key
    both = key | {word}
    return both if len(both) <= 2 else both - {min(both, key=_rarity)}
