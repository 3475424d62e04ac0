"""Which engine an instance has: the one of its data folder, or Elasticsearch where the settings name it."""

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from index.engine.base import Engine, EngineError
from index.engine.embedded import EmbeddedEngine
from index.settings import Settings, nodes

if TYPE_CHECKING:
    from index.engine.elastic_client import Cluster


class Engines:
    """Opens and makes the engine of these settings. Raises EngineError where its client isn't installed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = settings.data / "engine"
        if self.elsewhere:
            self.cluster  # noqa: B018  # without its client nothing can work: fail at once

    @property
    def elsewhere(self) -> bool:
        """Whether other processes run it, which may be away for a while and come back."""
        return self._settings.elasticsearch_url is not None

    @cached_property
    def cluster(self) -> "Cluster":
        """Of an engine elsewhere. Raises EngineError where the client isn't installed."""
        try:
            from index.engine.elastic_client import Cluster
        except ImportError:
            raise EngineError(
                "GIGDEX_ELASTICSEARCH_URL is set, but the client is missing: pip install 'gigdex[elasticsearch]'"
            ) from None
        key = self._settings.elasticsearch_api_key
        return Cluster(
            urls=tuple(nodes(self._settings.elasticsearch_url)),
            alias=self._settings.elasticsearch_index,
            api_key=key.get_secret_value() if key else None,
            ca_file=self._settings.elasticsearch_ca_file,
            shards=self._settings.elasticsearch_shards,
        )

    def open(self, *, writable: bool = False) -> Engine:
        """The index that is there. A reader always opens; a writer raises EngineStaleError where it has to be made."""
        if not self.elsewhere:
            return EmbeddedEngine.open(self._folder, writable=writable)
        cluster = self.cluster
        from index.engine.elastic import ElasticEngine

        return ElasticEngine.open(cluster, writable=writable)

    def create(self) -> Engine:
        """An empty index beside the current one: fill it, then `publish` it."""
        if not self.elsewhere:
            return EmbeddedEngine.create(self._folder)
        cluster = self.cluster
        from index.engine.elastic import ElasticEngine

        return ElasticEngine.create(cluster)

    def discard(self, names: Iterable[str]) -> None:
        """Remove what killed rebuilds left under these names. The embedded engine does so by itself."""
        if self.elsewhere and (wanted := list(names)):
            from index.engine.elastic import ElasticEngine

            engine = ElasticEngine.open(self.cluster)
            try:
                engine.discard(wanted)
            finally:
                engine.close()
