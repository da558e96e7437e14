"""The only door between customer text and everything else.

Names handed out here are all that other rooms may use of `guardrails.text` and
`guardrails.identity.redact`; `mint` and `unwrap` stay inside, and the import contract holds that.
"""

from guardrails.identity.redact import Mask, Redaction, Redactor
from guardrails.text import (
    ForPerson,
    RawText,
    RedactedText,
    Template,
    join,
    join_raw,
    require_redacted,
)

__all__ = [
    "ForPerson",
    "Mask",
    "RawText",
    "RedactedText",
    "Redaction",
    "Redactor",
    "Template",
    "join",
    "join_raw",
    "require_redacted",
]
