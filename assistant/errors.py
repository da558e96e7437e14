"""The error tree, handed up from ``guardrails`` where it is drawn."""

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
