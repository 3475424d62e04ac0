"""The whole way at once: sample boards -> gigs -> search -> pages, started as a newcomer starts it."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.run_gigdex import gigdex, start_gigdex

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("journey")]
PATIENCE_S = 150


class Running:
    """A `gigdex up --sample` with all its gigs in."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.process = start_gigdex(data, "up", "--sample", GIGDEX_PORT="0")
        self.address = self._address()
        self.client = httpx.Client(base_url=self.address, timeout=30)

    def _address(self) -> str:
        assert self.process.stdout is not None
        said = []
        for line in self.process.stdout:
            said.append(line)
            if "Gigdex is at http" in line:
                threading.Thread(target=self.process.stdout.read, daemon=True).start()  # a full pipe would stop it
                return line.split(" at ")[1].split()[0]
        raise AssertionError(f"gigdex up said no address but: {''.join(said)}")

    def total(self, **params: str) -> int:
        answer = self.client.get("/gigs", params=params)
        assert answer.status_code == 200, answer.text
        total: int = answer.json()["total"]
        return total

    def wait_for(self, gigs: int) -> None:
        """Until the first crawl of every board has been ingested, and the index has followed."""
        end = time.monotonic() + PATIENCE_S
        before, found = -1, self.total(risk="all")
        while found < gigs or found != before or not self.is_through():
            assert time.monotonic() < end, f"only {found} gigs on {self.facets()['board']}"
            assert self.process.poll() is None, "gigdex up ended"
            time.sleep(0.5)
            before, found = found, self.total(risk="all")

    def is_through(self) -> bool:
        boards = [board for board in self.client.get("/boards").json()["items"] if board["enabled"]]
        return len(boards) == 8 and all(board["last_run"] for board in boards)

    def facets(self) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = self.client.get("/gigs").json()["facets"]
        return found

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.client.close()
        if self.process.stdout:
            self.process.stdout.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    running = Running(tmp_path_factory.mktemp("up") / "data")
    try:
        running.wait_for(400)
        yield running
    finally:
        running.kill()


def test_the_sample_boards_fill_the_search(running: Running) -> None:
    facets = running.facets()
    assert running.total() >= 250
    assert len(facets["category"]) == 24
    assert len(facets["board"]) == 8
    assert len(facets["pay_unit"]) >= 8
    assert len(facets["country"]) >= 4
    assert {"online", "in_person"} <= set(facets["mode"])
    assert running.total(risk="high") >= 5
    assert running.total(media="gift_card") > 0
    assert running.total(currency="EUR", hourly_min="20") > 0
    assert running.total(near="Chicago, IL", radius_km="50") > 0


def test_made_up_gigs_say_so_everywhere(running: Running) -> None:
    items = running.client.get("/gigs", params={"limit": "100"}).json()["items"]
    assert all(gig["sample"] is True for gig in items)
    for path in ("/", f"/gig/{items[0]['id']}", "/boards.html"):
        assert "made up" in running.client.get(path).text.lower(), path
    assert not (running.data / "gigdex.db").exists()
    assert (running.data / "sample" / "gigdex.db").exists()


def test_a_gig_on_several_boards_is_one_gig_with_all_its_sources(running: Running) -> None:
    pages, cursor = [], None
    while True:
        answer = running.client.get("/gigs", params={"limit": "100"} | ({"cursor": cursor} if cursor else {})).json()
        pages += answer["items"]
        cursor = answer["next"]
        if not cursor:
            break
    assert len({gig["id"] for gig in pages}) == len(pages) == answer["total"]
    several = next(gig for gig in pages if len({source["board"] for source in gig["sources"]}) > 1)
    page = LexborHTMLParser(running.client.get(f"/gig/{several['id']}").text)
    links = {node.attributes.get("href") for node in page.css("a")}
    assert {source["url"] for source in several["sources"]} <= links


def test_people_who_seek_work_are_no_gigs(running: Running) -> None:
    titles = [
        gig["title"].lower() for gig in running.client.get("/gigs", params={"q": '"seeking work"'}).json()["items"]
    ]
    assert not [title for title in titles if title.startswith("seeking work")]


def test_a_second_up_on_the_same_folder_is_refused_by_name(running: Running) -> None:
    done = gigdex(running.data, "up", "--sample", GIGDEX_PORT="0")
    assert done.returncode == 1
    assert f"process {running.process.pid}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_said_so(running: Running, tmp_path: Path) -> None:
    port = running.address.rpartition(":")[2]
    done = gigdex(tmp_path / "data", "serve", GIGDEX_PORT=port)
    assert done.returncode == 1
    assert f"port {port}" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_crawl_beside_up_keeps_the_boards_interval(running: Running) -> None:
    done = gigdex(running.data, "crawl", "--sample")
    assert done.returncode == 0, done.stderr
    assert "the next crawl is due at" in done.stderr


def test_the_command_line_sees_the_same_gigs(running: Running) -> None:
    done = gigdex(running.data, "search", "--sample", "--json", "--limit", "100", "--category", "pet_care")
    assert len(done.stdout.splitlines()) == min(100, running.total(category="pet_care"))
    assert {json.loads(line)["category"] for line in done.stdout.splitlines()} == {"pet_care"}


def test_killed_it_comes_back_with_everything(running: Running) -> None:
    before = running.total(risk="all")
    running.kill()
    again = Running(running.data)
    running.process, running.client, running.address = again.process, again.client, again.address
    running.wait_for(before - 5)  # a few may have expired meanwhile
    assert running.total(risk="all") <= before + 5
