"""The error tree, defined in ``guardrails`` and re-exported here."""

from guardrails.errors import (
    BadInput,
    GateClosed,
    KeyTrouble,
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
    "GateClosed",
    "KeyTrouble",
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
