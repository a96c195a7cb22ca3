"""A world, and what calls back from it: all that a reset replaces."""

from dataclasses import dataclass
from datetime import datetime

from ._chance import Faults, mishaps_of
from ._clock import Clock
from ._draws import Uuids
from ._era import Era, Start
from ._post import Post
from .api._auth import Account
from .calling_back._conversations import Conversations
from .calling_back._courier import Courier
from .world._callbacks import Watcher
from .world._machine import Machine
from .world._phones import Rings
from .world._settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What every world of an emulator has in common."""

    account: Account
    settings: Settings
    answer_after: float
    calls_per_second: float | None
    post: Post


class World:
    """One of them, in which nothing has happened yet.

    Args:
        plan: As above.
        epoch: Wall-clock time at second 0 of the clock; aware.
        seed: Of everything that is left to chance.
        faults: What goes wrong.
        clock: What time it is.
        start: Starts tasks.
    """

    def __init__(self, plan: Plan, epoch: datetime, *, seed: int, faults: Faults, clock: Clock, start: Start) -> None:
        self.uuids = Uuids(seed)
        self.machine = Machine(
            epoch,
            self.uuids,
            auth_id=plan.account.auth_id,
            settings=plan.settings,
            answer_after=plan.answer_after,
            calls_per_second=plan.calls_per_second,
        )
        self._era = Era(start)
        token = plan.account.auth_token
        rules = plan.post.rules(token, mishaps_of(faults), faults.callbacks_late_by, seed, self._era.start)
        self.mishaps = rules.mishaps
        self.courier = Courier(self.machine, rules, clock.time, self._era.start)
        self.conversations = Conversations(self.machine, self.courier, clock.time, self._era.start)
        self.rings = Rings(self.machine.phones)
        self.machine.time.clock, self.machine.time.check = clock.look, clock.check_change

    def begin(self, epoch: datetime, media: str) -> None:
        """Let it go on from there, and tell what happens.

        Args:
            epoch: Wall-clock time at second 0.
            media: Scheme and host of the media files.
        """
        self.machine.time.epoch = epoch
        self.machine.recorder.media = media
        self.machine.told.listener = self.conversations.take

    def watch(self, watcher: Watcher) -> None:
        """Tell this one of everything that happens."""
        self.machine.told.watcher = self.courier.watcher = watcher

    def end(self) -> None:
        """Let nothing more happen."""
        self.machine.told.listener = lambda _record, _about: None
        self.machine.told.watcher = self.courier.watcher = None
        self._era.end()
        self.courier.abandon()
