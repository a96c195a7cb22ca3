"""A Celery task that activates a conference: one client for each worker process, in an event loop in a thread.

    celery -A celery_task worker

A task runs without an event loop, and many of them run in one process, one after another. A client made in each
of them would open its connections anew each time, and know nothing of the account's budget. The budget of all processes
together is `PLIVO_RATE_LIMIT_URL`.
"""

import os
from contextlib import ExitStack
from typing import Any

from anyio.from_thread import BlockingPortal, start_blocking_portal
from celery import Celery, Task
from celery.signals import worker_process_init, worker_process_shutdown

from plivo_async import AsyncClient, NotFoundError, NotSentError, RateLimitError, ServerError

app = Celery("conferences", broker=os.environ.get("CELERY_BROKER_URL", "redis://127.0.0.1:6379/1"))
app.conf.task_acks_late = True  # a task whose worker died is done again: activating is idempotent


class Plivo:
    """The client of this process, and the loop in which it lives."""

    portal: BlockingPortal
    client: AsyncClient

    def __init__(self) -> None:
        self._stack = ExitStack()

    def open(self, **_: Any) -> None:
        """Once, when the process has begun: not before, as connections can't be taken over a fork."""
        self.portal = self._stack.enter_context(start_blocking_portal())
        self.client = self._stack.enter_context(self.portal.wrap_async_context_manager(AsyncClient(deadline=60.0)))

    def close(self, **_: Any) -> None:
        """When it ends."""
        self._stack.close()


plivo = Plivo()
worker_process_init.connect(plivo.open)
worker_process_shutdown.connect(plivo.close)


@app.task(bind=True, max_retries=5)
def start_conference(task: Task, name: str) -> dict[str, Any]:
    """Activate one; later again where nothing was done. That nobody waits in it is an outcome, and no failure."""
    try:
        return plivo.portal.call(plivo.client.mpc.start, name).to_dict()
    except NotFoundError as error:
        return {"name": name, "outcome": "not_found", "detail": str(error)}
    except (RateLimitError, NotSentError, ServerError) as error:
        raise task.retry(exc=error, countdown=error.retry_after or 10) from error
