"""Asks a model a harmless question three times, and says in words what works.

The questions are fixed words of ours. They pass the gate, the ledger and the limits like any other.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from assistant.adapters import vendor_errors
from assistant.adapters.langchain_llm import LangchainChat
from assistant.errors import ModelTrouble, QuietdeskError, Refused
from assistant.model import ModelEntry, ModelKind, Tokens
from assistant.ports import Amended, Meter
from assistant.register.choice import is_own
from guardrails import Template
from guardrails.audit.ledger import calling
from guardrails.policy import Purpose

_SYSTEM = Template("You are being tested. Answer in one short sentence.").fill()
_QUESTION = Template("What is two and two?").fill()
_COUNT = Template("Count from one to twenty, in words.").fill()
_SCHEMA = {
    "type": "object",
    "properties": {"sum": {"type": "integer"}},
    "required": ["sum"],
    "additionalProperties": False,
}
_FAULTS = {
    vendor_errors.GONE[0]: "reachable",
    vendor_errors.CERTIFICATE[0]: "certificate",
    vendor_errors.KEY[0]: "authentication",
    vendor_errors.NAME[0]: "model name",
}


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing that was tried: whether it works (None: it does not matter), and what to do."""

    what: str
    works: bool | None
    words: str
    todo: str = ""


@dataclass(slots=True)
class Recording:
    """A meter that passes on to ``inner`` and keeps the last count."""

    inner: Meter
    last: Tokens = field(default_factory=lambda: Tokens(0, 0, estimated=True))

    def admit(self, purpose: Purpose) -> None:
        """Ask the inner meter."""
        self.inner.admit(purpose)

    def count(self, purpose: Purpose, tokens: Tokens) -> None:
        """Tell the inner meter."""
        self.last = tokens
        self.inner.count(purpose, tokens)


def check_model(
    chat: LangchainChat,
    entry: ModelEntry,
    meter: Recording,
    clock: Callable[[], float] = time.monotonic,
) -> list[Checked]:
    """Return what was tried, in order; it ends at the first thing without which nothing works."""
    began = clock()
    try:
        with calling(Purpose.CHECK, "model"):
            chat.complete(_SYSTEM, _QUESTION)
    except Amended:
        pass
    except (ModelTrouble, Refused) as error:
        return _failed(error, entry)
    seconds = clock() - began
    return [
        *_connection(entry),
        *_request(chat, meter.last),
        _speed(meter.last, seconds),
        _streaming(chat, clock),
        _json(chat),
        _window(chat, entry),
    ]


def _failed(error: QuietdeskError, entry: ModelEntry) -> list[Checked]:
    """Return the fault, after what must have worked for it to show."""
    what = _FAULTS.get(error.happened, "gate" if isinstance(error, Refused) else "answer")
    passed: list[Checked] = []
    if what not in {"gate", "reachable"} and entry.kind is not ModelKind.GGUF:
        passed.append(Checked("reachable", True, "The server answers."))
        passed += [] if what == "certificate" else [_certificate(entry)]
    return [*passed, Checked(what, False, error.happened, error.todo)]


def _connection(entry: ModelEntry) -> list[Checked]:
    answers = Checked("reachable", True, "The model answers.")
    if entry.kind is ModelKind.GGUF:
        return [answers, Checked("certificate", None, "The model runs in this process.")]
    keyed = bool(entry.key_env or entry.key_file)
    return [
        answers,
        _certificate(entry),
        Checked(
            "authentication",
            True,
            "The server accepts the key." if keyed else "The server asks for no key.",
        ),
        Checked("model name", True, f"The server answers for “{entry.model}”."),
    ]


def _certificate(entry: ModelEntry) -> Checked:
    if urlsplit(entry.where).scheme == "https":
        return Checked("certificate", True, "The connection is encrypted, the certificate trusted.")
    if is_own(entry):
        return Checked("certificate", None, "None is needed: the server is on this machine.")
    return Checked(
        "certificate",
        False,
        "The connection is not encrypted.",
        "Use a URL that begins with https://.",
    )


def _request(chat: LangchainChat, tokens: Tokens) -> list[Checked]:
    manners = chat.manners
    quirks = manners.quirks
    return [
        Checked(
            "system role",
            quirks.system or None,
            "Taken."
            if quirks.system
            else "Refused: our instructions go into the user's message instead.",
        ),
        Checked(
            "temperature",
            quirks.temperature or None,
            "Taken." if quirks.temperature else "Refused: answers to the same question may differ.",
        ),
        Checked(
            "reasoning",
            True,
            "The model sends its reasoning, which is cut off."
            if manners.reasons
            else "The model sent none.",
        ),
        Checked(
            "token count",
            None if tokens.estimated else True,
            "The server does not count: tokens are estimated from the characters."
            if tokens.estimated
            else "The server counts the tokens.",
        ),
    ]


def _speed(tokens: Tokens, seconds: float) -> Checked:
    rate = tokens.written / max(seconds, 1e-6)
    about = "about " if tokens.estimated else ""
    words = f"{about}{rate:.1f} tokens/s: {tokens.written} tokens in {seconds:.1f} s."
    return Checked("speed", True, words[0].upper() + words[1:])


def _streaming(chat: LangchainChat, clock: Callable[[], float]) -> Checked:
    began, pieces, first = clock(), 0, 0.0
    with _tried() as failed:
        with calling(Purpose.CHECK, "model"):
            stream = chat.stream(_SYSTEM, _COUNT)
            next(stream, None)
        first = clock() - began
        with closing(stream):
            pieces = 1 + sum(1 for piece in stream if len(piece))
    if failed:
        return Checked("streaming", False, failed[0].happened, failed[0].todo)
    if pieces <= _ONE_PIECE:
        return Checked("streaming", None, "The answer comes in one piece, at its end.")
    return Checked("streaming", True, f"The first words come after {first:.1f} s.")


_ONE_PIECE = 3


def _json(chat: LangchainChat) -> Checked:
    obeyed = False
    with _tried() as failed, calling(Purpose.CHECK, "model"):
        obeyed = chat.answers_in_json(_SYSTEM, _QUESTION, _SCHEMA)
    if failed:
        return Checked("JSON schema", None, failed[0].happened)
    if not chat.manners.quirks.schema:
        return Checked("JSON schema", None, "Refused: answers are taken in words.")
    if not obeyed:
        return Checked("JSON schema", None, "Ignored: answers are taken in words.")
    return Checked("JSON schema", True, "The server answers in the JSON that it is asked for.")


def _window(chat: LangchainChat, entry: ModelEntry) -> Checked:
    size = entry.window or chat.manners.window
    told = f"{size:,} tokens." if size else "Not told: a prompt that is too long is shortened then."
    return Checked("context length", True if size else None, told)


@contextmanager
def _tried() -> Generator[list[QuietdeskError]]:
    """Yield a list that holds the error of the block, if there was one."""
    failed: list[QuietdeskError] = []
    try:
        yield failed
    except Amended:
        pass
    except (ModelTrouble, Refused) as error:
        failed.append(error)
