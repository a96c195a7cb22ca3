"""Operations on participants who are there."""

from .._errors import InvalidArgumentError, invalid
from ..policy import Effect
from ._checks import boolean
from ._encoding import body
from ._members import Members, only_one, target
from ._messages import Request, of_change
from ._names import Conference


def retrieve_participant(conference: Conference, member: Members) -> Request:
    """Look at one participant. Safe.

    Source: Plivo docs, Multiparty Call, "Retrieve a participant".
    """
    only_one(member, "retrieving")
    path = participant_path(conference, member)
    return Request("Retrieve participant", target(conference, member), Effect.SAFE, "GET", path)


def update(
    conference: Conference,
    members: Members,
    *,
    mute: object = None,
    hold: object = None,
    coach_mode: object = None,
    disable_state_change_sound: object = None,
) -> Request:
    """Mute, hold, or coach; each flag says how it shall be, not that it shall change. See `of_change`.

    Source: Plivo docs, Multiparty Call, "Update a participant"; `disable_state_change_sound`: Plivo's Node SDK alone.

    Raises:
        TypeError: A flag is no bool.
        InvalidArgumentError: None of `mute`, `hold` and `coach_mode` is given, or `coach_mode` is given for several.
    """
    flags = {"mute": mute, "hold": hold, "coach_mode": coach_mode}
    sound = {"disable_state_change_sound": disable_state_change_sound}
    for name, value in {**flags, **sound}.items():
        if value is not None:
            boolean(name, value)
    if all(value is None for value in flags.values()):
        raise InvalidArgumentError("update() takes at least one of mute, hold and coach_mode", argument="mute")
    if coach_mode is not None and not members.single:
        raise invalid("coach_mode", f"can be changed for one participant at a time, not for {members.label}")
    arguments = body({**flags, **sound})
    path = participant_path(conference, members)
    whom, effect = target(conference, members), of_change(conference)
    return Request("Update participant", whom, effect, "POST", path, arguments, order_key=path)


def kick(conference: Conference, members: Members) -> Request:
    """Put participants out of the conference; all of them: that ends it. See `of_change`.

    Source: Plivo docs, Multiparty Call, "Kick a participant".
    """
    path = participant_path(conference, members)
    whom, effect = target(conference, members), of_change(conference)
    return Request("Kick participant", whom, effect, "DELETE", path, order_key=path)


def participant_path(conference: Conference, members: Members) -> str:
    """The path of participants."""
    return f"MultiPartyCall/{conference.segment}/Participant/{members.segment}/"
