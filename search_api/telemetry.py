"""What the web server counts of itself, and the text format in which monitoring reads all numbers."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from index.metrics import Metric, Samples

BOUNDS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass
class _Durations:
    """How often requests took at most each of BOUNDS_S, or longer."""

    buckets: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS_S) + 1))
    sum: float = 0.0

    def add(self, seconds: float) -> None:
        self.buckets[bisect_left(BOUNDS_S, seconds)] += 1
        self.sum += seconds


class Telemetry:
    """Counts requests by route, so that hostile addresses don't become labels. Lives in the event loop."""

    def __init__(self) -> None:
        self._requests: Counter[tuple[str, int]] = Counter()
        self._durations: dict[str, _Durations] = {}
        self.from_memory = 0
        self.over_quota = 0

    def answered(self, route: str, status: int, seconds: float) -> None:
        """An answer to an address of this route (its template) began after `seconds`."""
        self._requests[route, status] += 1
        self._durations.setdefault(route, _Durations()).add(seconds)

    def lines(self) -> Iterable[str]:
        """Everything in the text format."""
        requests: Samples = [
            ({"route": route, "status": str(status)}, count) for (route, status), count in self._requests.items()
        ]
        yield from _metric(Metric("gigdex_http_requests_total", "Answers that were begun.", "counter", requests))
        yield from _metric(_counter("gigdex_http_from_memory_total", "Answers kept in memory.", self.from_memory))
        yield from _metric(
            _counter("gigdex_http_over_quota_total", "Requests beyond a client's quota.", self.over_quota)
        )
        name = "gigdex_http_request_duration_seconds"
        yield from _head(name, "From the request to the first byte of its answer.", "histogram")
        for route, durations in self._durations.items():
            total = 0
            for bound, count in zip((*map(str, BOUNDS_S), "+Inf"), durations.buckets, strict=True):
                total += count
                yield _line(f"{name}_bucket", {"route": route, "le": bound}, total)
            yield _line(f"{name}_sum", {"route": route}, durations.sum)
            yield _line(f"{name}_count", {"route": route}, total)


def _counter(name: str, help: str, value: float) -> Metric:
    return Metric(name, help, "counter", [({}, value)])


def resident_bytes() -> int | None:
    """Memory of this process; None where the system doesn't say."""
    try:
        for line in Path("/proc/self/status").read_text("ascii").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1_024
    except OSError:
        pass
    return None


def exposition(metrics: Iterable[Metric]) -> Iterable[str]:
    """Lines of the Prometheus text format, version 0.0.4."""
    for metric in metrics:
        yield from _metric(metric)


def _metric(metric: Metric) -> Iterable[str]:
    yield from _head(metric.name, metric.help, metric.type)
    for labels, value in metric.samples:
        yield _line(metric.name, labels, value)


def _head(name: str, help: str, type: str) -> Iterable[str]:
    text = help.replace("\\", r"\\").replace("\n", r"\n")
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} {type}"


def _line(name: str, labels: Mapping[str, str], value: float) -> str:
    pairs = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
    return f"{name}{{{pairs}}} {value:.17g}" if pairs else f"{name} {value:.17g}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
