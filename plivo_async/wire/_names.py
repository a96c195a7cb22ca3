"""What a conference is called, and how that becomes one segment of a path."""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote, unquote
from uuid import UUID

from .._errors import InvalidArgumentError, invalid

LONGEST_SEGMENT = 60_000
"""Characters of an encoded name. httpx takes URLs of up to 65,536; how long a name Plivo takes is unverified."""


@dataclass(frozen=True, slots=True)
class Conference:
    """A conference (an MPC), by friendly name or by UUID: exactly one of the two is not None."""

    name: str | None
    uuid: str | None

    @property
    def segment(self) -> str:
        """The encoded path segment: `name_…` or `uuid_…`, with nothing left that could split or climb a path."""
        if self.name is None:
            return f"uuid_{self.uuid}"
        return f"name_{quote(self.name, safe='')}"

    @property
    def label(self) -> str:
        """The name or the UUID, as the caller knows it."""
        return self.name if self.name is not None else str(self.uuid)


def only_live(conference: Conference) -> str:
    """What a 404 may mean for a conference given by name. Source: Plivo docs, Multiparty Call."""
    return (
        "" if conference.name is None else "A name finds a live conference only; one that is over is found by its UUID"
    )


def conference(value: object, where: str = "", argument: str = "name") -> Conference:
    """Read a conference as a caller gives it: a `str` is a friendly name, a `uuid.UUID` a UUID.

    Args:
        value: What was given.
        where: Its place for the error message, as ` at position 3`.
        argument: As what it was given.

    Raises:
        TypeError: It is neither a `str` nor a `UUID`.
        InvalidArgumentError: The name is empty, too long, or has a control character or half a surrogate pair.
    """
    if isinstance(value, UUID):
        return Conference(None, str(value))
    if not isinstance(value, str):
        raise TypeError(f"a conference{where} must be a name (str) or a uuid.UUID, not {type(value).__name__}")
    if (problem := _refusal(value)) is not None:
        raise InvalidArgumentError(f"the conference name{where} {problem}", argument=argument)
    return Conference(value, None)


def conference_by_uuid(value: object) -> Conference:
    """Read an MPC UUID, given as text or as a `uuid.UUID`.

    Raises:
        TypeError: It is neither.
        InvalidArgumentError: The text is no UUID.
    """
    if isinstance(value, UUID):
        return Conference(None, str(value))
    if not isinstance(value, str):
        raise TypeError(f"uuid must be a str or a uuid.UUID, not {type(value).__name__}")
    try:
        return Conference(None, str(UUID(value)))
    except ValueError:
        raise invalid("uuid", f"must be a UUID such as 8742d531-7a2e-4c0f-9c1d-0f3a1c5b2d4e, not {value!r}") from None


def _refusal(name: str) -> str | None:
    """What is wrong with a name; None if nothing is."""
    if not name:
        return "is empty; give at least one character"
    for index, character in enumerate(name if not name.isprintable() else ""):
        if unicodedata.category(character) in {"Cc", "Cs"}:
            what = "a control character" if unicodedata.category(character) == "Cc" else "half a surrogate pair"
            return f"has {what} (U+{ord(character):04X}) at index {index}; names are text without control characters"
    if len(name) * 12 > LONGEST_SEGMENT and len(quote(name, safe="")) > LONGEST_SEGMENT:
        return f"is too long: at most {LONGEST_SEGMENT:,} characters once encoded"
    return None


def _climbs(segment: str) -> bool:
    """Whether a segment is `.` or `..`, or holds one once decoded, as a gateway may do and who stands behind it again.

    What follows a semicolon is a parameter to some of them, which leave it out. What begins with `name_` is the name of
    a conference, which may hold anything.
    """
    parts = (part.partition(";")[0] for part in re.split(r"[/\\]", unquote(unquote(segment))))
    return not segment.startswith("name_") and not {".", ".."}.isdisjoint(parts)


def check_path(path: str) -> str:
    """Check the path of `client.request()`: relative to the account, nothing that leaves it.

    Raises:
        InvalidArgumentError: It is absolute, has a query or a fragment, climbs with `..`, has a control character,
            half a surrogate pair or a space, or is too long.
    """
    if not path or path.startswith("/") or "://" in path or "\\" in path:
        raise invalid("path", f"must be relative to the account, such as 'Call/', not {path!r}")
    if "?" in path or "#" in path:
        raise invalid("path", f"must have no query and no fragment; use params= for the query, not {path!r}")
    if any(_climbs(segment) for segment in path.split("/")):
        raise invalid("path", f"must not climb with '.' or '..': {path!r}")
    if " " in path or any(unicodedata.category(character) in {"Cc", "Cs"} for character in path):
        raise invalid("path", f"must have no space and no control character; percent-encode them: {path!r}")
    if len(quote(path, safe="/%")) > LONGEST_SEGMENT:
        raise invalid("path", f"must have at most {LONGEST_SEGMENT:,} characters once encoded")
    return path
