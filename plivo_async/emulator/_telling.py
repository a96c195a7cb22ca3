"""What a user of the emulator sees of callbacks: the part of `Emulator` that is about these."""

from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ._mishaps import Line, Mishap, Mishaps
from .calling_back._courier import Courier, PostalRules
from .calling_back._deliveries import Delivery
from .calling_back._destinations import checked_hosts
from .calling_back._in_process import AsgiApp, ToFunction, to_app
from .calling_back._letters import Deliver
from .calling_back._network import Network, Verify, context_of
from .world._callbacks import CallbackRecord
from .world._machine import Machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """How callbacks are sent, as a user says it; see `Emulator`."""

    to: str | Collection[str]
    deliver: Deliver | None
    app: AsgiApp | None
    verify: Verify
    tokens: Collection[str]
    keep: int

    def rules(self, token: str, shares: Mapping[Mishap, float], late_by: float, seed: int) -> PostalRules:
        """The same, checked.

        Raises:
            ValueError: An argument out of its range or form, or both a function and an application.
            OSError: There is no such file of certificates.
        """
        if self.deliver is not None and self.app is not None:
            raise ValueError("deliver, callbacks_app: one or the other")
        if self.keep < 1:
            raise ValueError(f"keep_deliveries: {self.keep} is less than 1")
        if isinstance(self.tokens, str) or not all(self.tokens):
            raise ValueError("callback_tokens: not a collection of tokens")
        function = to_app(self.app) if self.app is not None else self.deliver
        verify = context_of(self.verify) if isinstance(self.verify, str) else self.verify
        hosts = checked_hosts(self.to)
        return PostalRules(
            carrier=Network(verify) if function is None else ToFunction(function),
            hosts=hosts if function is None else None,
            mishaps=Mishaps(shares, seed),
            late_by=late_by,
            keep=self.keep,
            tokens=(token, *(one for one in self.tokens if one != token)),
            seed=seed,
        )


class CallbackView:
    """Callbacks: what there was to tell, and how that was delivered."""

    _machine: Machine
    _courier: Courier
    _mishaps: Mishaps

    @property
    def callbacks(self) -> list[CallbackRecord]:
        """All that Plivo tells by callbacks, in order, delivered or not."""
        self._machine.time.sync()
        return self._machine.told.records

    @property
    def deliveries(self) -> deque[Delivery]:
        """How each of the `callbacks` was delivered, copies included, in order; the latest `keep_deliveries`.

        It is the log itself: `deliveries.clear()` forgets what has been.
        """
        self._machine.time.sync()
        return self._courier.deliveries

    async def delivered(self) -> None:
        """Wait until every callback that there is to tell has been sent and answered, or given up, late ones included.

        What falls due meanwhile belongs to it; what is to come (a phone that will answer) doesn't. The XML of calls is
        carried out as far as it goes without anybody's doing.

        Raises:
            RuntimeError: The emulator is not running, or runs in another thread or event loop.
        """
        self._machine.time.act()
        await self._courier.settled()

    async def resend(self, delivery: Delivery) -> Delivery:
        """Send a callback once more, as Plivo may, and wait until it is answered, or given up.

        The parameters are the same; nonce and signature are new. Nothing goes wrong with it on purpose, and XML that
        comes back is not carried out.

        Args:
            delivery: One of `deliveries`, whatever became of it.

        Returns:
            The new one, whose `copy_of` is the number of the first.

        Raises:
            ValueError: Its host is not among those that callbacks may go to.
            RuntimeError: The emulator is not running, or runs in another thread or event loop.
        """
        self._machine.time.act()
        copy = self._courier.send_again(delivery)
        await self._courier.over(copy)
        return copy

    def script_callback(self, event: str, subject: str | None = None, *, nth: int | None = 1, fault: Mishap) -> None:
        """Let one callback go wrong for certain, whatever chance says.

        Args:
            event: `EventName` or `Event`, such as `ParticipantJoin` or `Hangup`, or another `Delivery.event`.
            subject: The friendly name of the conference, or the number of the phone, without "+"; None for whichever.
            nth: Which such callback since the start, 1 for the first; None for each.
            fault: `lost`: it is never sent. `late`: it is sent `Faults.callbacks_late_by` seconds late. `twice`.
                `shuffled`: the next one of the same conference, or call, overtakes it.

        Raises:
            ValueError: No such fault, or `nth` is less than 1.
        """
        self._mishaps.add(Line(event, subject, nth, fault))
