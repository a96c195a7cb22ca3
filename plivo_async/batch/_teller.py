"""Who is told of outcomes, and how many at a time."""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable

import anyio
import anyio.lowlevel

from .._errors import JournalError
from ..policy import ActivationOutcome
from ._activation import Activation
from ._input import BREATH

Note = Callable[[Activation], None]
HoldBack = Callable[[], Awaitable[None]]
Record = Callable[[list[Activation]], Awaitable[None]]


class Teller:
    """Tells of each outcome once, the moment it is known; of many in a row without keeping other tasks waiting."""

    __slots__ = ("_failure", "_hold_back", "_keep", "_note", "_record", "counts")

    def __init__(
        self, keep: Note, note: Note | None = None, hold_back: HoldBack | None = None, record: Record | None = None
    ) -> None:
        """Remember whom to tell.

        Args:
            keep: Keeps each; ours.
            note: Is told after that; the caller's, so it may raise. Once it has, it is told no more.
            hold_back: Awaited where there is time, to hold back whoever tells.
            record: Awaited before anybody is told: writes them down.
        """
        self._record = record
        self._keep = keep
        self._note = note
        self._hold_back = hold_back
        self._failure: BaseException | None = None
        self.counts: Counter[ActivationOutcome] = Counter()  # how many were told of

    async def tell(self, activations: list[Activation], *, recorded: bool = False) -> None:
        """Tell of a few.

        Args:
            activations: What became of them.
            recorded: They are written down already.

        Raises:
            JournalError: They could not be written down; they have been told all the same.
            BaseException: What the caller's function raised, after all of them have been kept.
        """
        try:
            if self._record is not None and not recorded:
                await self._record(activations)
        finally:
            self._tell(activations)
        self._raise_failure()
        if self._hold_back is not None:
            await self._hold_back()

    async def tell_at_the_end(self, groups: Iterable[list[Activation]], *, recorded: bool = False) -> None:
        """Tell of as many as there are, even while being cancelled, and without being held back.

        Args:
            groups: What became of them.
            recorded: There is nothing to be written down.

        Raises:
            BaseException: As above.
        """
        left = iter(groups)
        told = 0
        try:
            with anyio.CancelScope(shield=True):
                for group in left:
                    if not recorded:
                        await self._write_down(group)
                    self._tell(group)
                    told += len(group)
                    if told >= BREATH:
                        told = 0
                        await anyio.lowlevel.checkpoint()
        except anyio.get_cancelled_exc_class():  # asyncio's own, which no scope keeps away: others have to wait
            for group in left:
                self._tell(group)
            raise
        self._raise_failure()

    async def _write_down(self, activations: list[Activation]) -> None:
        if self._record is None:
            return
        try:
            await self._record(activations)
        except JournalError as error:
            self._failure = self._failure or error

    def _tell(self, activations: list[Activation]) -> None:
        for activation in activations:
            self.counts[activation.outcome] += 1
            self._keep(activation)
            if self._note is None:
                continue
            try:
                self._note(activation)
            except BaseException as error:  # noqa: BLE001  (the caller's; raised when all is kept)
                self._failure, self._note = error, None

    def _raise_failure(self) -> None:
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure
