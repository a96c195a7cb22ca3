"""From a request to a verified event."""

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from .._errors import SignatureError, invalid
from ..shown._secret import Secret
from ._event import Event, public
from ._explain import explained
from ._nonces import NonceMemory, at_least
from ._reading import read
from ._request import Headers, Incoming, Limits, by_name, incoming, only_nonce, signatures
from ._signature import bases, fits, message


@public
class Receiver:
    """Verifies requests that claim to be Plivo's callbacks. Pure: no I/O, for any framework, on any thread.

    A request is believed if it carries a V3 signature that one of your tokens makes. V2 is refused: it covers none of
    the parameters.
    """

    def __init__(
        self,
        tokens: Sequence[str],
        *,
        base_url: str | None = None,
        max_body: int = 1 << 18,
        max_params: int = 256,
        nonces: NonceMemory | None = None,
    ) -> None:
        """Set up a receiver.

        Args:
            tokens: The Auth Tokens that may have signed: of the account, of subaccounts, the next one while you rotate.
            base_url: What the world calls your service, as it stands in the URLs that you give to Plivo:
                `https://api.example.com`, with port and path if those have them. It takes the place of what your
                framework sees behind a proxy. None takes the URL of each request as it is given.
            max_body: Bytes of a body, and characters of a URL, that are looked at. Callbacks have some 2,000; only a
                transcription of hours may have more than the default.
            max_params: Parameters that are looked at.
            nonces: Refuses what comes again; read `NonceMemory` first.

        Raises:
            InvalidArgumentError: There is no token, or one is blank or has spaces around it; the base URL has no host,
                or has a query; a number is too small.
            TypeError: An argument is of a wrong type.
        """
        self._tokens = _checked_tokens(tokens)
        self._base_url = None if base_url is None else _checked_base_url(base_url)
        self._limits = Limits(at_least("max_body", max_body, 1), at_least("max_params", max_params, 1))
        if nonces is not None and not isinstance(nonces, NonceMemory):
            raise TypeError(f"nonces must be a NonceMemory, not {type(nonces).__name__}")
        self._nonces = nonces

    @property
    def max_body(self) -> int:
        """Bytes of a body that are looked at."""
        return self._limits.body

    def unwrap(self, method: str, url: str | bytes, headers: Headers, body: str | bytes = b"") -> Event:
        """The event that a request tells, if it is Plivo's.

        Args:
            method: GET or POST.
            url: The URL that was requested, with its query; beside a `base_url` its path and query are enough.
            headers: Its headers: a mapping or pairs, of text or bytes.
            body: Its body as it came, before anything has read it.

        Raises:
            SignatureError: No token of yours has signed it, or its nonce was seen before. Answer 403.
            MalformedCallbackError: It is too large, no form, or no event that is well formed. Answer 400.
            TypeError: An argument is of a wrong type.
        """
        named = by_name(headers)
        given, nonce = signatures(named), only_nonce(named)
        request = incoming(method, url, named, body, self._limits)
        self._verify(request, nonce, given)
        event = read(request.told, request.query if request.method == "POST" else ())
        if self._nonces is not None and not self._nonces.is_new(nonce):
            raise SignatureError("its nonce was seen before: it is a request that was sent again")
        return event

    def explain(self, method: str, url: str | bytes, headers: Headers, body: str | bytes = b"") -> str:
        """Why a request isn't believed, for your log: what the signature would fit.

        Tries other hosts, schemes, ports, paths, methods and bodies, and says what helps. Shows no token, no number,
        and no path; still it is nothing for the sender to see. Tries some thousand signatures: call it when somebody
        looks for a mistake, not for each stranger.

        Args:
            method: As `unwrap` has it.
            url: As `unwrap` has it.
            headers: As `unwrap` has them.
            body: As `unwrap` has it.

        Raises:
            TypeError: An argument is of a wrong type.
        """
        tokens = [token.reveal() for token in self._tokens]
        return explained(method, url, by_name(headers), body, tokens, self._base_url, self._limits)

    def _verify(self, request: Incoming, nonce: str, given: list[str]) -> None:
        known = bases(request.path, self._base_url)
        if not known:
            raise SignatureError("the URL has no host: give the whole URL, or a base_url to the Receiver")
        texts = [message(request.method, one, request.query, request.params) for one in known]
        if not fits((token.reveal() for token in self._tokens), texts, nonce, given):
            raise SignatureError("no token that is known has signed it; Receiver.explain() says what may be wrong")

    def __repr__(self) -> str:
        shown = "" if self._base_url is None else f", base_url={_without_password(self._base_url)!r}"
        return f"Receiver({len(self._tokens)} tokens{shown})"


def _checked_tokens(tokens: object) -> tuple[Secret, ...]:
    if isinstance(tokens, str | bytes) or not isinstance(tokens, Iterable):
        raise TypeError(f"tokens must be a list of str, not {type(tokens).__name__}")
    listed = list(tokens)
    if not listed:
        raise invalid("tokens", "is empty; give the Auth Token of the account, and those of subaccounts")
    for index, token in enumerate(listed):
        if not isinstance(token, str):
            raise TypeError(f"tokens[{index}] must be a str, not {type(token).__name__}")
        if not token.strip():
            raise invalid(f"tokens[{index}]", "is blank: everybody could sign with it")
        if token != token.strip() or not token.isprintable():
            raise invalid(f"tokens[{index}]", "has spaces around it, or a control character in it")
    return tuple(Secret(token) for token in dict.fromkeys(listed))


def _checked_base_url(base_url: object) -> str:
    if not isinstance(base_url, str):
        raise TypeError(f"base_url must be a str, not {type(base_url).__name__}")
    try:
        parts = urlsplit(base_url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host or any(one.isspace() for one in base_url):
        raise invalid("base_url", "must be a URL such as https://api.example.com")
    if "?" in base_url or "#" in base_url:
        raise invalid("base_url", "must have neither query nor fragment: those are of each request")
    return base_url


def _without_password(base_url: str) -> str:
    scheme, _, rest = base_url.partition("://")
    netloc, slash, path = rest.partition("/")
    return f"{scheme}://{netloc.rpartition('@')[2]}{slash}{path}"
