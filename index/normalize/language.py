"""The language of a posting, as ISO 639-1, told by its script or its function words.

A table of function words decides in some ten microseconds and without start-up cost; py3langid needs 1.5 s and 50 MB to
start and an eighth of a millisecond a posting. Short or mixed text gets None rather than a guess.
"""

import re
from collections import defaultdict
from collections.abc import Iterable

READ = 400
"""Characters that are read: enough function words to decide."""
_MIN_HITS = 3
_WORD = re.compile(r"[^\W\d_]+")

_FUNCTION_WORDS = {
    "en": "the and of to is in for you we with this that are be have will your from as our it on not i my "
    "need looking "
    "an or who someone can if please",
    "es": "el los las de del que y en un una para con por es se su al lo como más este esta somos necesito busco "
    "buscamos trabajo son tu si",
    "pt": "o os as de do da que e em um uma para com por é não se seu ao como mais você estamos preciso procuro são "
    "nossa nosso dos das",
    "fr": "le les des de du et en un une pour avec est que qui dans sur au vous nous je pas ce cette votre sont ou "
    "recherche cherche aux mon partir à",
    "de": "der die das und ist in zu den mit für von ein eine im auf wir sie nicht ich du bei als auch oder suchen "
    "suche einen einer wird zum zur",
    "it": "il lo gli di del della che e in un una per con è si non sono ai alla come più cerco cerchiamo nel nella "
    "questo dei delle",
    "nl": "de het een en van in is op te met voor wij je zijn niet aan bij ook als of wordt zoek zoeken naar "
    "onze jij "
    "dat deze",
    "sv": "och att det som en ett på är av för med till vi du inte den har om eller söker ska från kan din våra",
    "da": "og at det som en et på er af for med til vi du ikke den har om eller søger skal fra kan din vores",
    "nb": "og at det som en et på er av for med til vi du ikke den har om eller søker skal fra kan din vår oss",
    "fi": "ja on ei se että olla ovat tai kun niin mutta myös sekä joka meillä sinulla työ haemme etsimme",
    "pl": "i w na z do się jest nie to że o dla od oraz jak po przez są lub szukam poszukujemy ze praca",
    "cs": "a v na se je že s do pro o ne to z jsou nebo jako hledáme práce od ve pokud",
    "ro": "și de la în cu pe un o pentru este nu că care din sau sunt mai ne căutăm",
    "hu": "a az és hogy nem is egy van meg de ha vagy keresünk munka mint csak azt",
    "tr": "ve bir bu için ile da de olarak olan en çok ya gibi daha iş arıyoruz veya",
    "id": "yang dan di untuk dengan ini dari pada adalah tidak akan atau saya kami dicari kerja bisa",
    "vi": "và của là có cho các được trong một với không người việc tôi những để",
}
_LANGUAGES_OF: dict[str, tuple[str, ...]] = {}
for _language, _words in _FUNCTION_WORDS.items():
    for _word in _words.split():
        _LANGUAGES_OF[_word] = (*_LANGUAGES_OF.get(_word, ()), _language)
_SHARES = {
    word: [(language, 1 / len(languages)) for language in languages] for word, languages in _LANGUAGES_OF.items()
}
"""What a word counts for each of its languages."""

# Scripts that one language mostly owns; Cyrillic, Arabic and Han are told apart by letters below.
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("uk", re.compile("[іїєґІЇЄҐ]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("fa", re.compile("[پچژگ]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("hi", re.compile("[\u0900-\u097f]")),
)
_LETTER = re.compile(r"[^\W\d_]")
_NOT_LATIN = re.compile("[\u0370-\u1fff\u3040-\ud7af]")


def detect(lowered: str) -> str | None:
    """The language of a lower-case text, or None when it is too short or mixed to tell."""
    text = lowered[:READ]
    if not text.isascii():
        foreign = len(_NOT_LATIN.findall(text))
        if foreign >= 10 and foreign * 2 > len(_LETTER.findall(text)):
            return _by_script(text, foreign)
    return _by_words(_WORD.findall(text))


def _by_script(text: str, foreign: int) -> str | None:
    for language, letters in _SCRIPTS:
        # A few kana mark Japanese, a few і mark Ukrainian; the other scripts must fill the text.
        share = 0.02 if language in {"ja", "uk", "fa"} else 0.5
        if len(letters.findall(text)) >= share * foreign:
            return language
    return None


def _by_words(words: Iterable[str]) -> str | None:
    score: defaultdict[str, float] = defaultdict(float)
    for shares in filter(None, map(_SHARES.get, words)):
        for language, share in shares:
            score[language] += share
    if not score:
        return None
    best, second, *_ = [*sorted(score.values(), reverse=True), 0.0]
    if best < _MIN_HITS or best < 1.3 * second:
        return None
    return max(score, key=score.__getitem__)


def primary(tag: str | None) -> str | None:
    """The ISO 639-1 part of a language tag such as "en-GB"; None for anything else."""
    if not tag:
        return None
    code = tag.strip().lower().replace("_", "-").split("-")[0]
    return code if re.fullmatch("[a-z]{2}", code) else None


SPOKEN_IN = {"DE": "de", "AT": "de", "FR": "fr", "ES": "es", "MX": "es", "AR": "es", "CO": "es", "CL": "es", "PE": "es"}
"""Whose words of work count in a text too short to tell its language, by the board's country."""
