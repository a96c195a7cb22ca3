"""Where a shared budget is kept, as a URL."""

import re
from urllib.parse import urlsplit

from .._errors import InvalidArgumentError, invalid

_KINDS = "sqlite:////path/of/a/file, redis://host:6379/0, rediss://host:6379/0 or unix:///path/of/a/socket"


class StoreUrl(str):
    """A checked URL; its `repr` shows no password.

    Raises:
        InvalidArgumentError: It is none.
        TypeError: It is no text.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> "StoreUrl":
        """Check it."""
        if not isinstance(text, str):
            raise TypeError(f"RateLimit.shared must be a URL or None, not {type(text).__name__}")
        _check(text)
        return super().__new__(cls, text)

    @property
    def scheme(self) -> str:
        """`sqlite`, `redis`, `rediss` or `unix`."""
        return self.partition(":")[0].lower()

    @property
    def path(self) -> str:
        """The path of an SQLite file."""
        return self[len("sqlite:///") :]

    def masked(self) -> str:
        """The URL without user, password and query."""
        return re.sub(r"//[^/]*@", "//***@", self.partition("?")[0])

    def __repr__(self) -> str:
        return repr(self.masked())


def _check(text: str) -> None:
    scheme = text.partition(":")[0].lower()
    if scheme == "sqlite":
        if not text[len("sqlite:") :].startswith("////"):
            raise _wrong("names no file that all processes agree on: an absolute path has four slashes")
        if any(character in text for character in "?#\0") or text.endswith("/"):
            raise _wrong("must be the path of a file, and nothing more")
        return
    if scheme not in ("redis", "rediss", "unix") or not text[len(scheme) :].startswith("://"):
        raise _wrong("is none of these")
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise _wrong("can't be read as a URL") from None
    if not (parts.path.strip("/") if scheme == "unix" else host):
        raise _wrong(f"names no {'socket' if scheme == 'unix' else 'host'}")
    if scheme != "unix" and not re.fullmatch(r"/?[0-9]*", parts.path):
        raise _wrong("must end in the number of a database")


def _wrong(problem: str) -> InvalidArgumentError:
    return invalid("RateLimit.shared", f"{problem}: write {_KINDS}")  # what was given may hold a password
