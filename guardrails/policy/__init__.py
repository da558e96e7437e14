"""A tenant's privacy policy as rules that the system keeps.

If two rules conflict, the stricter one applies. The release of every reply by a person is not a
rule, so no policy can switch it off.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guardrails.policy.destination import Destination
    from guardrails.policy.policy import Policy
    from guardrails.policy.rules import Access, Rules
    from guardrails.policy.words import AiFeature, Purpose, Role, SubprocessorKind

__all__ = [
    "Access",
    "AiFeature",
    "Destination",
    "Policy",
    "Purpose",
    "Role",
    "Rules",
    "SubprocessorKind",
]

_MODULES = {
    "Access": "rules",
    "AiFeature": "words",
    "Destination": "destination",
    "Policy": "policy",
    "Purpose": "words",
    "Role": "words",
    "Rules": "rules",
    "SubprocessorKind": "words",
}


def __getattr__(name: str) -> object:
    """Import a name when it is first used: the help of a command needs words, and no rules."""
    if name not in _MODULES:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
