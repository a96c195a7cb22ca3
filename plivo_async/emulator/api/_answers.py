"""What goes back, as values: a status, headers and a body, before anybody makes bytes of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Headers = tuple[tuple[str, str], ...]

JSON: Headers = (("Content-Type", "application/json"),)
_TEXT: Headers = (("Content-Type", "text/plain; charset=utf-8"),)
_HTML: Headers = (("Content-Type", "text/html; charset=utf-8"),)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back."""

    status: int
    body: bytes = b""
    headers: Headers = ()
    applied: bool = False
    """Whether the request changed the state."""


def json_answer(status: int, content: object, headers: Headers = (), *, applied: bool = False) -> Answer:
    """JSON, as Plivo answers."""
    return Answer(status, json.dumps(content).encode(), JSON + headers, applied)


def plain_text(status: int, text: str, headers: Headers = ()) -> Answer:
    """A line of text as a load balancer would answer it."""
    return Answer(status, text.encode(), _TEXT + headers)


def html_page(status: int, title: str, headers: Headers = ()) -> Answer:
    """A page as a gateway would answer it."""
    page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    return Answer(status, page.encode(), _HTML + headers)


def refusal(form: str, status: int, content: Mapping[str, Any], headers: Headers = ()) -> Answer:
    """The answer to a refused request: `content`, which has an `error`, in a form of `Settings.error_body`."""
    if form == "text":
        return plain_text(status, str(content["error"]), headers)
    return json_answer(status, content if form == "json" else {}, headers)
