"""What nobody has verified about how callbacks are sent, and about the XML that comes back, as settings."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackSettings:
    """How callbacks go out where Plivo's documents are silent or contradict each other; see `Settings`."""

    callback_total: Literal["all-tries", "each-try"] = "all-tries"
    """Whether the 55 seconds that a callback may take in all (`tt`) are for all its tries together. Unverified."""

    callback_nonce: Literal["each-try", "each-callback"] = "each-try"
    """Whether each try of a callback has a nonce, and so a signature, of its own. Unverified."""

    callback_v2: bool = True
    """Whether the older signatures V2 are sent as well. Plivo docs say so; no receiver should heed them."""

    callback_path_parameters: Literal["dropped", "kept"] = "dropped"
    """What becomes of path parameters (`/cb;v=1`) in what is signed: one SDK drops them, six keep them."""
