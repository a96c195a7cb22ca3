"""The resources of an account: the methods people call."""

from ._multiparty_calls import MultiPartyCalls

__all__ = ["MultiPartyCalls"]
