"""Activating one conference or many, and what became of each."""

from ..transport._progress import Fence, NotOursError
from ._activation import Activation, untouched
from ._engine import Engine
from ._input import ConferenceId, Input, Item, Names
from ._intake import Source
from ._job import Job
from ._journal import Journal
from ._journal_file import Identity
from ._journal_run import JournalRun
from ._journalled import AGAIN, JournalledInput, resume, tried_again
from ._ledger import Ledger
from ._plan import Plan, plan
from ._report import ActivationReport, duration, summary
from ._roll import Roll, read_all
from ._shard import Shard, split
from ._shard_ledger import merge
from ._shard_state import ShardState, refused
from ._stream import ActivationStream, Belt
from ._teller import Teller

__all__ = [
    "AGAIN",
    "Activation",
    "ActivationReport",
    "ActivationStream",
    "Belt",
    "ConferenceId",
    "Engine",
    "Fence",
    "Identity",
    "Input",
    "Item",
    "Job",
    "Journal",
    "JournalRun",
    "JournalledInput",
    "Ledger",
    "Names",
    "NotOursError",
    "Plan",
    "Roll",
    "Shard",
    "ShardState",
    "Source",
    "Teller",
    "duration",
    "merge",
    "plan",
    "read_all",
    "refused",
    "resume",
    "split",
    "summary",
    "tried_again",
    "untouched",
]
