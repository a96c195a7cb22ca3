"""What time costs. Inferred from captured bills: 0.005 USD for each participant and minute begun."""

import math
from datetime import datetime
from decimal import Decimal

_PRICE_PER_MINUTE = Decimal("0.005")


def seconds(begin: datetime, end: datetime) -> int:
    """Whole seconds from the one to the other."""
    return int((end - begin).total_seconds())


def billed(duration: int) -> int:
    """Seconds that are paid for: rounded up to 60."""
    return math.ceil(duration / 60) * 60


def price(billed_duration: int) -> Decimal:
    """In USD, with five decimals."""
    return (billed_duration // 60 * _PRICE_PER_MINUTE).quantize(Decimal("0.00001"))


def rate() -> Decimal:
    """USD for a minute of a call, with five decimals; that of participants, for want of a price list."""
    return _PRICE_PER_MINUTE.quantize(Decimal("0.00001"))


def price_of(billed_seconds: int) -> Decimal:
    """USD for a call, with five decimals."""
    return (billed_seconds * _PRICE_PER_MINUTE / 60).quantize(Decimal("0.00001"))
