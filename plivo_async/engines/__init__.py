"""A batch on many machines: what the engines share. Each has a package of its own here, and an extra of its name."""

from ._accounts import Accounts, MakeClient
from ._work import Save, Step, UnfinishedShardError, work_on

__all__ = ["Accounts", "MakeClient", "Save", "Step", "UnfinishedShardError", "work_on"]
