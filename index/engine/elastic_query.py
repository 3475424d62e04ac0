"""The index's mapping, documents as Elasticsearch holds them, and clauses and counts in its query language."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from index.engine.base import (
    KEY_FIELDS,
    KEYWORD_FIELDS,
    NUMBER_FIELDS,
    TOKEN_FIELDS,
    And,
    Clause,
    Count,
    Counted,
    Document,
    Everything,
    Hit,
    Not,
    Nothing,
    Or,
    Phrase,
    Range,
    Term,
    Top,
)
from index.engine.embedded import COMBINATIONS, COMBINED, COMBINED_IN, combined, most_frequent, take_apart

Json = dict[str, Any]

MAX_TERMS = 65_000
"""Values of one `terms` query (index.max_terms_count is 65,536), and buckets of one answer (search.max_buckets too)."""
LEAST, MOST = -(2**63), 2**63 - 1
"""What a `long` can be."""
WORDS_FROM = 20_000
"""Documents of a shard from which the frequent words of titles are counted: enough for suggestions, and bounded."""


# --- what is held ------------------------------------------------------------------------------------------------


def mapping() -> Json:
    """Strict: a field that isn't listed is refused. Sources aren't kept, because the store has all of it."""
    shown: Json = {"type": "long", "index": False}
    return {
        "dynamic": "strict",
        "_source": {"enabled": False},
        "properties": {
            "gig": {"type": "long"},
            "view": shown,
            "revision": shown,
            **{name: {"type": "long"} for name in (*NUMBER_FIELDS, *KEY_FIELDS)},
            **{name: {"type": "keyword"} for name in KEYWORD_FIELDS},
            # Tokens never have more than 100 characters, so the analyzer's own limit of 255 changes nothing.
            **{name: {"type": "text", "analyzer": "whitespace", "norms": False} for name in TOKEN_FIELDS},
            **{name: {"type": "keyword"} for name in COMBINED},
            "title_word": {"type": "keyword"},
        },
    }


def identity(gig: int, view: int) -> str:
    """A document's `_id`."""
    return f"{gig}-{view}"


def source(document: Document, revision: int) -> Json:
    """What is sent of a document."""
    return {
        "gig": document.gig,
        "view": document.view,
        "revision": revision,
        **document.numbers,
        **{name: list(values) for name, values in document.keywords.items() if values},
        **{name: text for name, text in document.tokens.items() if text},
        **{name: combined(document, fields) for name, fields in COMBINED.items()},
        "title_word": list(dict.fromkeys(document.tokens.get("title", "").split())),
    }


# --- what is asked -----------------------------------------------------------------------------------------------


def query(clause: Clause) -> Json:
    """A clause. Nothing in it scores: orders are stored numbers."""
    match clause:
        case Everything():
            return {"match_all": {}}
        case Nothing() | Term(values=()) | Or(clauses=()):
            return {"match_none": {}}
        case Term(field, (value,)) | Phrase(field, (value,)):
            return {"term": {field: value}}
        case Term(field, values) if len(values) <= MAX_TERMS:
            return {"terms": {field: list(values)}}
        case Term(field, values):
            parts = [Term(field, values[start : start + MAX_TERMS]) for start in range(0, len(values), MAX_TERMS)]
            return query(Or(tuple(parts)))
        case Phrase(field, words):
            return {"match_phrase": {field: " ".join(words)}}
        case Range(field, None, None):
            return {"exists": {"field": field}}
        case Range(field, low, high):
            return _range(field, low, high)
        case And(clauses):
            return _all(clauses)
        case Or(clauses):
            return {"bool": {"should": [query(part) for part in clauses], "minimum_should_match": 1}}
        case Not():
            return _all((clause,))


def _range(field: str, low: int | None, high: int | None) -> Json:
    if (low is not None and low > MOST) or (high is not None and high < LEAST):
        return {"match_none": {}}
    bounds = {}
    if low is not None:
        bounds["gte"] = max(low, LEAST)
    if high is not None:
        bounds["lte"] = min(high, MOST)
    return {"range": {field: bounds}}


def _all(clauses: Sequence[Clause]) -> Json:
    if not clauses:
        return {"match_all": {}}
    found: Json = {}
    if wanted := [query(clause) for clause in clauses if not isinstance(clause, Not)]:
        found["filter"] = wanted
    if unwanted := [query(clause.clause) for clause in clauses if isinstance(clause, Not)]:
        found["must_not"] = unwanted
    return {"bool": found}


def top(asked: Top) -> Json:
    """The search for the first documents of an order; only doc values are read."""
    body: Json = {
        "size": asked.limit,
        "query": query(asked.clause),
        "sort": [{asked.order: "desc"}],
        "track_total_hits": False,
        "_source": False,
        "stored_fields": "_none_",
        "docvalue_fields": ["gig", "view"],
    }
    if asked.below is not None:
        body["search_after"] = [min(asked.below, MOST)]
    return body


def hits(answer: Json) -> list[Hit]:
    return [Hit(hit["fields"]["gig"][0], hit["fields"]["view"][0], hit["sort"][0]) for hit in answer["hits"]["hits"]]


def held(low: int, high: int, most: int) -> Json:
    """The search for all documents of a range of gigs."""
    return {
        "size": most,
        "query": _range("gig", low, high),
        "sort": ["_doc"],
        "track_total_hits": False,
        "_source": False,
        "stored_fields": "_none_",
        "docvalue_fields": ["gig", "view", "revision"],
    }


def held_hits(answer: Json) -> dict[tuple[int, int], int]:
    fields = [hit["fields"] for hit in answer["hits"]["hits"]]
    return {(one["gig"][0], one["view"][0]): one["revision"][0] for one in fields}


NEWEST: Json = {
    "size": 0,
    "track_total_hits": False,
    "query": {"match_all": {}},
    "aggs": {"newest": {"max": {"field": "revision"}}},
}
"""The search for the highest revision."""


def newest(answer: Json) -> int:
    return int(answer["aggregations"]["newest"]["value"] or 0)


def counting(clause: Clause, counts: Sequence[Count], *, apart: bool = False) -> Json:
    """One pass over the documents of a clause that answers all `counts`, which are of that clause. By combined fields,
    which takes half as long where many documents match; `apart`: field by field, where there are too many combinations.
    """
    body: Json = {"size": 0, "track_total_hits": True, "query": query(clause)}
    aggregations: Json = {}
    for count in counts:
        if count.field in COMBINED_IN and not apart:
            name = COMBINED_IN[count.field]
            aggregations[name] = _terms(name, COMBINATIONS)
        elif count.field is not None:
            aggregations[_name(count)] = _lows(count) if count.lows else _terms(count.field, count.size)
    if aggregations:
        body["aggs"] = aggregations
    return body


def counted(answer: Json, counts: Sequence[Count]) -> list[Counted] | None:
    """The counts that `counting` asked for; None where a combined field has too many combinations."""
    found: Json = answer.get("aggregations", {})
    if any(found[name]["sum_other_doc_count"] for name in COMBINED if name in found):
        return None
    spread: dict[str, Mapping[str, int]] = {}
    for name, fields in COMBINED.items():
        if name in found:
            spread |= take_apart(fields, found[name]["buckets"])
    total: int = answer["hits"]["total"]["value"]
    return [Counted(total, _values(count, found, spread)) for count in counts]


def _values(count: Count, found: Json, spread: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    if count.field is None:
        return {}
    if count.field in spread:
        return most_frequent(spread[count.field], count.size)
    buckets = found[_name(count)]["buckets"]
    if count.lows:
        return {str(low): buckets[str(low)]["doc_count"] for low in count.lows}
    return {bucket["key"]: bucket["doc_count"] for bucket in buckets}


def _name(count: Count) -> str:
    """Equal for counts that one aggregation answers."""
    return f"{count.field} {count.size} {','.join(map(str, count.lows))}"


def _lows(count: Count) -> Json:
    bounds = [{"key": str(low), "from": low} for low in sorted(set(count.lows))]
    return {"range": {"field": count.field, "keyed": True, "ranges": bounds}}


def _terms(field: str, size: int) -> Json:
    """Each shard names all its values, so that the sums are exact. The most frequent come first, equals by value."""
    return {"terms": {"field": field, "size": min(size, MAX_TERMS), "shard_size": MAX_TERMS}}


def values(field: str, part: int, parts: int) -> Json:
    """One of so many parts of a field's values, from its dictionary: no document is looked at."""
    terms: Json = {"field": field, "size": MAX_TERMS, "min_doc_count": 0, "order": {"_key": "asc"}}
    if parts > 1:
        terms["include"] = {"partition": part, "num_partitions": parts}
    return {"size": 0, "track_total_hits": False, "query": {"match_none": {}}, "aggs": {"values": {"terms": terms}}}


def words(prefix: str, most: int) -> Json:
    """The words of titles that start with `prefix`."""
    pattern = re.sub(r'([.?+*|{}\[\]()"\\#@&<>~^-])', r"\\\1", prefix) + ".*"
    terms = {"field": "title_word", "include": pattern, "size": min(most, MAX_TERMS), "execution_hint": "map"}
    return {
        "size": 0,
        "track_total_hits": False,
        "terminate_after": WORDS_FROM,
        "query": {"prefix": {"title_word": prefix}},
        "aggs": {"values": {"terms": terms}},
    }


def buckets(answer: Json) -> Mapping[str, int]:
    return {bucket["key"]: bucket["doc_count"] for bucket in answer["aggregations"]["values"]["buckets"]}
