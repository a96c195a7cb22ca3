"""What of the world is kept in a snapshot, and how it is put into another one."""

from collections.abc import Mapping
from typing import Any

from ._chance import Faults
from ._graph import Json, Kinds, Writer, kept_fields
from ._limit import Limit
from .calling_back import _steps as steps
from .calling_back._conversation import cut_later
from .world import _placing as placing
from .world._agenda import Action
from .world._conferences import Conference
from .world._dialling import Dial
from .world._legs import Leg
from .world._machine import Machine
from .world._office import AccountFacts, Application, Number, Subaccount
from .world._participants import Participant
from .world._phones import Phone, Reaction, bare
from .world._recordings import Recording
from .world._settings import Settings
from .world._values import (
    Applied,
    CallHooks,
    Calling,
    ConferenceOptions,
    Destination,
    Detection,
    Hook,
    Joining,
    NewCallRecording,
    NewRecording,
)

_PHONE = ("number", "confirm_key", "machine", "_reaction", "_record_after", "_rings", "_calls")
_STEPS = (
    steps.Pause,
    steps.Before,
    steps.Meet,
    steps.GoTo,
    steps.HangUp,
    steps.Send,
    steps.Record,
    steps.Gather,
    steps.Connect,
)
_VALUES = (Applied, CallHooks, Calling, ConferenceOptions, Destination, Detection, Hook, Joining)
KINDS = Kinds(
    [*_VALUES, NewCallRecording, NewRecording, Reaction, Limit, Faults, Settings, *_STEPS],
    {
        Conference: kept_fields(Conference, "seat", "look"),
        Participant: kept_fields(Participant),
        Leg: kept_fields(Leg, "watcher"),
        Recording: kept_fields(Recording),
        Dial: kept_fields(Dial),
        Phone: _PHONE,
        AccountFacts: kept_fields(AccountFacts),
        Subaccount: kept_fields(Subaccount, "auth_token"),
        Application: kept_fields(Application),
        Number: kept_fields(Number),
    },
)
"""Whatever may be in one."""


def _actions(machine: Machine) -> dict[str, Action]:
    """What may be due, by name."""
    dialler, alone = machine.dialler, machine.alone
    return {
        "turn": dialler._turn,
        "ring": dialler._ring,
        "pick up": dialler.pick_up,
        "give up": dialler._give_up,
        "time out": dialler._time_out,
        "unconfirmed": dialler._unconfirmed,
        "hang up": machine.phones.hang_up,
        "too long": alone._too_long,
        "detected": alone._detected,
        "expire": machine._time_is_up,
        "recorded": machine.recorder._long_enough,
        "played": placing._played,
    }


def written(machine: Machine, writer: Writer) -> dict[str, Json]:
    """All of it."""
    due = []
    actions = _actions(machine)
    for at, _, action, subject in machine.time.agenda.entries():
        name = next((name for name, one in actions.items() if one == action), None)
        if name is not None:
            due.append((at, name, subject))
        elif action is cut_later:
            due.append((at, "cut later", subject[1]))
        # All else only wakes a call out of XML that is over, or that wakes by itself.
    office = machine.office
    return {
        "conferences": writer.write(list(machine.registry.by_uuid.values())),
        "guests": writer.write(machine._guests._waiting),
        "members": machine._members,
        "calls": writer.write(list(machine.calls.by_uuid.values())),
        "over": writer.write(machine.calls.over),
        "phones": writer.write(machine.phones.all()),
        "recordings": writer.write(list(machine.recorder.by_id.values())),
        "media": machine.recorder.media,
        "dials": writer.write(machine.dialler._dials),
        "dialled": writer.write(list(machine.dialler._dial_of.items())),
        "free_at": machine.dialler._free_at,
        "account": writer.write(office.account),
        "subaccounts": writer.write(list(office.subaccounts.values())),
        "applications": writer.write(list(office.applications.values())),
        "numbers": writer.write(list(office.numbers.values())),
        "created": office._created,
        "due": writer.write(due),
    }


def settle(machine: Machine, world: Mapping[str, Any]) -> None:
    """Put all of it into an empty world."""
    for conference in world["conferences"]:
        machine.registry._by_uuid[conference.mpc_uuid] = conference
        machine.registry._newest[conference.friendly_name] = conference
    machine._guests._waiting = world["guests"]
    machine._members = world["members"]
    for leg in world["calls"]:
        machine.calls.enter(leg)
    for leg in world["over"]:
        del machine.calls._up[leg]
    machine.calls.over[:] = world["over"]
    machine.phones._by_number.update((bare(phone.number), phone) for phone in world["phones"])
    machine.recorder.by_id.update((one.recording_id, one) for one in world["recordings"])
    machine.recorder.media = world["media"]
    dialler, office = machine.dialler, machine.office
    dialler._dials, dialler._dial_of, dialler._free_at = world["dials"], dict(world["dialled"]), world["free_at"]
    office.account, office._created = world["account"], world["created"]
    office.subaccounts.update((one.auth_id, one) for one in world["subaccounts"])
    office.applications.update((one.app_id, one) for one in world["applications"])
    office.numbers.update((one.number, one) for one in world["numbers"])
    actions = _actions(machine)
    for at, name, subject in world["due"]:
        if name == "cut later":
            machine.time.agenda.put(at, cut_later, (machine, subject))
        else:
            machine.time.agenda.put(at, actions[name], subject)
