"""Batches on Temporal: durable, cancelled in order, paused, watched in its UI. Needs the extra `temporal`.

Names are loaded when they are asked for: Temporal imports this package once more into the sandbox of each workflow, and
the workflow needs none of what the client is made of.
"""

import importlib
import typing

if typing.TYPE_CHECKING:
    from ._messages import BatchInput, BatchResult, Progress
    from ._plugin import PlivoPlugin
    from ._report import read_report
    from ._submit import Source, batch_input, start_batch
    from ._workflow import ActivationBatch

__all__ = [
    "ActivationBatch",
    "BatchInput",
    "BatchResult",
    "PlivoPlugin",
    "Progress",
    "Source",
    "batch_input",
    "read_report",
    "start_batch",
]

_HOMES = {
    "ActivationBatch": "_workflow",
    "BatchInput": "_messages",
    "BatchResult": "_messages",
    "PlivoPlugin": "_plugin",
    "Progress": "_messages",
    "Source": "_submit",
    "batch_input": "_submit",
    "read_report": "_report",
    "start_batch": "_submit",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        home = importlib.import_module(f".{_HOMES[name]}", __name__)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "temporalio":
            raise ImportError("plivo_async.engines.temporal needs plivo-async[temporal]") from None
        raise
    value: object = getattr(home, name)
    globals()[name] = value
    return value
