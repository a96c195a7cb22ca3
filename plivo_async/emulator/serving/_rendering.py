"""From an answer to its bytes, as they should be and as they should not."""

from http import HTTPStatus

import h11

from .._recipes import Leaving
from ..api._answers import Answer

_SURPLUS_204 = b"HTTP/1.1 204 No Content\r\nContent-Type: application/json\r\n\r\n"
_SURPLUS_404 = b"HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
_LAST_CHUNK = b"0\r\n\r\n"


def rendered(
    http: h11.Connection, answer: Answer, date: str | None, leaving: Leaving, method: str
) -> tuple[bytes, bytes]:
    """The head of an answer, and what comes behind it. `http` is told of an answer that is as it should be.

    Args:
        http: The connection's state.
        answer: What goes back.
        date: Its `Date`; None for none.
        leaving: How its bytes leave. Which of them, and when, is up to others.
        method: Of the request.
    """
    body = answer.body[: len(answer.body) // 2] if leaving is Leaving.SHORT_LENGTH else answer.body
    headers = [*answer.headers, *((("Date", date),) if date is not None else ())]
    headers += _framing(answer, leaving, len(body))
    reason = HTTPStatus(answer.status).phrase
    head = http.send(h11.Response(status_code=answer.status, headers=headers, reason=reason)) or b""
    rest = b""
    if body and method != "HEAD" and answer.status != 204:
        rest = http.send(h11.Data(data=body)) or b""
    rest += http.send(h11.EndOfMessage()) or b""
    return head, rest + _surplus(answer, leaving, head + rest, method)


def _framing(answer: Answer, leaving: Leaving, length: int) -> list[tuple[str, str]]:
    if leaving is Leaving.DOUBLED_CHUNK and answer.status != 204:
        return [("Transfer-Encoding", "chunked")]
    return [("Content-Length", str(length))] if answer.status != 204 or length else []


def _surplus(answer: Answer, leaving: Leaving, data: bytes, method: str) -> bytes:
    """What nobody expects behind it."""
    bodiless = method == "HEAD" or answer.status == 204
    match leaving:
        case Leaving.TWICE:
            return data
        case Leaving.WITH_204:
            return _SURPLUS_204
        case Leaving.WITH_404:
            return _SURPLUS_404
        case Leaving.SHORT_LENGTH if not bodiless:
            return answer.body[len(answer.body) // 2 :]
        case Leaving.DOUBLED_CHUNK if not bodiless:
            return _LAST_CHUNK
        case Leaving.BODY_WHERE_NONE_BELONGS if bodiless:
            return answer.body
    return b""
