"""What recording, playing and speaking answer, and what asynchronous requests do."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A recording that has begun.

    Every field may be missing: one sample has no more than a message. Source: Plivo docs, Multiparty Call, "Start
    recording an MPC", and captured answers. What is answered for both kinds of tracks at once is unverified.

    Attributes:
        recording_id: Its identifier.
        recording_url: Where the file will be, once it is complete.
        message: Plivo's words; don't rely on them.
        api_id: Plivo's identifier of the request.
        extra: Whatever else Plivo sent, and what could not be read, by its name on the wire.
    """

    recording_id: str | None = None
    recording_url: str | None = None
    message: str | None = None
    api_id: str | None = None
    extra: dict[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Playback:
    """A sound, or a text to be spoken, that is queued.

    Source: Plivo docs, Multiparty Call, "Start playing audio"; for speaking: Plivo's Go SDK.

    Attributes:
        message: Plivo's words; don't rely on them.
        mpc_member_id: Who hears it (`mpcMemberId` on the wire). What it holds for "all" is unverified.
        mpc_name: The conference's name (`mpcName` on the wire).
        api_id: Plivo's identifier of the request.
        extra: Whatever else Plivo sent, and what could not be read, by its name on the wire.
    """

    message: str | None = None
    mpc_member_id: tuple[str, ...] = ()
    mpc_name: str | None = None
    api_id: str | None = None
    extra: dict[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """An asynchronous request that Plivo has taken; the result goes to its `callback_url`.

    Whether it succeeds isn't known yet. Source: Plivo docs, "Asynchronous requests".

    Attributes:
        message: Plivo's words, as `async api spawned`; don't rely on them.
        api_id: Plivo's identifier of the request.
        extra: Whatever else Plivo sent, and what could not be read, by its name on the wire.
    """

    message: str | None = None
    api_id: str | None = None
    extra: dict[str, Any] = field(default_factory=dict, hash=False)
