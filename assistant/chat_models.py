"""Makes the model that writes: on a server or in this process, always behind the gate.

`assistant.bootstrap` imports this only where a model is set.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from assistant.adapters.langchain_llm import LangchainChat
from assistant.adapters.llama_cpp import ORIGIN, Engine, LlamaTransport, load, must_run
from assistant.errors import BadInput
from assistant.ports import ChatModel, Writer
from assistant.settings import Settings
from assistant.writers.model import ModelWriter
from guardrails import Redactor
from guardrails.audit.ledger import Ledger
from guardrails.egress.gate import EgressGate
from guardrails.injection.detector import FindSuspects
from guardrails.leaks.scan import Scanner
from guardrails.policy import Destination, Policy

_NAME = "model"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def make_writer(
    settings: Settings,
    policy: Callable[[], Policy],
    engine: Callable[[], Engine],
    *,
    scanner: Scanner,
    redactor: Redactor,
    ledger: Ledger,
    fallback: Writer,
    suspects: FindSuspects,
) -> Writer:
    """Return the writer of one tenant, whose ``policy`` is asked before each request.

    ``fallback`` writes when the model fails; ``suspects`` finds prompt injections. `BadInput` when
    the configured model cannot run.
    """
    gate = EgressGate(model_destination(settings), policy, scanner, ledger)
    return ModelWriter(_chat(settings, gate, engine), redactor, scanner, fallback, suspects)


def model_destination(settings: Settings) -> Destination:
    """Return where prompts are sent. `BadInput` when none is configured or it cannot run.

    A server or a model on this machine is the provider's own: no operator has to promise anything.
    """
    if (settings.model_url is None) == (settings.model_file is None):
        raise BadInput(
            "Either a model server or a model file must be set, and not both.",
            todo="Set QUIETDESK_MODEL_URL or QUIETDESK_MODEL_FILE, or QUIETDESK_WRITER=extractive.",
        )
    if settings.model_file is not None:
        must_run(settings.model_file)
        return Destination(_NAME, ORIGIN, no_training=True, baa=True)
    parts = urlsplit(str(settings.model_url))
    own = parts.hostname in _LOOPBACK
    return Destination(
        _NAME,
        f"{parts.scheme}://{parts.netloc}",
        region=settings.model_region,
        no_training=settings.model_no_training or own,
        baa=settings.model_baa or own,
    )


def make_engine(settings: Settings) -> Engine:
    """Load the model file that the settings name, and return its engine."""
    assert settings.model_file is not None, "only asked when there is one"
    return load(settings.model_file, threads=settings.threads)


def _chat(settings: Settings, gate: EgressGate, engine: Callable[[], Engine]) -> ChatModel:
    """Return the configured model behind ``gate``; imports the client."""
    key = settings.model_key
    inside = settings.model_file is not None
    return LangchainChat(
        url=f"{ORIGIN}/v1" if inside else str(settings.model_url),
        sender=LlamaTransport(engine) if inside else None,
        model=settings.model_name,
        key=key.get_secret_value() if key else None,
        timeout=settings.model_timeout_s,
        gate=gate,
    )
