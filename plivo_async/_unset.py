"""The one "not given"."""

from enum import Enum

from ._public import public


@public
class Unset(Enum):
    """The type of `UNSET`."""

    UNSET = "unset"

    def __repr__(self) -> str:
        return "UNSET"


UNSET = Unset.UNSET
"""Not given, where None has a meaning of its own ("no timeout"). Compare with `is`; it pickles and copies as itself."""
