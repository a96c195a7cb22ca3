"""A route of Flask that activates a conference: behind a portal of anyio, to the event loop of one client.

    flask --app flask_route run

Flask handles requests in threads. They share one client, which lives in an event loop in a thread of its own; so they
share connections and the account's budget. A server that forks makes the client in each worker, at its first request.
"""

import atexit
from contextlib import ExitStack
from functools import cache

from anyio.from_thread import BlockingPortal, start_blocking_portal
from flask import Flask, jsonify
from flask.typing import ResponseReturnValue

from plivo_async import AsyncClient, InvalidArgumentError, NotFoundError, OutcomeUnknownError, PlivoError

app = Flask(__name__)


@cache
def plivo() -> tuple[BlockingPortal, AsyncClient]:
    """The client of this process, and the way to it."""
    stack = ExitStack()
    atexit.register(stack.close)
    portal = stack.enter_context(start_blocking_portal())
    return portal, stack.enter_context(portal.wrap_async_context_manager(AsyncClient(deadline=15.0)))


@app.post("/conferences/<path:name>/start")
def start(name: str) -> ResponseReturnValue:
    """Activate the conference."""
    portal, client = plivo()
    return jsonify(portal.call(client.mpc.start, name).to_dict())


@app.errorhandler(PlivoError)
def plivo_said_no(error: PlivoError) -> ResponseReturnValue:
    """A status for each thing that somebody can do something about."""
    match error:
        case InvalidArgumentError():
            return jsonify(detail=str(error)), 422
        case NotFoundError():
            return jsonify(detail="nobody is waiting in it"), 404
        case OutcomeUnknownError():
            return jsonify(detail="it may be live: look before you try again"), 502
    return jsonify(detail=f"it was not started: {error}"), 503, {"Retry-After": "5"}
