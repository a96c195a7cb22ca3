"""How a command's coroutine is run, and how it ends that fails."""

from collections.abc import Awaitable, Callable

import anyio

from .. import AuthenticationError, PlivoError
from ._account import REFUSED
from ._codes import ExitCode
from ._signals import until_signal
from .screen._console import fail
from .screen._words import in_terms_of_the_command


def run(main: Callable[[], Awaitable[None]]) -> bool:
    """Run it; returns whether it was interrupted, and ends the program if it failed."""
    try:
        return anyio.run(until_signal, main) is not None
    except KeyboardInterrupt:
        return True
    except AuthenticationError:
        fail(REFUSED, ExitCode.CREDENTIALS_REFUSED)
    except PlivoError as error:
        fail(in_terms_of_the_command(error.message), ExitCode.SOME_FAILED)
