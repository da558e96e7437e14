"""The models of the register, which feature uses which, and what that took."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Feature(StrEnum):
    """What a model is used for; ``all`` is every feature that has no model of its own."""

    ALL = "all"
    SUMMARY = "summary"
    REPLY = "reply"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of one call: sent, and written by the model; estimated where no server counted."""

    sent: int
    written: int
    estimated: bool = False


class ModelKind(StrEnum):
    """How a model is asked: like OpenAI's servers, like Azure's, or in this process."""

    OPENAI = "openai"
    AZURE = "azure"
    GGUF = "gguf"


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model of the register, and what its operator has promised.

    ``where`` is a base URL or the path of a GGUF file; ``model`` its name at the server. The key is
    not stored: ``key_env`` names the environment variable that holds it, ``key_file`` its file.
    ``window`` and ``longest`` are tokens: of the context, and of an answer. Prices are millionths
    of the operator's currency for a million tokens. With ``json_schema`` it is asked for JSON.
    ``operator`` is the sub-processor's name, else that of the model.
    """

    name: str
    kind: ModelKind
    where: str
    model: str
    created_at: datetime
    key_env: str = ""
    key_file: str = ""
    region: str = "local"
    no_training: bool = False
    baa: bool = False
    window: int | None = None
    longest: int | None = None
    price_sent: int = 0
    price_written: int = 0
    json_schema: bool = False
    operator: str = ""

    def cost(self, tokens: Tokens) -> int:
        """Return what a call cost, in millionths of the operator's currency, rounded up."""
        spent = tokens.sent * self.price_sent + tokens.written * self.price_written
        return -(-spent // 1_000_000)


@dataclass(frozen=True, slots=True)
class ModelUse:
    """The model of one tenant's feature, and the most tokens in a day and in a month.

    Without ``model`` the home's own choice holds. The limits of `Feature.ALL` hold for the sum of
    all features. A day and a month are those of UTC.
    """

    feature: Feature
    model: str = ""
    day_limit: int | None = None
    month_limit: int | None = None


@dataclass(frozen=True, slots=True)
class ModelUsage:
    """What one tenant's feature used of one model in one day: ``day`` is an ISO date.

    ``estimated`` counts the calls whose tokens were estimated; ``cost`` is in millionths.
    """

    day: str
    feature: str
    model: str
    calls: int
    sent: int
    written: int
    estimated: int
    cost: int
