"""Traces and metrics by OpenTelemetry: `AsyncClient(observer=OpenTelemetry())`. Needs the extra `otel`.

Spans. One for each operation, of kind CLIENT, named as the operation (`Activate MPC`); it belongs to the span in which
it was asked for. Its attempts are events of it. A batch has a span of its own, and its conferences are traces of their
own, linked to it: 100,000 spans in one trace are of no use. The batch links back to the first of them only.

Metrics, all in seconds or in numbers:

    plivo.client.operations            how many ended; by operation and outcome
    plivo.client.operation.duration    from when they were asked for, all waits included
    plivo.client.attempts              how many ended: the rate; by method, outcome and status
    plivo.client.attempt.duration      in flight
    plivo.client.attempts.active       in flight at the moment
    plivo.client.retries               attempts after the first of an operation, looks included
    plivo.client.rate_limited          attempts that were answered 429
    plivo.client.permit.wait           for a permit
    plivo.client.permits.used          permits that are out, or that the server may still count
    plivo.client.permits.level         how many may be used at a time
    plivo.client.outages               how often Plivo could not be reached
"""

from collections.abc import Mapping

from opentelemetry import metrics, trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode

from ._version import __version__
from .observing._events import (
    AttemptBegan,
    AttemptEnded,
    BatchBegan,
    BatchEnded,
    Event,
    LimitLowered,
    Operation,
    OperationBegan,
    OperationEnded,
    OutageBegan,
    OutageEnded,
    RetryBudgetUsedUp,
)
from .policy import Attempt, AttemptOutcome

_NAME = "plivo_async"
_GOOD = frozenset({"succeeded", "activated", "already_active"})


class OpenTelemetry:
    """An observer that makes spans and metrics. One for each client."""

    def __init__(
        self,
        *,
        names: bool = False,
        links: int = 100,
        tracer_provider: trace.TracerProvider | None = None,
        meter_provider: metrics.MeterProvider | None = None,
    ) -> None:
        """Get ready.

        Args:
            names: Whether spans say which conference they are for (`plivo.target`). Phone numbers are masked even then.
            links: To how many of its conferences the span of a batch is linked.
            tracer_provider: None for the one that is set globally.
            meter_provider: None for the one that is set globally.
        """
        self._names = names
        self._links = links
        self._tracer = trace.get_tracer(_NAME, __version__, tracer_provider)
        self._numbers = _Numbers(metrics.get_meter(_NAME, __version__, meter_provider))
        self._operations: dict[int, Span] = {}
        self._batches: dict[int, tuple[Span, int]] = {}  # with how many links it has

    def __call__(self, event: Event, /) -> None:
        """Take in what has happened."""
        self._numbers.take_in(event)
        match event:
            case OperationBegan(operation):
                self._begin(operation)
            case AttemptEnded(operation):
                self._operations[operation.number].add_event("attempt", _told(event))
            case OperationEnded(operation):
                self._end(operation, event)
            case BatchBegan(batch):
                self._batches[batch] = self._tracer.start_span("Activate MPCs", attributes={"plivo.batch": batch}), 0
            case BatchEnded(batch):
                self._end_batch(batch, event)
            case OutageBegan() | OutageEnded() | LimitLowered() | RetryBudgetUsedUp():
                fields = event.to_dict()
                kind = str(fields.pop("event"))
                plain = {key: value for key, value in fields.items() if isinstance(value, int | float)}
                for span, _ in self._batches.values():
                    span.add_event(kind, plain)

    def _begin(self, operation: Operation) -> None:
        attributes: dict[str, str | int] = {"plivo.operation": operation.name}
        if self._names:
            attributes["plivo.target"] = operation.target
        if operation.batch is None:
            span = self._tracer.start_span(operation.name, kind=SpanKind.CLIENT, attributes=attributes)
        else:
            span = self._begin_in_batch(operation, operation.batch, attributes)
        self._operations[operation.number] = span

    def _begin_in_batch(self, operation: Operation, number: int, attributes: dict[str, str | int]) -> Span:
        batch, linked = self._batches[number]
        attributes["plivo.batch"] = number
        link = Link(batch.get_span_context())
        span = self._tracer.start_span(
            operation.name, Context(), kind=SpanKind.CLIENT, attributes=attributes, links=[link]
        )
        if linked < self._links:
            batch.add_link(span.get_span_context())
            self._batches[number] = batch, linked + 1
        return span

    def _end(self, operation: Operation, ended: OperationEnded) -> None:
        span = self._operations.pop(operation.number)
        span.set_attributes({"plivo.outcome": ended.outcome, "plivo.attempts": ended.attempts})
        if ended.error is not None:
            span.set_attribute("error.type", ended.error)
        if ended.outcome not in _GOOD:
            span.set_status(Status(StatusCode.ERROR, ended.outcome))
        span.end()

    def _end_batch(self, batch: int, ended: BatchEnded) -> None:
        span, _ = self._batches.pop(batch)
        span.set_attributes({f"plivo.outcomes.{outcome}": count for outcome, count in ended.counts.items()})
        if ended.stopped_by is not None:
            span.set_status(Status(StatusCode.ERROR, ended.stopped_by))
        span.end()


class _Numbers:
    def __init__(self, meter: metrics.Meter) -> None:
        self._operations = meter.create_counter("plivo.client.operations")
        self._operation_duration = meter.create_histogram("plivo.client.operation.duration", unit="s")
        self._attempts = meter.create_counter("plivo.client.attempts")
        self._attempt_duration = meter.create_histogram("plivo.client.attempt.duration", unit="s")
        self._active = meter.create_up_down_counter("plivo.client.attempts.active")
        self._retries = meter.create_counter("plivo.client.retries")
        self._rate_limited = meter.create_counter("plivo.client.rate_limited")
        self._permit_wait = meter.create_histogram("plivo.client.permit.wait", unit="s")
        self._permits_used = meter.create_gauge("plivo.client.permits.used")
        self._permits_level = meter.create_gauge("plivo.client.permits.level")
        self._outages = meter.create_counter("plivo.client.outages")

    def take_in(self, event: Event) -> None:
        """Count what an event tells."""
        match event:
            case AttemptBegan():
                self._active.add(1)
                self._permit_wait.record(event.waited)
                if event.permits_used is not None and event.level is not None:
                    self._permits_used.set(event.permits_used)
                    self._permits_level.set(event.level)
            case AttemptEnded():
                self._active.add(-1)
                self._attempt(event.attempt, event.number)
            case OperationEnded():
                labels = {"plivo.operation": event.operation.name, "plivo.outcome": event.outcome}
                self._operations.add(1, labels)
                self._operation_duration.record(event.elapsed, labels)
            case OutageBegan():
                self._outages.add(1)

    def _attempt(self, attempt: Attempt, number: int) -> None:
        labels: dict[str, str | int] = {"http.request.method": attempt.method, "plivo.outcome": attempt.outcome.value}
        if attempt.status_code is not None:
            labels["http.response.status_code"] = attempt.status_code
        self._attempts.add(1, labels)
        self._attempt_duration.record(attempt.ended_at - attempt.started_at, labels)
        if number > 1:
            self._retries.add(1)
        if attempt.outcome is AttemptOutcome.REFUSED:
            self._rate_limited.add(1)


def _told(event: AttemptEnded) -> Mapping[str, str | int | float]:
    """What an event of a span says of an attempt."""
    attempt = event.attempt
    said: dict[str, str | int | float | None] = {
        "http.request.method": attempt.method,
        "http.response.status_code": attempt.status_code,
        "error.type": attempt.error,
        "plivo.attempt": event.number,
        "plivo.outcome": attempt.outcome.value,
        "plivo.waited": event.waited,
        "plivo.duration": attempt.ended_at - attempt.started_at,
        "plivo.retry_after": attempt.retry_after,
        "plivo.reason": attempt.reason,
    }
    return {name: value for name, value in said.items() if value is not None}
