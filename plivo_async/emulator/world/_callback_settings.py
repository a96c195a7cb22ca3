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

    refused_xml: Literal["skipped", "ends"] = "skipped"
    """What the emulator refuses in XML (an unknown element, an attribute out of its range) is left out, or the call
    ends with 8011 and its kin. Unverified. XML that can't be parsed ends it whatever this says (Plivo docs)."""

    xml_recording_callback_method: Literal["POST", "GET"] = "POST"
    """How a recording is told when `<MultiPartyCall>` gives a `recordingCallbackUrl` and no method.

    POST: the Python and Java SDKs. GET: three others, and a sample of the docs."""

    speak_seconds: float = 2.0
    """Seconds that `<Speak>` takes each time: no voice is synthesised here."""

    play_seconds: float = 3.0
    """Seconds that `<Play>` takes each time: no file is fetched."""

    def __post_init__(self) -> None:
        for name in ("speak_seconds", "play_seconds"):
            if not 0 <= getattr(self, name) < 1e9:
                raise ValueError(f"{name}: {getattr(self, name)} is not a number of seconds within 30 years")
