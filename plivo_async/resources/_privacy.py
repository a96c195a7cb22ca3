"""What an error may say of the people an operation is about."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from .._errors import PlivoError
from ..wire import Destination

_SHOWN = 4  # digits at the end, as in the logs
_SHORTEST = 7  # digits: what is shorter may be anything


def addresses(arguments: Mapping[str, object]) -> list[str]:
    """The numbers and SIP URIs in the arguments of `add_participant`."""
    to = arguments.get("to")
    several = [to] if isinstance(to, str | Destination) or not isinstance(to, Sequence) else to
    given = [one.to if isinstance(one, Destination) else one for one in (arguments.get("from_"), *several)]
    return [one for one in given if isinstance(one, str)]


@contextmanager
def hiding(addresses: Iterable[str]) -> Iterator[None]:
    """Mask addresses in errors that pass: Plivo's own words may repeat them, in the message and in `detail`."""
    try:
        yield
    except PlivoError as error:
        for one in (error, error.__cause__):
            if isinstance(one, PlivoError):
                one.args = (masked(one.message, addresses), *one.args[1:])
                one.detail = None if one.detail is None else masked(one.detail, addresses)
        raise


def masked(text: str, addresses: Iterable[str]) -> str:
    """The text with each address masked but for its end; a SIP URI but for its host."""
    for address in sorted(addresses, key=len, reverse=True):
        core = address.removeprefix("+")
        user, at, host = core.partition("@")
        if at:
            text = text.replace(core, f"{user.partition(':')[0]}:***@{host}")
        elif len(core) >= _SHORTEST:
            text = text.replace(core, "*" * (len(core) - _SHOWN) + core[-_SHOWN:])
    return text
