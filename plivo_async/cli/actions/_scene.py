"""What the demo's emulator is set up with, and what is asked of it."""

from typing import NamedTuple

from ...emulator import Emulator

_MISSING = ("never-created-1", "never-created-2", "ended-yesterday")
_OPEN = tuple(f"open-since-this-morning-{number}" for number in range(1, 6))
_AWKWARD = ("a/b", "../Call", "Östermalm", "e%41", "two words")
_BYSTANDER = "eA"  # what e%41 would be if a name were decoded once too often
_STUBBORN = "always-500"


class Scene(NamedTuple):
    """What is asked for, and what must hold of the rest."""

    names: tuple[str, ...]
    """To be activated, in this order; the last one is the first one again."""
    open_before: frozenset[str]
    """Active before anybody asked."""


def set_up(plivo: Emulator, waiting: int) -> Scene:
    """Fill an emulator: `waiting` plain conferences and a few that are there to be got wrong.

    Args:
        plivo: It must be running.
        waiting: At least 1.
    """
    plain = tuple(f"demo-{number:04}" for number in range(1, waiting + 1))
    for name in (*plain, *_AWKWARD, _STUBBORN, _BYSTANDER):
        plivo.add_conference(name)
    for name in _OPEN:  # a start within the last two seconds can't be told from one of our own doing
        plivo.add_conference(name, status="active", started_ago=3600)
    plivo.add_conference("ended-yesterday", status="ended")
    plivo.script("activate", "a/b", fault="lost-response")
    plivo.script("activate", "Östermalm", fault="503-applied")
    plivo.script("activate", _STUBBORN, nth=None, fault="500")
    return Scene((*plain[:1], _STUBBORN, *_AWKWARD, *_OPEN, *_MISSING, *plain[1:], plain[0]), frozenset(_OPEN))
