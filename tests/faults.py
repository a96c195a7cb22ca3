"""Faults that every client stands: none of them makes an answer that nobody has given, or belies a clock."""

from plivo_async.emulator import Fault

PLAIN = (
    Fault.LOST_RESPONSE,
    Fault.RESET_BEFORE,
    Fault.RESET_AFTER,
    Fault.ERROR_500,
    Fault.ERROR_502,
    Fault.ERROR_503,
    Fault.ERROR_500_APPLIED,
    Fault.ERROR_502_APPLIED,
    Fault.ERROR_503_APPLIED,
    Fault.RATE_LIMITED,
    Fault.LATE,
    Fault.HALF,
    Fault.SLOW_DRIP,
    Fault.NOT_JSON,
    Fault.IDLE_CLOSE,
)
