"""Spans and metrics, as the SDK of OpenTelemetry keeps them in memory."""

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("opentelemetry.sdk")

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from plivo_async import NotFoundError
from plivo_async.emulator import Emulator, Limit
from plivo_async.otel import OpenTelemetry

from ..support import in_memory


class Backend:
    """Keeps what is exported."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()
        self.reader = InMemoryMetricReader()
        self.tracers = TracerProvider()
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.meters = MeterProvider([self.reader])

    def observer(self, **options: Any) -> OpenTelemetry:
        """An observer that exports here."""
        return OpenTelemetry(tracer_provider=self.tracers, meter_provider=self.meters, **options)

    def spans(self, name: str) -> list[Any]:
        """The spans of that name, in the order in which they ended."""
        return [span for span in self.exporter.get_finished_spans() if span.name == name]

    def points(self) -> dict[str, list[Any]]:
        """The points of each metric."""
        data: Any = self.reader.get_metrics_data()
        [resource] = data.resource_metrics
        return {one.name: list(one.data.data_points) for scope in resource.scope_metrics for one in scope.metrics}


@pytest.fixture
def backend() -> Iterator[Backend]:
    """One that is shut down at the end."""
    backend = Backend()
    yield backend
    backend.tracers.shutdown()
    backend.meters.shutdown()


@pytest.mark.anyio
async def test_an_operation_is_a_span_and_its_attempts_are_events(backend: Backend) -> None:
    """Below the span in which it was asked for, with waits and reasons; a refusal is an error."""
    async with Emulator(port=None) as plivo, in_memory(plivo, observer=backend.observer()) as client:
        plivo.add_conference("a")
        plivo.script("activate", "a", nth=1, fault="lost-response")
        with backend.tracers.get_tracer("test").start_as_current_span("asked") as asked:
            await client.mpc.start("a")
            with pytest.raises(NotFoundError):
                await client.mpc.get("b")
    [span] = backend.spans("Activate MPC")
    assert span.parent.span_id == asked.get_span_context().span_id
    assert dict(span.attributes) == {
        "plivo.operation": "Activate MPC",
        "plivo.outcome": "activated",
        "plivo.attempts": len(span.events),
    }
    first, *_, last = span.events
    assert first.attributes["plivo.outcome"] == "unclear"
    assert first.attributes["error.type"]
    assert {"plivo.waited", "plivo.duration"} <= set(last.attributes)
    assert span.status.is_unset
    [failed] = [span for span in backend.exporter.get_finished_spans() if span.status.description == "failed"]
    assert failed.attributes is not None
    assert failed.attributes["error.type"] == "NotFoundError"


@pytest.mark.anyio
async def test_a_batch_links_to_its_first_conferences(backend: Backend) -> None:
    """Each of which is a trace of its own, and links to its batch."""
    async with Emulator(port=None) as plivo, in_memory(plivo, observer=backend.observer(links=5)) as client:
        for number in range(40):
            plivo.add_conference(f"c{number}")
        await client.mpc.start([f"c{number}" for number in range(41)])
    [batch] = backend.spans("Activate MPCs")
    items = backend.spans("Activate MPC")
    assert len(items) == 41
    assert len({item.context.trace_id for item in items}) == 41
    assert {link.context.span_id for item in items for link in item.links} == {batch.context.span_id}
    assert {link.context.span_id for link in batch.links} < {item.context.span_id for item in items}
    assert len(batch.links) == 5
    assert batch.attributes["plivo.outcomes.activated"] == 40
    assert batch.attributes["plivo.outcomes.not_found"] == 1


@pytest.mark.anyio
async def test_metrics_count_what_was_sent_and_what_came_of_it(backend: Backend) -> None:
    """Rate, waiting, retries, 429s, outcomes, permits: as the emulator saw them."""
    async with (
        Emulator(port=None, limit=Limit(20)) as plivo,
        in_memory(plivo, observer=backend.observer()) as client,
    ):
        for number in range(60):
            plivo.add_conference(f"c{number}")
        plivo.script("activate", "c1", nth=1, fault="503")
        await client.mpc.start([f"c{number}" for number in range(60)])
        seen, statistics = len(plivo.requests), client.statistics()
    points = backend.points()
    assert sum(point.value for point in points["plivo.client.attempts"]) == seen
    assert sum(point.count for point in points["plivo.client.attempt.duration"]) == seen
    assert sum(point.count for point in points["plivo.client.permit.wait"]) == seen
    assert points["plivo.client.attempts.active"][0].value == 0
    assert points["plivo.client.rate_limited"][0].value == statistics.refused > 0
    assert points["plivo.client.retries"][0].value == seen - 60
    assert sum(point.value for point in points["plivo.client.operations"]) == 60
    assert points["plivo.client.permits.level"][0].value < 300
    assert points["plivo.client.permits.used"][0].value > 0


@pytest.mark.anyio
@pytest.mark.parametrize("names", [False, True])
async def test_names_are_told_only_when_asked_for(backend: Backend, names: bool) -> None:
    """And phone numbers never."""
    async with Emulator(port=None) as plivo, in_memory(plivo, observer=backend.observer(names=names)) as client:
        for name in ("doctor-smith", "+14151234567"):
            plivo.add_conference(name)
        await client.mpc.start(["doctor-smith", "+14151234567"])
        await client.mpc.stop("doctor-smith")
        token = plivo.auth_token
    text = "".join(span.to_json() for span in backend.exporter.get_finished_spans()) + repr(backend.points())
    assert ("doctor-smith" in text) is names
    assert ("*4567" in text) is names
    assert "415123" not in text
    assert token not in text
