"""Recognises sentences that need no source: greetings, thanks, sympathy, closing words.

They may repeat what the ticket says and promise nothing. Anything else in them is a claim.
"""

from __future__ import annotations

import re

from assistant.writers.agreement import Features

_GREETING = re.compile(
    r"(?:hello|hi|hey|dear|good (?:morning|afternoon|evening|day))\b[^.?]{0,60}[,.!:]?$",
    re.IGNORECASE,
)
_SIGN_OFF = re.compile(
    r"(?:(?:kind|best|warm|many|with) )*(?:regards|wishes|sincerely|thanks|thank you)[,.!]?$"
    r"|(?:yours )?(?:sincerely|faithfully|truly)[,.!]?$|cheers[,.!]?$",
    re.IGNORECASE,
)
_OPENS = re.compile(
    r"(?:thank you|thanks|sorry|apologies|(?:i )?hope"
    r"|(?:i|we)(?:[’']m| am|[’']re| are)? (?:very |so |really )?"
    r"(?:sorry|hope|understand|apologi[sz]e|see)"
    r"|(?:if|should) you (?:have|need|are|still|want)"
    r"|if (?:this|that|it|none|the (?:issue|problem)|not)"
    r"|please (?:let|do not hesitate|don[’']t hesitate|feel free|tell|contact|reach|reply|write)"
    r"|(?:please )?let (?:us|me)|feel free|do not hesitate"
    r"|(?:i|we)(?:[’']ll| will| would|[’']d) be (?:happy|glad))\b",
    re.IGNORECASE,
)
_POLITE = frozenset(
    "ani appreci apolog appropri ask assist best bring close colleagu concern contact continu "
    "convenienc desk detail feel follow forward free further glad happi hear help hesit hope hour "
    "inconveni inform know let messag miss note occur onc patienc persist pleas possibl question "
    "reach regard repli report request resolv respond servic sorri soon step still support sure "
    "team thank this time touch troubl understand urgent use wait want welcom well wish work write "
    "wrong experienc face encount answer clarif addit issu problem doe doesn unfortun caus regard "
    "anyth els assistanc frustrat difficulti attent immedi find work clear".split()
)
_SIGNED = re.compile(
    r"\[[^\]\n]{2,40}\]|(?:the |your )?(?:IT )?(?:support|help ?desk|service desk)"
    r"(?: (?:team|desk))?\.?",
    re.IGNORECASE,
)


def is_greeting(words: str) -> bool:
    """Return whether a line greets or signs off, and says nothing else."""
    return bool(_GREETING.fullmatch(words) or _SIGN_OFF.fullmatch(words))


def is_blank_to_fill(words: str) -> bool:
    """Return whether a line only signs in a name that the model does not have."""
    return bool(_SIGNED.fullmatch(words))


def is_courtesy(words: str, said: Features, asked: Features) -> bool:
    """Return whether a sentence thanks, regrets, asks or closes, without a claim of its own."""
    if is_greeting(words):
        return True
    if said.figures - asked.figures or said.named - asked.named:
        return False
    if not (_OPENS.match(words) or words.endswith("?")):
        return False
    return not said.stems - asked.stems - _POLITE - said.placeholders
