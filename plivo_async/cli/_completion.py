"""What a shell offers where an option takes no fixed choice. Nothing here fails: a shell would show it in mid-line."""

import os
from pathlib import Path

import typer

_LARGEST = 64 << 20  # bytes of a file that is read while somebody waits for a Tab


def column(context: typer.Context) -> list[str]:
    """The columns of the file that the line names before this."""
    from .input._entries import columns_of

    # While the option before them has no value yet, arguments are left over, and not read as such.
    named = [context.params.get("beside"), context.params.get("file"), *context.args]
    name = next(filter(None, named), "")
    try:
        path = Path(os.path.expandvars(name)).expanduser()  # the shell hands over what was typed
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return []
        return columns_of(path.read_bytes(), str(path))
    except (OSError, ValueError, RuntimeError):  # no such user, among others
        return []


def outcome_or_group() -> list[str]:
    """What `mpc report --only` takes."""
    from ..policy import ActivationOutcome

    return ["failures", "all", *(outcome.value for outcome in ActivationOutcome)]


def failure() -> list[str]:
    """The outcomes that `mpc start --retry` takes."""
    from ..policy import ActivationOutcome

    return [outcome.value for outcome in ActivationOutcome if not outcome.succeeded]
