"""Kinds of questions, of headings and of texts: the patterns that the trained ranker counts.

The patterns only say what is there; which kind of text answers which kind of question was learnt.
`PAIRS` names the combinations that were worth a weight of their own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from re import Pattern


def _compiled(patterns: Mapping[str, str]) -> dict[str, Pattern[str]]:
    return {
        name: re.compile(text, re.IGNORECASE | re.MULTILINE | re.VERBOSE)
        for name, text in patterns.items()
    }


_OF_QUESTION = {
    "how long": r"""\b(?:how\ (?:long|often|quick\w*|fast|soon)|(?:since|until)?\ ?when|days?|hours?
    |minutes?|by\ when|expire\w*|deadline)\b""",
    "who": r"\b(?:who|whom|whose|contact|call|tell|escalat\w*|responsible|ask)\b",
    "where": r"\b(?:where|which\ (?:page|menu|file|folder|queue|channel|label)|find|located)\b",
    "how": r"""\b(?:how|steps?|set\ ?up|configure|create|add|change|remove|delete|install|restart
    |enable|disable|get\ rid|fix|recover|clean)\b""",
    "first": r"\b(?:first|right\ now|start|begin|now\ what|what\ now|next|quick\w*|asap)\b",
    "yes or no": r"""\A\W*(?:can|could|may|is|are|does|do|will|would|should|shall|must|has|have|am
    |did)\b
    |\b(?:can|may|should|shall|must|could|is\ it|do)\ (?:i|we|it|you|they|that|this)\b
    |\b(?:ok|okay|safe|allowed|possible|enough|right)\s*\??\Z""",
    "which": r"\b(?:which|what\ kind|or|difference|versus|vs|better|instead|recommended|best)\b",
    "meaning": r"""\b(?:what\ (?:does|is|are|do|s)|what['’]?s|mean\w*|why|because|cause\w*
    |reason\w*)\b""",
    "number": r"""\b(?:how\ (?:many|much|big|large)|max\w*|min\w*|limit|size|percent\w*|rate
    |cost\w*|price|threshold|least|most)\b""",
    "impact": r"""\b(?:impact|harm\w*|bad|dangerous|consequence\w*|affect\w*|happen\w*|los(?:e|ing)
    |loosing|loss|break\w*|stop\w*|slow|down|risk|safe)\b""",
    "command": r"\b(?:command|query|script|cli|run|sql|api|curl|console|terminal)\b",
    "check": r"""\b(?:check|see|look|find\ out|tell\ if|know|verify|test|show|list|diagnos\w*
    |debug|logs?)\b""",
    "failure": r"""\b(?:error|fail\w*|broken|stuck|not\ work\w*|(?:does|is|wo|ca)n['’]?t|cannot
    |refus\w*|reject\w*|denied|wrong|invalid|nothing|timeout|times\ out)\b|\b\d{3,}\b
    |\b[A-Z]{2,}-?\d+""",
}
QUESTION = _compiled(_OF_QUESTION)

_OF_HEADING = {
    "meaning": r"""\b(?:meaning|overview|introduction|about|what\ is|background|summary|concepts?
    |terminology|description|explained)\b""",
    "impact": r"\b(?:impact|severity|consequence|risk|limitations?|known\ (?:issues|problems))\b",
    "diagnosis": r"""\b(?:diagnos\w+|check\w*|verify\w*|identify\w*|investigat\w*|monitor\w*
    |debug\w*|determin\w+|list\w*|view\w*|troubleshoot\w*|find\w*|inspect\w*)\b""",
    "remedy": r"""\b(?:mitigat\w+|fix\w*|resol\w+|solution|steps?|how\ to|procedure|restor\w+
    |recover\w*|reset\w*|repair\w*|set\ ?up|setting|install\w*|creat\w+|add\w*|delet\w+
    |remov\w+|enabl\w+|disabl\w+|restart\w*|chang\w+|updat\w+|configur\w+|us(?:e|ing)|run\w*
    |deploy\w*|upload\w*|download\w*|workaround|action\w*)\b""",
    "people": r"""\b(?:contact\w*|escalat\w+|support|help|who|team|roles?|responsib\w+|access
    |permission\w*|owner\w*)\b""",
    "before": r"\b(?:pre-?requisit\w+|before|requirement\w*|assumption\w*)\b",
    "elsewhere": r"""\b(?:references?|further|resources?|links?|see\ also|related|next\ steps?
    |contents|more|additional|notes?|reading)\b""",
    "example": r"\b(?:examples?|annex|sample|appendix)\b",
    "question": r"\?|\A(?:how|what|why|when|where|who|can|is|do|which)\b",
    "failure": r"\b(?:error\w*|fail\w*|problem\w*|issue\w*|trouble\w*|if|when|not|cannot)\b",
}
HEADING = _compiled(_OF_HEADING)

FIRST = re.compile(
    r"\b(?:first|immediate(?:ly)?|at\ once|right\ away|straight\ away|urgent|initial|start\ here"
    r"|(?:next|\d+|one|two|three|five|ten|fifteen)\ (?:few\ )?minutes)\b",
    re.IGNORECASE,
)
"""Headings that say what comes first: “First ten minutes”, “Do this at once”."""

_OF_TEXT = {
    "items": r"^\s*(?:\d{1,2}[.)]|[-*+])\s+\S",
    "steps": r"^\s*\d{1,2}[.)]\s+\S",
    "code": r"```|^\s{4,}\S",
    "duration": r"""\b(?:\d+|one|two|three|four|five|six|seven|eight|ten|twelve|few|several|every
    |each)[\ -]?(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|(?:working\ )?days?|weeks?|months?
    |years?|nights?|[hms]\b)|\b(?:daily|nightly|weekly|monthly|immediately|\d{1,2}:\d{2}
    |(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b""",
    "contact": r"""[\w.+-]+@[\w-]+\.\w+|\#[a-z][\w-]{3,}|\b(?:contact|call|phone|slack|escalate
    |support\ case|service\ ?desk|team|e-?mail|ask|ping)\b|<(?:PERSON|EMAIL|PHONE)""",
    "quantity": r"""\b\d+(?:[.,]\d+)?\s?(?:%|percent|[GTM]i?B|KB|BU|units?|cores?|nodes?|times)\b
    |\d{2,}%|\b(?:up\ to|at\ least)\ \d|\b(?:maximum|limit)\b""",
    "negation": r"""\b(?:(?:must|should|do|does|will|is)(?:\ not|n['’]t)|can(?:not|['’]t)|never
    |not\ be|only|no\ longer|not\ (?:possible|supported|allowed)|unable|avoid)\b""",
    "modal": r"""\b(?:can|may|should|must|could|need\ to|have\ to|required|allowed|possible
    |recommended|safe(?:ly)?)\b""",
    "condition": r"\b(?:if|unless|when|in\ case|otherwise|instead)\b",
    "place": r"""\b(?:navigate|click|menu|tab|go\ to|under|located|in\ the|page|console|folder
    |directory|file|section|label)\b|`[/~][^`]+`|/[a-z]+/[a-z]+""",
    "table": r"^\s*\|.*\|",
    "reason": r"""\b(?:because|cause[ds]?|due\ to|reason|means|indicates?|result\ of|so\ that
    |since)\b""",
    "command": r"""\b(?:kubectl|oc|sudo|curl|git|rake|ssh|systemctl|docker|npm|helm|powershell
    |brew|module|Get-|Set-)\b""",
    "failure": r"\b(?:error|fail(?:s|ed|ure)?|code|invalid|denied|timeout|refused|exception)\b",
}
TEXT = _compiled(_OF_TEXT)
_LINK = re.compile(r"\]\(|\[[^\]]*\]\[|https?://")
_LINKS_PER_WORD, _MOSTLY_LINKS = 6, 1.5

PAIRS = tuple(
    (asked, each)
    for asked, said in {
        "how long": "duration remedy: meaning:",
        "who": "contact people:",
        "where": "place diagnosis: people:",
        "how": "steps items code command remedy: diagnosis: meaning: impact:",
        "first": "steps items diagnosis: remedy: meaning:",
        "yes or no": "negation modal condition impact: meaning:",
        "which": "condition table",
        "meaning": "reason meaning: remedy: impact:",
        "number": "quantity duration table meaning: impact:",
        "impact": "reason negation impact: remedy: meaning:",
        "command": "code command diagnosis: remedy:",
        "check": "code command diagnosis: remedy: meaning:",
        "failure": "failure condition negation failure: remedy: meaning: diagnosis:",
    }.items()
    for each in said.split()
)
"""Kind of question and kind of text; a kind of heading ends in a colon."""


def found(patterns: Mapping[str, Pattern[str]], text: str, *, most: int = 3) -> dict[str, float]:
    """Return for each kind how often its pattern is in ``text``, up to ``most``, from 0 to 1."""
    return {
        name: sum(1 for _ in islice(pattern.finditer(text), most)) / most
        for name, pattern in patterns.items()
    }


def links(text: str) -> float:
    """Return how far ``text`` consists of links: 0 for none, above 1 for a list of links."""
    count = sum(1 for _ in _LINK.finditer(text))
    return min(count * _LINKS_PER_WORD / max(len(text.split()), 1), _MOSTLY_LINKS)
