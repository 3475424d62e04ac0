"""Where Elasticsearch is, a client for it, and what its errors mean in one line."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import elastic_transport
from elastic_transport.client_utils import DEFAULT
from elasticsearch import ApiError, Elasticsearch, UnsupportedProductError

from index.engine.base import EngineError, EngineStaleError

DEFAULT_PORT = 9200
ANSWER_S = 10.0
"""How long a question waits for one node; a person would have given up."""
BULK_S = 60.0
"""How long a bulk request may take: the cluster may be merging."""
CONNECTIONS = 40
"""To each node; as many as there are threads that answer (anyio's limit), so that none waits for another's."""


@dataclass(frozen=True)
class Cluster:
    """One or more nodes of a cluster, and the alias of our index there."""

    urls: tuple[str, ...]
    alias: str = "gigdex"
    api_key: str | None = field(default=None, repr=False)
    ca_file: Path | None = None
    shards: int = 1

    @property
    def where(self) -> str:
        """The nodes, for messages; without passwords."""
        return "Elasticsearch at " + ", ".join(f"{url.hostname}:{url.port or DEFAULT_PORT}" for url in self._split())

    def _split(self) -> list[Any]:
        return [urlsplit(url) for url in self.urls]

    def client(self) -> Elasticsearch:
        """A client that asks the next node when one doesn't answer."""
        first = self._split()[0]
        basic = (unquote(first.username), unquote(first.password or "")) if first.username else None
        many = len(self.urls) > 1
        return Elasticsearch(
            [
                f"{url.scheme}://{f'[{url.hostname}]' if ':' in url.hostname else url.hostname}"
                f":{url.port or DEFAULT_PORT}{url.path.rstrip('/')}"
                for url in self._split()
            ],
            api_key=self.api_key,
            basic_auth=None if self.api_key else basic,
            ca_certs=str(self.ca_file) if self.ca_file else DEFAULT,
            request_timeout=ANSWER_S,
            # With one node a retry only helps where it had closed an idle connection.
            max_retries=min(len(self.urls), 3),
            retry_on_timeout=many,
            retry_on_status=(502, 503, 504) if many else (),
            connections_per_node=CONNECTIONS,
        )


@contextmanager
def errors(cluster: Cluster) -> Iterator[None]:
    """What goes wrong inside as an EngineError of one line, which never holds a key or a password."""
    try:
        yield
    except (ApiError, elastic_transport.TransportError, UnsupportedProductError) as error:
        raise explained(error, cluster) from None


def explained(error: Exception, cluster: Cluster) -> EngineError:
    """What an error of the client means, and what to do."""
    where = cluster.where
    match error:
        case ApiError():
            return explained_status(error.meta.status, reason(error.body), cluster)
        case elastic_transport.ConnectionTimeout():
            return EngineError(f"{where} does not answer in time")
        case elastic_transport.TlsError():
            return EngineError(f"{where} is not trusted ({short(error)}): check GIGDEX_ELASTICSEARCH_CA_FILE")
        case elastic_transport.ConnectionError():
            return EngineError(f"{where} can't be reached: check that it runs, and GIGDEX_ELASTICSEARCH_URL")
        case UnsupportedProductError():
            return EngineError(f"what answers at {where.removeprefix('Elasticsearch at ')} is not Elasticsearch")
        case _:
            return EngineError(f"{where} gave an answer that can't be read ({short(error)})")


def explained_status(status: int, why: str, cluster: Cluster) -> EngineError:
    """What an HTTP status of the cluster, or of one item of an answer, means."""
    where = cluster.where
    if status == 401:
        return EngineError(f"{where} doesn't accept our key or password: check GIGDEX_ELASTICSEARCH_API_KEY")
    if "flood-stage" in why:
        return EngineError(f"a disk of {where} is full, so it takes no writes (flood-stage watermark): make room there")
    if status == 403 and "block" not in why:
        return EngineError(f"{where} permits our key too little ({why})")
    if status == 404:
        return EngineStaleError(f"the search index at {where} is gone ({why})")
    if status in BUSY:
        return EngineError(f"{where} is too busy ({status}: {why})")
    return EngineError(f"{where} can't do it ({status}: {why})")


BUSY = (429, 502, 503, 504)
"""Statuses after which the same request may succeed in a moment."""


def reason(body: Any) -> str:
    """Why, in the cluster's words."""
    error = body.get("error", body) if isinstance(body, dict) else body
    if isinstance(error, dict):
        causes = [error, *error.get("root_cause", ())]
        inner = error.get("caused_by")
        while isinstance(inner, dict):
            causes.append(inner)
            inner = inner.get("caused_by")
        error = ": ".join(dict.fromkeys(str(cause.get("reason") or cause.get("type")) for cause in causes))
    return short(error)


def error_types(body: dict[str, Any]) -> set[str]:
    """The kinds of all errors in an answer, in the cluster's words."""
    error = body.get("error")
    if not isinstance(error, dict):
        return set()
    shards = (one["reason"] for one in error.get("failed_shards", ()) if isinstance(one.get("reason"), dict))
    return {str(cause.get("type")) for cause in (error, *error.get("root_cause", ()), *shards)}


def short(text: object) -> str:
    """In one line of moderate length, without what could be a key."""
    line = re.sub(r"\s+", " ", str(text)).strip()
    line = re.sub(r"(?i)(apikey|basic|bearer)\s+\S+", r"\1 ***", re.sub(r"//[^/@\s]+@", "//***@", line))
    return line if len(line) <= 300 else line[:299] + "…"
