"""Batches on Procrastinate: for teams whose database is Postgres, and who want nothing else beside it."""

try:
    import procrastinate as _procrastinate
    import psycopg as _psycopg
except ImportError as _error:
    raise ImportError("plivo_async.engines.procrastinate needs plivo-async[procrastinate]") from _error

from ._batches import Batches
from ._progress import Progress
from ._report import read_report
from ._task import ShardRetry, activate_shard, blueprint

del _procrastinate, _psycopg

__all__ = ["Batches", "Progress", "ShardRetry", "activate_shard", "blueprint", "read_report"]
