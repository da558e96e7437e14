"""The errors of the model client's libraries, translated into ours.

The tables hold names instead of classes, so that no vendor is imported for them; a test walks the
vendors' namespaces and fails when one of them has an error that is not listed here.
"""

from __future__ import annotations

import ssl
import sys
from collections.abc import Iterator
from traceback import walk_tb

from assistant.errors import ModelTrouble, QuietdeskError

_CHECK = "Check that the model server runs and that its address is right."
_LATER = "Try again later."
NONSENSE = ("The model server's answer cannot be read.", _CHECK)
GONE = ("The model server cannot be reached.", _CHECK)
_SLOW = ("The model server gave no answer in time.", "Raise QUIETDESK_MODEL_TIMEOUT_S or wait.")
BROKEN_OFF = ("The model server broke off in the middle.", _LATER)
_REFUSED = ("The model server refused the request.", _CHECK)
KEY = (
    "The model server does not accept the key.",
    "Set its key where the settings or the register say.",
)
NAME = ("The model server has no such model or address.", "Check the model's name and address.")
BUSY = ("The model server is too busy.", _LATER)
FAILED = ("The model server failed.", _LATER)
FILTERED = (
    "The model server filtered the model's answer.",
    "Ask the server's operator which filter it was.",
)
QUOTA = (
    "The account at the model server has nothing left to spend.",
    "Top it up, or choose another model.",
)
SILENT = (
    "The model sent an empty answer.",
    "Run `quietdesk model check`, which says what works.",
)
ONLY_REASONED = (
    "The model sent its reasoning, but no answer.",
    "Switch its reasoning off, or raise the limit of its answers.",
)
CERTIFICATE = (
    "The model server's certificate is not trusted.",
    "Set QUIETDESK_MODEL_CA_FILE to the certificate of the authority that signed it.",
)
OUT_OF_ROOM = (
    "The model's answer was cut off at its token limit.",
    "Raise the limit of its answers.",
)
_OURS = ("The request to the model server could not be made.", "Report this.")

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "openai": {
        "APIConnectionError": GONE,
        "APIError": FAILED,
        "APIResponseValidationError": NONSENSE,
        "APIStatusError": FAILED,
        "APITimeoutError": _SLOW,
        "AuthenticationError": KEY,
        "BadRequestError": _REFUSED,
        "ConflictError": BUSY,
        "ContentFilterFinishReasonError": _REFUSED,
        "InternalServerError": FAILED,
        "InvalidWebhookSignatureError": _OURS,
        "LengthFinishReasonError": OUT_OF_ROOM,
        "NotFoundError": NAME,
        "OAuthError": KEY,
        "OpenAIError": FAILED,
        "PermissionDeniedError": KEY,
        "RateLimitError": BUSY,
        "UnprocessableEntityError": _REFUSED,
        "WebSocketConnectionClosedError": BROKEN_OFF,
        "WebSocketQueueFullError": BUSY,
    },
    "httpx": {
        "CloseError": BROKEN_OFF,
        "ConnectError": GONE,
        "ConnectTimeout": GONE,
        "CookieConflict": NONSENSE,
        "DecodingError": NONSENSE,
        "HTTPError": FAILED,
        "HTTPStatusError": FAILED,
        "InvalidURL": _OURS,
        "LocalProtocolError": _OURS,
        "NetworkError": BROKEN_OFF,
        "PoolTimeout": _SLOW,
        "ProtocolError": BROKEN_OFF,
        "ProxyError": GONE,
        "ReadError": BROKEN_OFF,
        "ReadTimeout": _SLOW,
        "RemoteProtocolError": BROKEN_OFF,
        "RequestError": GONE,
        "RequestNotRead": _OURS,
        "ResponseNotRead": _OURS,
        "StreamClosed": _OURS,
        "StreamConsumed": _OURS,
        "StreamError": _OURS,
        "TimeoutException": _SLOW,
        "TooManyRedirects": _REFUSED,
        "TransportError": BROKEN_OFF,
        "UnsupportedProtocol": _OURS,
        "WriteError": BROKEN_OFF,
        "WriteTimeout": _SLOW,
    },
    "langchain_openai": {"OpenAIContextOverflowError": OUT_OF_ROOM},
    "langchain_core": {
        "ContextOverflowError": OUT_OF_ROOM,
        "LangChainException": FAILED,
        "ModelAPIError": FAILED,
        "ModelAuthenticationError": KEY,
        "ModelConnectionError": GONE,
        "ModelError": FAILED,
        "ModelInvalidRequestError": _REFUSED,
        "ModelNotFoundError": NAME,
        "ModelPermissionDeniedError": KEY,
        "ModelRateLimitError": BUSY,
        "ModelTimeoutError": _SLOW,
        "OutputParserException": NONSENSE,
        "TracerException": _OURS,
    },
}
"""By package and class name: what happened, and what to do."""


_VENDORS = frozenset({*WORDS, "anyio", "h11", "httpcore", "langchain", "langsmith"})
_NEUTRAL = frozenset({*sys.stdlib_module_names, "pydantic", "pydantic_core"})
"""Modules whose errors count as errors of the code that calls them."""


def translated(error: BaseException) -> QuietdeskError | None:
    """Return ``error`` as one of ours, or None when it is a bug of ours, to be raised unchanged.

    The gate's own errors are returned unchanged. The vendors also raise `TypeError` and the like
    from their own code when an answer has an unexpected shape: that is the server's fault. Nothing
    of the vendor's message is kept: it may repeat what a server said.
    """
    chain = list(_causes(error))
    for each in chain:
        if isinstance(each, QuietdeskError):
            return each
    if any(_of_the_certificate(each) for each in chain):
        return trouble(CERTIFICATE)
    if any(_is_a_bug(each) for each in chain):
        return None
    known = (_words(each) for each in chain)
    words = next((each for each in known if each is not None), None)
    return trouble(words or (f"{NONSENSE[0][:-1]} ({type(error).__name__}).", _CHECK))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _of_the_certificate(error: BaseException) -> bool:
    """Return whether ``error`` replaced, without naming it, the error of a certificate."""
    return isinstance(error.__context__, ssl.SSLCertVerificationError)


def _words(error: BaseException) -> tuple[str, str] | None:
    for kind in type(error).__mro__:
        words = WORDS.get(kind.__module__.split(".")[0], {}).get(kind.__name__)
        if words is not None:
            return words
    return None


def _is_a_bug(error: BaseException) -> bool:
    """Return whether ``error`` is not a vendor's or the network's, nor raised in their code."""
    if _words(error) is not None or isinstance(error, OSError):
        return False
    names = [frame.f_globals.get("__name__", "") for frame, _ in walk_tb(error.__traceback__)]
    packages = (name.split(".")[0] for name in reversed(names))
    return next((each for each in packages if each not in _NEUTRAL), "") not in _VENDORS


def trouble(words: tuple[str, str]) -> ModelTrouble:
    """Return an error with ``words``: what happened, and what to do."""
    happened, todo = words
    return ModelTrouble(happened, todo=todo)
