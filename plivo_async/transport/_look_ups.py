"""Names become addresses: one look-up at a time for each, however many connections wait for it."""

import itertools
import math
import socket
import threading
from dataclasses import dataclass, field

import anyio

from ..pacing._clock import Clock
from ..pacing._loop import Loop, here

_KEPT = 5.0  # seconds; more than a burst of connections takes, less than a change of DNS takes to spread


@dataclass(frozen=True, slots=True)
class Address:
    """Where a connection may go.

    Attributes:
        family: `AF_INET` or `AF_INET6`.
        host: The address as text.
        port: The port.
    """

    family: int
    host: str
    port: int


@dataclass(slots=True, eq=False)
class _LookUp:
    done: anyio.Event = field(default_factory=anyio.Event)
    addresses: tuple[Address, ...] = ()
    error: OSError | UnicodeError | None = None
    until: float = math.inf  # while it is under way, and then until it has become old


class LookUps:
    """What a client asks the resolver of this machine.

    Each look-up has a thread of its own: those of the event loop belong to others, who would wait behind a resolver
    that is slow. Whoever waits may be cancelled; the look-up goes on for the others. What has failed is asked anew by
    whoever comes next.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[tuple[str, int], _LookUp] = {}

    async def addresses(self, host: str, port: int) -> tuple[Address, ...]:
        """The addresses of a host, in the order in which they are best tried.

        Raises:
            OSError, UnicodeError: It can't be found out; mostly a `socket.gaierror`.
        """
        known = self._known.get((host, port))
        if known is None or self._clock() >= known.until:
            known = _LookUp()
            self._begin(known, host, port)
            self._known[host, port] = known
        await known.done.wait()
        if known.error is not None:
            raise type(known.error)(*known.error.args)  # its own: each one's traceback grows as it passes
        return known.addresses

    def _begin(self, one: _LookUp, host: str, port: int) -> None:
        loop = Loop(here())

        def over() -> None:
            one.until = self._clock() + _KEPT if one.error is None else -math.inf
            one.done.set()

        def look() -> None:
            try:
                one.addresses = _ask(host, port)
            except (OSError, UnicodeError) as error:
                one.error = error.with_traceback(None)
            except Exception as error:  # noqa: BLE001  (nobody else would say so)
                one.error = OSError(f"{type(error).__name__}: {error}")
            loop.call(over)  # or it is gone, and with it whoever waited

        threading.Thread(target=look, name=f"look-up of {host}", daemon=True).start()


def _ask(host: str, port: int) -> tuple[Address, ...]:
    found: dict[int, dict[Address, None]] = {}
    for family, *_, where in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        if family in (socket.AF_INET, socket.AF_INET6):
            found.setdefault(family, {})[Address(family, _text(where), port)] = None
    turns = itertools.chain.from_iterable(itertools.zip_longest(*found.values()))  # RFC 8305, 4
    addresses = tuple(address for address in turns if address is not None)
    if not addresses:
        raise socket.gaierror(socket.EAI_NONAME, "it has no address")
    return addresses


def _text(where: tuple[object, ...]) -> str:
    """The address with the interface that a link-local one needs."""
    scope = where[3] if len(where) == 4 else 0
    return f"{where[0]}%{scope}" if scope and "%" not in str(where[0]) else str(where[0])
