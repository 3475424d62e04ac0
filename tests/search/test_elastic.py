"""What is particular to Elasticsearch: versions, aliases, other processes, refusals, errors."""

import secrets
import socket
import time
from collections.abc import Iterator

import pytest

from index.engine.base import (
    KEYWORD_FIELDS,
    Count,
    Document,
    EngineError,
    EngineStaleError,
    Everything,
    Term,
    TooLongError,
    Top,
)
from index.engine.elastic import ElasticEngine
from index.engine.elastic_client import Cluster
from tests import elasticsearch
from tests.search.made_up import NOW, Shelf, gigs, search_for
from tests.search.test_engine import doc

pytestmark = elasticsearch.MARKS


@pytest.fixture
def cluster(elasticsearch_url: str) -> Iterator[Cluster]:
    with elasticsearch.own_cluster(elasticsearch_url) as cluster:
        yield cluster


def published(cluster: Cluster) -> ElasticEngine:
    engine = ElasticEngine.create(cluster)
    engine.publish()
    return engine


def boards(engine: ElasticEngine) -> dict[str, int]:
    return engine.count([Count(Everything(), "board")])[0].values


def test_a_write_that_comes_late_changes_nothing(cluster: Cluster) -> None:
    engine = published(cluster)
    engine.write([], [doc(1, 0, board=("new",))], {1: 7})
    engine.write([], [doc(1, 0, board=("old",)), doc(1, 1, board=("old",))], {1: 6})
    assert engine.held(1, 1) == {(1, 0): 7}, "nor does a view come back that the newer revision hasn't"
    engine.write([1], [], {1: 6})
    assert boards(engine) == {"new": 1}
    engine.write([], [doc(1, 0, board=("same",))], {1: 7})
    assert boards(engine) == {"same": 1}, "a write can be repeated"
    engine.write([1], [], {1: 8})
    engine.write([], [doc(1, 0, board=("old",))], {1: 7})
    assert engine.held(0, 10) == {}
    engine.write([], [doc(1, 2, board=("revived",))], {1: 9})
    assert engine.held(0, 10) == {(1, 2): 9}
    engine.close()


def test_a_gig_written_twice_while_an_index_is_filled_loses_its_surplus_views(cluster: Cluster) -> None:
    engine = ElasticEngine.create(cluster)
    engine.write([], [doc(1, 0), doc(1, 1), doc(2, 0)], {1: 1, 2: 2})
    engine.write([], [doc(1, 0)], {1: 3})
    engine.write([2], [], {2: 4})
    assert engine.held(0, 10) == {(1, 0): 3}
    engine.publish()
    assert engine.held(0, 10) == {(1, 0): 3}
    engine.close()


def test_readers_stay_on_the_old_index_until_the_new_one_is_published(cluster: Cluster) -> None:
    reader = ElasticEngine.open(cluster)
    assert reader.name is None
    with pytest.raises(EngineStaleError, match="no search index"):
        reader.search([Top(Everything(), "gig", 5)])
    first = published(cluster)
    first.write([], [doc(1)])
    second = ElasticEngine.create(cluster)
    second.write([], [doc(1), doc(2)])
    assert second.size() == 2
    assert reader.size() == 1
    second.publish()
    assert reader.size() == 2
    assert reader._watch.now() is not None
    assert reader.name == second.name != first.name
    with pytest.raises(EngineStaleError):
        first.write([], [doc(3)])
    client = cluster.client()
    assert list(client.indices.get(index=f"{cluster.alias}-*")) == [second.name], "nor is the old one made again"
    client.close()
    third = ElasticEngine.create(cluster)
    third.close()
    assert reader.size() == 2
    for engine in (reader, first, second):
        engine.close()


def test_what_other_processes_write_is_noticed(cluster: Cluster) -> None:
    writer, reader = published(cluster), ElasticEngine.open(cluster)
    shelf = Shelf(gigs(10))
    search = search_for(reader, shelf)
    before = search.generation()
    writer.write([], shelf.documents())
    end = time.monotonic() + 30
    while reader.generation() == before and time.monotonic() < end:
        time.sleep(0.05)
    assert reader.generation() != before
    same = writer.generation()
    assert (writer.generation(), boards(writer)) == (same, boards(reader))
    for engine in (writer, reader):
        engine.close()


def test_a_writer_opens_what_is_there_and_only_that(cluster: Cluster) -> None:
    with pytest.raises(EngineStaleError, match="no search index"):
        ElasticEngine.open(cluster, writable=True)
    engine = published(cluster)
    name = engine.name
    engine.write([], [doc(1)], {1: 1})
    engine.close()
    again = ElasticEngine.open(cluster, writable=True)
    assert again.name == name
    again.write([], [doc(2)], {2: 2})
    assert again.size() == 2
    again.close()
    reader = ElasticEngine.open(cluster)
    with pytest.raises(EngineError, match="reading only"):
        reader.write([], [doc(3)])
    with pytest.raises(EngineError, match="published"):
        reader.publish()
    reader.close()


def test_an_index_of_another_version_is_stale(cluster: Cluster) -> None:
    client = cluster.client()
    client.indices.create(index=f"{cluster.alias}-v0-1", aliases={cluster.alias: {}})
    with pytest.raises(EngineStaleError, match="another version"):
        ElasticEngine.open(cluster, writable=True)
    reader = ElasticEngine.open(cluster)
    with pytest.raises(EngineStaleError, match="another version"):
        reader.generation()
    engine = published(cluster)
    reader._watch.now()
    reader.generation()
    assert not client.indices.exists(index=f"{cluster.alias}-v0-1")
    for one in (client, engine, reader):
        one.close()


def test_what_a_killed_rebuild_left_is_discarded_and_nothing_else(cluster: Cluster) -> None:
    current, left = published(cluster), ElasticEngine.create(cluster)
    assert current.name
    assert left.name
    current.discard([left.name, current.name, "somebody-elses"])
    client = cluster.client()
    assert list(client.indices.get(index=f"{cluster.alias}-*")) == [current.name]
    for one in (client, current, left):
        one.close()


def test_a_document_that_does_not_fit_is_refused_and_the_rest_goes_on(cluster: Cluster) -> None:
    engine = published(cluster)
    engine.write([], [doc(2, board=("old",))], {2: 1})
    good, too_long = doc(1, board=("x",)), doc(2, board=("x" * 40_000,))
    odd = Document(3, 0, {"nonsense": ("x",)}, {}, good.numbers)
    refused = engine.write([], [good, too_long, odd, doc(4, board=("x",))], {n: n + 1 for n in range(1, 5)})
    assert {(one.gig, one.view) for one in refused} == {(2, 0), (3, 0)}
    assert all("\n" not in one.reason and one.reason for one in refused)
    assert boards(engine) == {"x": 2}, "what was there of a refused gig is not true any more"
    assert engine.write([], [doc(2, board=("short",))], {2: 3}) == []
    assert boards(engine) == {"x": 2, "short": 1}
    engine.close()


def test_when_every_document_is_refused_the_index_is_to_blame(cluster: Cluster) -> None:
    engine = published(cluster)
    with pytest.raises(EngineError, match="refuses every document"):
        engine.write([], [Document(n, 0, {"nonsense": ("x",)}, {}, doc(n).numbers) for n in range(1, 60)])
    engine.close()


def test_a_field_with_more_values_than_one_answer_holds(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    from index.engine import elastic_query

    monkeypatch.setattr(elastic_query, "MAX_TERMS", 20)
    engine = published(cluster)
    names = tuple(f"cell{n:03}" for n in range(150))
    engine.write([], [Document(n, 0, {"cell": names[n::10]}, {}, doc(n).numbers) for n in range(10)])
    assert engine.values("cell") == sorted(names)
    [hits] = engine.search([Top(Term("cell", names), "gig", 100)])
    assert len(hits) == 10
    engine.close()


def test_too_many_combinations_are_counted_field_by_field(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    from index.engine import elastic_query

    engine = published(cluster)
    shelf = Shelf(gigs(60))
    engine.write([], shelf.documents())
    counts = [Count(clause, field) for clause in (Everything(), Term("board", ("alpha",))) for field in KEYWORD_FIELDS]
    by_combinations = engine.count(counts)
    monkeypatch.setattr(elastic_query, "COMBINATIONS", 2)
    assert engine.count(counts) == by_combinations
    engine.close()


def test_words_of_titles_may_hold_anything(cluster: Cluster) -> None:
    engine = published(cluster)
    titles = ["c++ developer", "c# .net", "c* c.", 'c"x c\\y', "c~1 c<2>", "翻 訳"]
    numbers = doc(1).numbers
    engine.write([], [Document(n, 0, {}, {"title": title}, numbers) for n, title in enumerate(titles)])
    for word in {word for title in titles for word in title.split()}:
        assert engine.words(word, 10) == {word: 1} | ({"c.": 1} if word == "c." else {})
    assert len(engine.words("c", 3)) == 3
    engine.close()


# --- errors ---


def unused_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def test_a_cluster_that_is_not_there_is_told_in_one_line_without_the_key() -> None:
    key = secrets.token_hex(16)
    cluster = Cluster((f"http://user:{key}@127.0.0.1:{unused_port()}",), api_key=key)
    reader = ElasticEngine.open(cluster)
    for ask in (lambda: reader.size(), lambda: reader.generation(), lambda: ElasticEngine.create(cluster)):
        with pytest.raises(EngineError, match="can't be reached") as caught:
            ask()
        assert key not in str(caught.value) + repr(cluster).replace(cluster.urls[0], "")
        assert "\n" not in str(caught.value)
    reader.close()


def test_another_node_is_asked_when_one_is_away(cluster: Cluster, elasticsearch_url: str) -> None:
    published(cluster).close()
    both = Cluster((f"http://127.0.0.1:{unused_port()}", elasticsearch_url), cluster.alias)
    engine = ElasticEngine.open(both, writable=True)
    for gig in range(1, 9):
        engine.write([], [doc(gig)], {gig: gig})
        assert engine.size() == gig
    assert len(search_for(engine, Shelf([])).totals([], "operator", NOW)) == 0
    engine.close()


def test_something_that_is_not_elasticsearch(cluster: Cluster) -> None:
    import threading
    from http.server import BaseHTTPRequestHandler, HTTPServer

    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"hello")

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Other)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    reader = ElasticEngine.open(Cluster((f"http://127.0.0.1:{server.server_port}",)))
    with pytest.raises(EngineError, match=r"not Elasticsearch|can't be read"):
        reader.generation()
    reader.close()
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    "answer",
    [
        {"timed_out": True, "_shards": {"failed": 0}},
        {
            "error": {
                "type": "search_phase_execution_exception",
                "reason": "all shards failed",
                "root_cause": [{"type": "search_timeout_exception", "reason": "Time exceeded"}],
            },
            "status": 504,
        },
    ],
    ids=["with what was found", "without partial results"],
)
def test_a_question_that_takes_too_long_is_not_asked_again(answer: dict, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(ElasticEngine, "_settle", lambda self: None)
    monkeypatch.setattr(ElasticEngine, "_msearch", lambda self, searches: asked.append(searches) or [answer])
    reader = ElasticEngine.open(Cluster((f"http://127.0.0.1:{unused_port()}",)))
    with pytest.raises(TooLongError, match="too long here"):
        reader.search([Top(Everything(), "gig", 5)])
    assert len(asked) == 1
    reader.close()
