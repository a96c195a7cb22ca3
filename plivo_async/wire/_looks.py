"""What a look at a conference shows."""

from datetime import UTC, datetime

from ..policy import CLOCK_MARGIN, Look, LookStatus
from ._headers import server_time
from ._messages import Answer

_STATUSES = {"active": LookStatus.ACTIVE, "initialized": LookStatus.INITIALIZED, "ended": LookStatus.NOT_LIVE}


_USUAL = 300.0  # inferred: seconds by which the clocks of two well-kept machines differ at most
_A_DAY = 86_400.0  # where a `Date` contradicts our own clock, one of them is wrong, and hardly by more than this


def read_look(answer: Answer, wall: datetime | None = None) -> Look | None:
    """Read the answer to a Retrieve; None if it doesn't tell the state.

    404 means that no conference of that name is live, or none of that UUID exists, if it is Plivo's own: that of a
    gateway on the way tells nothing. `status` is compared without regard to case: `Active`, and `ended` in old
    captures. Source: Plivo docs, "Retrieve an MPC", and the SDKs' captures.

    Args:
        answer: What came back.
        wall: What our own clock says; where the answer has no `Date`, or one that contradicts it, it is all there is.
    """
    if not answer.readable:
        return None
    if answer.status_code == 404:
        return Look(LookStatus.NOT_LIVE)
    data = answer.json()
    if answer.status_code != 200 or not isinstance(data, dict):
        return None
    status = data.get("status")
    seen = _STATUSES.get(status.casefold()) if isinstance(status, str) else None
    if seen is None:
        return None
    started, created, uuid = _time(data.get("start_time")), _time(data.get("creation_time")), data.get("mpc_uuid")
    ago, margin = _ago(started, server_time(answer.headers), wall)
    return Look(
        seen,
        ago,
        margin,
        created_at=None if created is None else created.timestamp(),
        started_at=None if started is None else started.timestamp(),
        uuid=uuid if isinstance(uuid, str) else None,
    )


def _ago(started: datetime | None, server_now: datetime | None, wall: datetime | None) -> tuple[float | None, float]:
    """How long ago that was, and by how much it may have been less."""
    if started is None or (server_now is None and wall is None):
        return None, CLOCK_MARGIN
    if server_now is not None and (wall is None or abs((server_now - wall).total_seconds()) <= _USUAL):
        return (server_now - started).total_seconds(), CLOCK_MARGIN
    assert wall is not None  # noqa: S101  (for the type checker)
    return (wall - started).total_seconds(), _USUAL if server_now is None else _A_DAY


def _time(text: object) -> datetime | None:
    if not isinstance(text, str):
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)
