"""How many requests at a time: as many as the round trip needs, and not so many that the event loop stands still.

Under way are rate times round trip, and whatever more is let under way waits for nothing but our own event loop: all
answers that have come in are seen to in one turn of it, and everybody else there waits for that turn to end. So the
length of a turn tells which of the two it is.
"""

FIRST_WIDTH = 32
"""Requests at a time to begin with: each takes a connection, and setting up more TLS at once takes longer."""

MOST_WIDTH = 64
"""Requests at a time at most: 1,800 a second from a server 35 ms away, about what one CPU can do."""

_LEAST_WIDTH = 8
_SHORT_TURN, _LONG_TURN = 0.001, 0.002  # seconds; a timer that others wait for is late by two to three turns
_STEP = 8  # the share by which it widens or narrows


def next_width(width: int, turn: float) -> int:
    """How many requests to let under way at a time, after a turn of the event loop.

    Args:
        width: How many it was, all of them under way.
        turn: Seconds that the turn took.
    """
    step = max(1, width // _STEP)
    if turn < _SHORT_TURN:
        return min(width + step, MOST_WIDTH)
    if turn > _LONG_TURN:
        return max(width - step, _LEAST_WIDTH)
    return width
