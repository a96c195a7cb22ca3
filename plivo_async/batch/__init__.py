"""Activating one conference or many, and what became of each."""

from ._activation import Activation
from ._engine import Engine, not_attempted
from ._input import ConferenceId, Input, Item, Names, Roll, read_all
from ._job import Job
from ._ledger import Ledger
from ._plan import Plan, plan
from ._report import ActivationReport, duration, summary
from ._stream import ActivationStream

__all__ = [
    "Activation",
    "ActivationReport",
    "ActivationStream",
    "ConferenceId",
    "Engine",
    "Input",
    "Item",
    "Job",
    "Ledger",
    "Names",
    "Plan",
    "Roll",
    "duration",
    "not_attempted",
    "plan",
    "read_all",
    "summary",
]
