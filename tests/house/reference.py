"""Writes `docs/reference.md` from the docstrings: `python -m tests.house.reference`.

A test holds that the page is what this writes.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import griffe

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference.md"

HEAD = """\
# Reference

Everything public, as its docstrings say it. This page is written by `python -m tests.house.reference`; a test holds
that it is up to date. Attributes are spelt as on Plivo's wire, so that its documents and this page can be read side by
side.
"""

SECTIONS: dict[str, tuple[str, ...]] = {
    "Client": ("AsyncClient", "Statistics", "SharedBudget", "BASE_URL"),
    "Multiparty calls": ("MultiPartyCalls", "MultiPartyCallHandle"),
    "Participants": ("MembersHandle", "ParticipantHandle", "ParticipantOptions", "DialOptions", "Destination"),
    "Calls": ("Calls", "CallHandle", "CallOptions", "CallOutcomes", "CallEnd", "CallOutcome"),
    "Knowing without asking": ("Events", "Dial", "Reached", "Timeline", "TimelineEntry", "EventBus"),
    "Recordings": ("Recordings", "RecordingStream"),
    "The account": ("AccountResource", "Applications", "ApplicationOptions", "Numbers"),
    "Options": (
        "ConferenceFilters",
        "CallFilters",
        "LiveCallFilters",
        "RecordingFilters",
        "RetryPolicy",
        "RateLimit",
    ),
    "The asynchronous form": (
        "DeferredMultiPartyCalls",
        "DeferredMultiPartyCallHandle",
        "DeferredMembersHandle",
        "DeferredParticipantHandle",
    ),
    "Lists": ("Pages", "Page", "PageMeta"),
    "What Plivo answers": (
        "MultiPartyCall",
        "Participant",
        "AddedParticipant",
        "DialledCall",
        "ParticipantUpdate",
        "Recording",
        "Playback",
        "Accepted",
        "MadeCall",
        "Call",
        "LiveCall",
        "CallIds",
        "StoredRecording",
        "AccountFacts",
        "Subaccount",
        "Application",
        "CreatedApplication",
        "Number",
    ),
    "Outcomes": (
        "Activation",
        "ActivationOutcome",
        "ActivationReport",
        "JournalRun",
        "plan",
        "Plan",
        "ActivationStream",
        "Attempt",
        "AttemptOutcome",
        "Obstacle",
    ),
    "A batch on many machines": ("split", "Shard", "ShardState", "merge"),
    "Observing": (
        "Observer",
        "Event",
        "Operation",
        "OperationBegan",
        "OperationEnded",
        "AttemptBegan",
        "AttemptEnded",
        "BatchBegan",
        "BatchEnded",
        "OutageBegan",
        "OutageEnded",
        "LimitLowered",
        "RetryBudgetUsedUp",
    ),
    "Errors": (
        "PlivoError",
        "InvalidArgumentError",
        "JournalError",
        "NotSentError",
        "SharedBudgetError",
        "NoAnswerError",
        "OutcomeUnknownError",
        "ResponseError",
        "BadRequestError",
        "AuthenticationError",
        "PermissionDeniedError",
        "NotFoundError",
        "RateLimitError",
        "ServerError",
        "DecodeError",
        "StatusNotReachedError",
        "CallbackError",
        "SignatureError",
        "MalformedCallbackError",
        "ActivationFailures",
    ),
}
"""The public names of `plivo_async`, in the order in which they are told; the rest follows by name."""

ENGINES = ("procrastinate", "temporal")
"""What a batch on many machines may run on."""

WORDS = (
    "ChannelType",
    "ConferenceId",
    "Confirm",
    "ConfirmKey",
    "Direction",
    "EventGroup",
    "FileFormat",
    "HttpMethod",
    "JournalPath",
    "Legs",
    "MachineDetection",
    "MaybeSent",
    "NumberType",
    "OnOutcome",
    "OnReport",
    "Role",
    "SpeechType",
    "Status",
    "StirVerification",
    "TimeoutOption",
    "TrackType",
    "TranscriptionType",
    "UNSET",
    "Unset",
)
"""Names that signatures use for types; what each stands for is told at the end."""

_NOT_MADE_BY_HAND = {
    "ActivationStream",
    "Applied",
    "CallbackRecord",
    "Conference",
    "Counts",
    "Leg",
    "Phone",
    "Request",
}
"""What is only ever got from others, though it has a constructor; so are models of the emulator's own."""

_PARTS = ("View", "ConferenceRecording", "VoiceSettings", "CallbackSettings")
"""Ends of the names of classes that are only a part of another one: their members are told as that one's."""

_LONGEST_LINE = 110
_HOW: griffe.GoogleOptions = {
    "returns_multiple_items": False,
    "warn_unknown_params": False,
    "warn_missing_types": False,
}


def page() -> str:
    """The whole page."""
    package = griffe.load("plivo_async", search_paths=[ROOT], docstring_parser="google", docstring_options=_HOW)
    parts = [HEAD, _contents()]
    for title, names in SECTIONS.items():
        parts += [f"## {title}\n", *(_entry(name, package[name]) for name in names)]
    webhooks = package["webhooks"]
    parts += ["## Callbacks\n", "In `plivo_async.webhooks`.\n"]
    told = {name for names in SECTIONS.values() for name in names}
    parts += [_entry(name, webhooks[name]) for name in sorted(set(map(str, webhooks.exports or ())) - told | {"Event"})]
    adapters = [(module, name) for module in ("django", "starlette") for name in webhooks[module].exports or ()]
    parts += [_entry(f"{module}.{name}", webhooks[module][str(name)]) for module, name in adapters]
    answers = package["xml"]
    parts += ["## XML\n", "In `plivo_async.xml`.\n"]
    parts += [_entry(name, answers[name]) for name in sorted(map(str, answers.exports or ()))]
    engines = package["engines"]
    parts += ["## Engines\n", "In `plivo_async.engines`.\n"]
    parts += [_entry(name, engines[name]) for name in sorted(map(str, engines.exports or ()))]
    for engine in ENGINES:
        parts.append(f"In `plivo_async.engines.{engine}`.\n")
        parts += [_entry(name, engines[engine][name]) for name in sorted(map(str, engines[engine].exports or ()))]
    emulator = package["emulator"]
    parts += ["## Emulator\n", "In `plivo_async.emulator`.\n"]
    parts += [_entry(name, emulator[name], emulated=True) for name in sorted(map(str, emulator.exports or ()))]
    testing = package["testing"]
    parts += ["## Testing\n", "In `plivo_async.testing`. The fixtures are in [Testing](testing.md#in-a-test).\n"]
    parts += [_entry(name, testing[name]) for name in sorted(map(str, testing.exports or ()))]
    parts += ["## Types in signatures\n", *(_word(package[name]) for name in WORDS)]
    return "\n".join(parts)


def _contents() -> str:
    titles = [*SECTIONS, "Callbacks", "XML", "Engines", "Emulator", "Testing", "Types in signatures"]
    return "".join(f"* [{title}](#{title.lower().replace(' ', '-')})\n" for title in titles)


def _word(found: griffe.Object | griffe.Alias) -> str:
    thing = found.final_target if isinstance(found, griffe.Alias) else found
    value = f"`{' '.join(str(thing.value).split())}`. " if isinstance(thing, griffe.Attribute) else ""
    return f"* `{thing.name}`: {value}{thing.docstring.value if thing.docstring else ''}\n"


def _entry(name: str, found: griffe.Object | griffe.Alias, *, emulated: bool = False) -> str:
    thing = found.final_target if isinstance(found, griffe.Alias) else found
    lines = [f"### {name}\n"]
    if isinstance(thing, griffe.Class):
        by_hand = _made_by_hand(thing) and not (emulated and name in SECTIONS["What Plivo answers"])
        made = thing["__init__"] if by_hand and "__init__" in thing.members else None
        lines += [*(_signature(name, [thing]) if by_hand else ()), *_bases(thing), *_words(thing)]
        lines += [*(_words(made) if isinstance(made, griffe.Function) else ())]
        lines += _members(thing, signed=by_hand)
    elif isinstance(thing, griffe.Function):
        lines += [*_signature(name, thing.overloads or [thing]), *_words(thing)]
    else:
        value = str(thing.value) if isinstance(thing, griffe.Attribute) and thing.value is not None else ""
        lines += [_code([f"{name} = {value}"])] if 0 < len(value) < _LONGEST_LINE else []
        lines += _words(thing)
    return "\n".join(lines)


def _signature(name: str, ways: Iterable[griffe.Class | griffe.Function]) -> Iterator[str]:
    """How it is called, in each way."""
    shown = []
    for way in ways:
        text = str(way.signature(return_type=isinstance(way, griffe.Function), name=name))
        text = text.replace("_DEFAULT_LIMIT", "Limit()").replace("_STANDARD", "RateLimit()")
        if "async" in way.labels:
            text = f"await {text}"
        shown.append(_folded(re.sub(r"\bself, |\(self\)", lambda match: "()" if ")" in match[0] else "", text)))
    if shown:
        yield _code(shown)


def _made_by_hand(way: griffe.Class) -> bool:
    """Whether users make it: its constructor says for what, and doesn't say that somebody else makes it."""
    if way.name in _NOT_MADE_BY_HAND or any("Enum" in str(base) for base in way.bases):
        return False
    if way.path.startswith("plivo_async.webhooks.") and "Event" in {way.name, *(base.name for base in way.mro())}:
        return False
    if way.name == "Emulator" or any("dataclass" in str(decorator.value) for decorator in way.decorators):
        return True
    docstring = way["__init__"].docstring if "__init__" in way.members else None
    return docstring is not None and not docstring.value.startswith("Made by")


def _folded(text: str) -> str:
    """A long signature with a line for each parameter."""
    opening, closing = text.index("("), text.rindex(") ->") if ") ->" in text else text.rindex(")")
    inside = [
        one for one in _split(text[opening + 1 : closing]) if not one.startswith("_")
    ]  # no constants of the class
    text = f"{text[: opening + 1]}{', '.join(inside)}{text[closing:]}"
    if len(text) <= _LONGEST_LINE:
        return text
    opening, closing = text.index("("), text.rindex(") ->") if ") ->" in text else text.rindex(")")
    return "\n".join([text[: opening + 1], *(f"    {one}," for one in inside), text[closing:]])


def _split(parameters: str) -> list[str]:
    """At the commas that are in no bracket."""
    parts, depth = [""], 0
    for character in parameters:
        depth += (character in "[({") - (character in "])}")
        if character == "," and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]


def _code(blocks: Iterable[str]) -> str:
    lines = [line for block in blocks for line in block.splitlines()]
    return "\n".join(f"    {line}" for line in lines) + "\n"


def _words(thing: griffe.Object) -> Iterator[str]:
    """What its docstring says."""
    for section in thing.docstring.parsed if thing.docstring else ():
        if section.kind is griffe.DocstringSectionKind.text:
            yield f"{section.value}\n"
        elif section.kind is griffe.DocstringSectionKind.admonition:
            yield f"{section.title}: {section.value.contents}\n"
        else:
            yield f"{section.title or section.kind.value.capitalize()}:\n"
            yield "".join(f"* {_item(item)}\n" for item in section.value)


def _item(item: griffe.DocstringElement) -> str:
    name = getattr(item, "name", "") or (str(item.annotation).strip("()") if item.annotation is not None else "")
    words = " ".join(item.description.split())
    return f"`{name}`: {words}" if name else words


def _bases(thing: griffe.Class) -> Iterator[str]:
    if "Model" in map(str, thing.bases):
        yield "Turns into plain JSON types with `to_dict()`.\n"
    hidden = ("Generic", "Protocol", "Model", "Element", "_")
    names = [name for name in map(str, thing.bases) if not name.startswith(hidden) and not name.endswith(_PARTS)]
    if names:
        yield f"Base: {', '.join(f'`{name}`' for name in names)}\n"


def _members(thing: griffe.Class, *, signed: bool) -> Iterator[str]:
    """Its values, methods and attributes; if no signature has told its fields, those too that need no words."""
    if any("Enum" in str(base) for base in thing.bases):
        values = [one for one in thing.members.values() if isinstance(one, griffe.Attribute) and one.value is not None]
        yield "".join(f"* `{one.value}`\n" for one in values)
    made = not thing.path.startswith("plivo_async.webhooks.")
    if made and "__call__" in thing.members and isinstance(call := thing["__call__"], griffe.Function):
        yield "#### client.mpc(…)\n"
        yield from _signature("client.mpc", call.overloads or [call])
        yield from _words(call)
    for name, member in _with_parts(thing).items():
        a_field = not signed and isinstance(member, griffe.Attribute) and member.annotation is not None
        if name.startswith("_") or isinstance(member, griffe.Alias) or not (member.docstring or a_field):
            continue
        if isinstance(member, griffe.Function):
            yield f"#### {thing.name}.{name}\n"
            yield from _signature(name, member.overloads or [member])
            yield from _words(member)
        elif isinstance(member, griffe.Attribute):
            kind = f": {member.annotation}" if member.annotation is not None else ""
            yield f"**`{name}{kind}`** {member.docstring.value if member.docstring else ''}".rstrip() + "\n"


def _with_parts(thing: griffe.Class) -> dict[str, griffe.Object | griffe.Alias]:
    """Its members, and those that it has from classes which are only a part of it."""
    parts = [base for base in thing.mro() if base.name.endswith(_PARTS)]
    return {**thing.members, **{name: member for part in parts for name, member in part.members.items()}}


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
