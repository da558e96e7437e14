"""The only package that reads customer text; every other package gets redacted text from it.

Other packages may use only the names exported here of `guardrails.text` and
`guardrails.identity.redact`; `mint` and `unwrap` stay inside, which the import contract enforces.
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
