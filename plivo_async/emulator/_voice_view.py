"""What a user of the emulator sees of calls, recordings and the account: the part of `Emulator` that is about these."""

import math
from collections.abc import Mapping
from decimal import Decimal

from .world import _placing as placing
from .world._legs import Leg
from .world._machine import Machine
from .world._office import AccountFacts, Application, Number, Subaccount
from .world._recordings import Recording
from .world._registry import View


class VoiceView:
    """Calls, recordings, the account."""

    _machine: Machine

    @property
    def calls(self) -> Mapping[str, Leg]:
        """Every call of the account by its `call_uuid`, in order of its beginning; a live view.

        Those that were made, those that were dialled into a conference, and those that came in; how each really ended
        is its `outcome`.
        """
        self._machine.time.sync()
        self._machine.calls.all()
        return View(self._machine.calls.by_uuid)

    @property
    def queue(self) -> list[Leg]:
        """The calls that were accepted and wait for their turn to be dialled, in order of their acceptance."""
        self._machine.time.sync()
        return [leg for leg in self._machine.calls.up() if leg.dialled_at is None and leg.status == "queued"]

    def end_call(self, call_uuid: str, *, cause: int = 4000) -> None:
        """End a call, by somebody else's doing than its phone's or a request's.

        Args:
            call_uuid: Which.
            cause: A key of `HANGUP_CAUSES`.

        Raises:
            ValueError: There is no such call, it is over, or there is no such cause.
            RuntimeError: The emulator is not running, or runs in another thread or event loop.
        """
        placing.end(self._machine, call_uuid, self._machine.time.act(), cause)

    @property
    def recordings(self) -> Mapping[str, Recording]:
        """Every recording by its `recording_id`, of conferences, of participants and of calls, those that go on and
        those that were deleted included, in order of their beginning; a live view.
        """
        self._machine.time.sync()
        return View(self._machine.recorder.by_id)

    # ---- The account --------------------------------------------------------------------------------------------

    @property
    def account(self) -> AccountFacts:
        """What the account is, as of now; `set_credits` changes what it has."""
        self._machine.time.sync()
        return self._machine.office.account

    @property
    def subaccounts(self) -> Mapping[str, Subaccount]:
        """The subaccounts by Auth ID, the oldest first; a live view."""
        self._machine.time.sync()
        return View(self._machine.office.subaccounts)

    @property
    def applications(self) -> Mapping[str, Application]:
        """The applications by `app_id`, the oldest first; a live view."""
        self._machine.time.sync()
        return View(self._machine.office.applications)

    @property
    def numbers(self) -> Mapping[str, Number]:
        """The account's numbers, without "+", the oldest first; a live view."""
        self._machine.time.sync()
        return View(self._machine.office.numbers)

    def set_credits(self, usd: float) -> None:
        """Say how much is left to pay calls with; at 0 or less, calls of this prepaid account end with 1010.

        Args:
            usd: US dollars. Nothing is taken from it.

        Raises:
            ValueError: `usd` is not finite.
            RuntimeError: The emulator is not running, or runs in another thread or event loop.
        """
        if not math.isfinite(usd):
            raise ValueError(f"usd: {usd} is no amount")
        self._machine.time.act()
        self._machine.office.account.cash_credits = Decimal(str(usd))

    def add_number(self, number: str, *, app_id: str | None = None) -> Number:
        """Rent a number. Calls to it (`add_call(to=...)`) are told at the URLs of its application.

        Args:
            number: Of digits, with or without "+".
            app_id: Of the application that it leads to; None for none.

        Raises:
            ValueError: It is none, it is the account's already, or there is no such application.
            RuntimeError: The emulator is not running, or runs in another thread or event loop.
        """
        now = self._machine.time.act()
        return self._machine.office.add_number(number, self._machine.time.wall(now), app_id)
