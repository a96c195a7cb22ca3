"""The link to the next page: followed as the server gives it, but nowhere else than to the same account.

Links are relative to the host, `/v1/Account/{auth_id}/MultiPartyCall/?limit=20&offset=20`; what stands behind the
question mark is the server's business, an opaque cursor for example. Source: Plivo docs, "Pagination", and Plivo's
Python SDK. Whoever writes the link must not choose where the credentials go.
"""

import re
import unicodedata
from dataclasses import replace
from urllib.parse import quote, unquote

from ..policy import Effect
from ._messages import Request
from ._names import LONGEST_SEGMENT, check_path

_ABSOLUTE = re.compile(r"(https?)://([^/?#\\]+)", re.IGNORECASE | re.ASCII)
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
_SAFE = "!$%&'()*+,;=:@/?[]-._~"  # what may stand in a query as it is


def next_page(link: str, base_url: str, auth_id: str, like: Request) -> Request:
    """The request for the page that a link leads to. Safe.

    Args:
        link: As the server gave it: a path below the account's, with a query; or a URL of our server with such a path.
        base_url: Of the server, without a slash at its end.
        auth_id: The account.
        like: The request for the page before.

    Raises:
        ValueError: The link leads elsewhere, or is none; the message says how.
    """
    if len(link) > LONGEST_SEGMENT:
        raise ValueError(f"it has more than {LONGEST_SEGMENT:,} characters")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in link):
        raise ValueError("it has a control character or half a surrogate pair")
    path, query = _split(_below_account(link, base_url, auth_id), like)
    if "#" in query or "\\" in query:
        raise ValueError("it has a fragment or a backslash")
    encoded = quote(query, safe=_SAFE)
    if len(path) + len(encoded) > LONGEST_SEGMENT:
        raise ValueError(f"it has more than {LONGEST_SEGMENT:,} characters once encoded")
    return Request(like.operation, like.target, Effect.SAFE, "GET", path, None, encoded, page=True)


def page_at(offset: int, like: Request, limit: int | None = None) -> Request:
    """The request for the page that begins there. Safe.

    Args:
        offset: How many objects come before it.
        like: The request for another page of the list.
        limit: How many objects it may hold; None for as many as the other.
    """
    mine = {"offset": offset} if limit is None else {"limit": limit, "offset": offset}
    kept = [part for part in like.query.split("&") if part and part.partition("=")[0] not in mine]
    return replace(like, query="&".join([*kept, *(f"{key}={value}" for key, value in mine.items())]))


def offset_of(request: Request) -> int:
    """Where the page that a request asks for begins."""
    return _number("offset", request) or 0


def limit_of(request: Request) -> int | None:
    """How many objects a request asks for; None if it doesn't say."""
    return _number("limit", request)


def _number(key: str, request: Request) -> int | None:
    given = [value for name, _, value in (part.partition("=") for part in request.query.split("&")) if name == key]
    return int(given[-1]) if given and given[-1].isdecimal() else None


def _below_account(link: str, base_url: str, auth_id: str) -> str:
    """What comes after `/v1/Account/{auth_id}/`."""
    origin, prefix = _parts(base_url)
    rest = link
    if not link.startswith("/"):
        theirs, rest = _parts(link)
        if theirs != origin:
            raise ValueError("it leads to another server")
    elif link.startswith("//"):
        raise ValueError("it leads to another server")
    account = f"/v1/Account/{auth_id}/"
    for start in (account, f"{prefix}{account}"):
        if rest.startswith(start):
            return rest.removeprefix(start)
    raise ValueError(f"it doesn't lead to the account's own {account}")


def _parts(url: str) -> tuple[str, str]:
    """The origin of a URL, comparable, and what follows."""
    found = _ABSOLUTE.match(url)
    if found is None:
        raise ValueError("it is neither a path nor a URL")
    scheme = found[1].lower()
    return f"{scheme}://{found[2].lower().removesuffix(_DEFAULT_PORTS[scheme])}", url[found.end() :]


def _split(rest: str, like: Request) -> tuple[str, str]:
    """Path and query. A path that is that of the page before, but for its encoding, is taken from there.

    In examples Plivo leaves names in its URIs unencoded, and a name may have a question mark or a slash in it.
    """
    plain = unquote(like.path)
    if rest == plain or rest.startswith(f"{plain}?"):
        return like.path, rest[len(plain) + 1 :]
    path, _, query = rest.partition("?")
    if unquote(path) == plain:
        return like.path, query
    try:
        return check_path(quote(check_path(path), safe=_SAFE)), query
    except ValueError:
        raise ValueError("its path is empty, climbs, or has characters that no path has") from None
