"""To add a participant: by ringing phones, or by moving a live phone call."""

from collections.abc import Mapping
from typing import get_args

from .._errors import InvalidArgumentError, invalid
from ..policy import Effect
from ._checks import call_uuid, choice, given_method, is_url, known
from ._destinations import address, destinations, joined, times
from ._encoding import body
from ._messages import Request
from ._names import Conference
from ._participant_checks import DIAL_OPTIONS, OPTIONS
from ._participant_options import Role

_ALLOWED = ("role", "from_", "to", "call_uuid", *OPTIONS)
ALWAYS_WITH_METHOD = ("recording_callback", "status_callback")


def add_participant(conference: Conference, arguments: Mapping[str, object]) -> Request:
    """Add a participant: ring one or more phones (`from_`, `to`), or move a live call (`call_uuid`).

    Neither safe nor idempotent: a phone must not ring twice. A name without a live conference creates one; by UUID,
    Plivo decides. `status_callback_method` and `recording_callback_method` are always sent beside their URLs, POST
    unless given: documents and SDKs disagree about the defaults. `coach_mode=True` is refused for all but supervisors:
    it is documented to mean something for those only, and whoever asks for it relies on not being heard. Source: Plivo
    docs, Multiparty Call, "Add a participant".

    Args:
        conference: The conference.
        arguments: By their Python names: `role`, `from_`, `to`, `call_uuid` and the options; None for "not given".

    Raises:
        TypeError: An argument is unknown or of a wrong type.
        InvalidArgumentError: A value isn't allowed, or arguments contradict each other.
    """
    known(arguments, _ALLOWED, "argument")
    given = {name: value for name, value in arguments.items() if value is not None}
    if "role" not in given:
        raise TypeError("role= is missing: 'agent', 'supervisor' or 'customer'")
    role = choice("role", given["role"], get_args(Role))
    _check_mode(given)
    check_coach_mode(given, role)
    options = {name: check(name, given[name]) for name, check in OPTIONS.items() if name in given}
    _check_methods(given)
    if "call_uuid" in given:
        who: dict[str, object] = {"call_uuid": call_uuid(given["call_uuid"])}
        rings = 0
    else:
        phones = destinations(given["to"], role)
        who = {"from": address("from_", given["from_"]), "to": joined(phones)}
        rings = len(phones)
        options.update({name: times(phones, name, options.get(name)) for name in ("ring_timeout", "delay_dial")})
    sent = {"role": role, **who, **_ordered(options)}
    path = f"MultiPartyCall/{conference.segment}/Participant/"
    return Request("Add participant", conference.label, Effect.NEITHER, "POST", path, body(sent), rings=rings)


def _check_mode(given: Mapping[str, object]) -> None:
    """Dial with `from_` and `to`, or move a call with `call_uuid`: exactly one of the two."""
    dialling = [name for name in ("from_", "to") if name in given]
    if "call_uuid" not in given:
        if not dialling:
            raise InvalidArgumentError(
                "add_participant() takes from_= and to=, to dial, or call_uuid=, to move a live call", argument="to"
            )
        if len(dialling) == 1:
            missing = "to" if dialling == ["from_"] else "from_"
            raise InvalidArgumentError(
                f"{dialling[0]}= is given without {missing}=; dialling takes both", argument=missing
            )
        return
    if dialling:
        raise invalid("call_uuid", f"moves a live call and dials nobody: leave out {' and '.join(dialling)}, or it")
    dial_only = [name for name in DIAL_OPTIONS if name in given]
    if dial_only:
        raise InvalidArgumentError(
            f"{' and '.join(dial_only)} can't be given with call_uuid: nobody is dialled", argument=dial_only[0]
        )


def check_coach_mode(given: Mapping[str, object], role: str) -> None:
    """Refuse that anybody but a supervisor coaches: it has no effect, and they would be heard by everybody."""
    if given.get("coach_mode") is True and role != "supervisor":
        raise InvalidArgumentError(
            f"coach_mode=True is for role 'supervisor' only, not {role!r}: this participant would be heard by "
            "everybody",
            argument="coach_mode",
        )


def _check_methods(given: Mapping[str, object]) -> None:
    """A method without a URL is a mistake; `enter_sound_method` is for the URL in `enter_sound`."""
    for name in OPTIONS:
        if name.endswith("_method"):
            stem = name.removesuffix("_method")
            needs = stem if stem in OPTIONS else f"{stem}_url"
            given_method(name, given.get(name), needs=needs, there=is_url(given.get(needs)))


def _ordered(options: Mapping[str, object]) -> dict[str, object]:
    """The options in the order of Plivo's table, with the methods that are never left to Plivo."""
    methods = {f"{name}_method": "POST" for name in ALWAYS_WITH_METHOD if f"{name}_url" in options}
    filled = {**methods, **options}
    return {name: filled[name] for name in OPTIONS if name in filled}
