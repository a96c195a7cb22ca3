"""What a look at a conference shows."""

from datetime import UTC, datetime

from ..policy import Look, LookStatus
from ._headers import server_time
from ._messages import Answer

_STATUSES = {"active": LookStatus.ACTIVE, "initialized": LookStatus.INITIALIZED, "ended": LookStatus.NOT_LIVE}


def read_look(answer: Answer) -> Look | None:
    """Read the answer to a Retrieve; None if it doesn't tell the state.

    404 means that no conference of that name is live, or none of that UUID exists, if it is Plivo's own: that of a
    gateway on the way tells nothing. `status` is compared without regard to case: `Active`, and `ended` in old
    captures. Source: Plivo docs, "Retrieve an MPC", and the SDKs' captures.
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
    return None if seen is None else Look(seen, _started_ago(data.get("start_time"), server_time(answer.headers)))


def _started_ago(start_time: object, server_now: datetime | None) -> float | None:
    if not isinstance(start_time, str) or server_now is None:
        return None
    try:
        started = datetime.fromisoformat(start_time)
    except ValueError:
        return None
    if started.tzinfo is None:
        started = started.replace(tzinfo=UTC)
    return (server_now - started).total_seconds()
