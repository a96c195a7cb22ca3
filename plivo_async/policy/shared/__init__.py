"""The rules of a budget that many processes share: the ledger, one process' share of it, and what they say."""

from ._holders import Cooling, Holder
from ._ledger import Ledger
from ._share import Share
from ._trade import PROTOCOL, Kind, Reply, Report, Status, Terms, Trade

__all__ = [
    "PROTOCOL",
    "Cooling",
    "Holder",
    "Kind",
    "Ledger",
    "Reply",
    "Report",
    "Share",
    "Status",
    "Terms",
    "Trade",
]
