"""Calls that are hung up or cancelled, and, where the answer gets lost, what their records tell of it."""

from types import NoneType

from .._errors import NotFoundError, OutcomeUnknownError, PlivoError
from ..models import Call, decode
from ..observing._announcer import Watched
from ..pacing._clock import sleep_until
from ..wire import Answer, Request, get_call, server_time
from ._operation import Operations
from ._settle import Finding, Proof, add_words, earliest, over, refusal, was_refused
from ._waiting import TRANSIENT

RECORD_PAUSES = (0.0, 1.0, 2.0, 4.0, 8.0)
"""Seconds before each look for a record, which comes seconds after the end. Source: code that uses Plivo; inferred."""


async def end_call(operations: Operations, request: Request, uuid: str, deadline: float | None, how: str) -> None:
    """End a call, or take it out of the queue. It may be repeated: a UUID is one call for ever.

    When it is refused after an attempt whose answer was lost, its record tells: over since, or over before.

    Args:
        operations: Whose call it is.
        request: What ends it.
        uuid: By which its record is found.
        deadline: Seconds for all of it, looks included; None for the client's own.
        how: How the caller can look, for the error that says to do so.

    Raises:
        PlivoError: It did not succeed, or that isn't known.
    """
    exchange = operations.exchange
    began = exchange.clock()
    ends = began + operations.options.within(deadline)
    async with exchange.whole(request, began, ends) as watched:
        try:
            await exchange.carry_out(request, operations.options, began, ends, watched=watched)
        except OutcomeUnknownError as doubt:
            if not was_refused(doubt):
                add_words(doubt, how)
                raise
            finding = await _find(operations, uuid, began, ends, watched)
            if finding.proof is Proof.REFUSED:
                raise refusal(doubt, finding.seen) from doubt
            if finding.proof is Proof.UNKNOWN:
                add_words(doubt, how, f"A look shows: {finding.seen}")
                raise


async def _find(operations: Operations, uuid: str, began: float, ends: float, watched: Watched) -> Finding:
    """Look for the record, now and while it may still come."""
    exchange = operations.exchange
    finding = Finding(Proof.UNKNOWN, "no record of it")
    for pause in RECORD_PAUSES:
        at = exchange.clock() + pause
        if at >= ends:
            return finding
        await sleep_until(at, exchange.clock)
        try:
            answer = await operations.run(get_call(uuid), Answer, max(0.0, ends - exchange.clock()), part_of=watched)
            record = decode(Call, answer.json())
        except (NotFoundError, *TRANSIENT):
            continue
        except (PlivoError, ValueError) as error:
            return Finding(Proof.UNKNOWN, f"nothing that can be read: {error}")
        since = earliest(server_time(answer.headers), exchange.wall(), exchange.clock() - began)
        return over([record.end_time], since, "it ended")
    return finding


async def delete(operations: Operations, request: Request, deadline: float | None, how: str) -> None:
    """Delete something for ever. That it isn't there after an attempt whose answer was lost is what was asked for.

    Raises:
        PlivoError: It did not succeed, or that isn't known.
    """
    try:
        await operations.run(request, NoneType, deadline, how=how)
    except OutcomeUnknownError as doubt:
        if not was_refused(doubt) or doubt.attempts[-1].status_code != 404:
            raise
