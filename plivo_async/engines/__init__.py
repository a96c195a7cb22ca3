"""A batch on many machines: what the engines share. Each has a package of its own here, and an extra of its name.

Names are loaded when they are asked for: Temporal imports its package, and so this one, into the sandbox of each
workflow, which needs none of what the client is made of.
"""

import importlib
import typing

if typing.TYPE_CHECKING:
    from ._accounts import Accounts, MakeClient
    from ._work import Save, Step, UnfinishedShardError, work_on

__all__ = ["Accounts", "MakeClient", "Save", "Step", "UnfinishedShardError", "work_on"]

_HOMES = {"Accounts": "_accounts", "MakeClient": "_accounts"}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(importlib.import_module(f".{_HOMES.get(name, '_work')}", __name__), name)
    globals()[name] = value
    return value
