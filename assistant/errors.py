"""The error tree, defined in ``guardrails`` and re-exported here."""

from guardrails.errors import (
    BadInput,
    ContextOverflow,
    GateClosed,
    KeyTrouble,
    LimitReached,
    ModelBusy,
    ModelTrouble,
    NotFound,
    NotPermitted,
    QuietdeskError,
    Refused,
    SealBroken,
    SeamBreach,
    StorageTrouble,
    Trouble,
    UserMistake,
)

__all__ = [
    "BadInput",
    "ContextOverflow",
    "GateClosed",
    "KeyTrouble",
    "LimitReached",
    "ModelBusy",
    "ModelTrouble",
    "NotFound",
    "NotPermitted",
    "QuietdeskError",
    "Refused",
    "SealBroken",
    "SeamBreach",
    "StorageTrouble",
    "Trouble",
    "UserMistake",
]
