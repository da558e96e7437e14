"""The questions that would settle a ticket: facts that its messages do not hold yet.

They are our own words in the languages of our frames, never a runbook's, so that a reply may ask
them. Asked is what the steps of one section need and the ticket does not say; of a fault that is
told in a few words, what every fault needs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from guardrails import RedactedText, Template

_MOST = 2
_FEW = 24
"""Words of a ticket that tells hardly anything."""


class Fact(StrEnum):
    """A fact that a procedure needs."""

    ERROR = "error"
    DEVICE = "device"
    SINCE = "since"
    AFFECTED = "affected"
    VERSION = "version"


_TOLD: Mapping[Fact, re.Pattern[str]] = {
    Fact.ERROR: re.compile(
        r"[“”\"«»„][^“”\"«»„\n]{4,}[“”\"«»]|\b(?:error|code|fehler|erreur|errore|fout|erro)\W{0,3}"
        r"(?:code\W{0,3})?[\w-]*\d|\b[A-Z]{2,}[-_]?\d{2,}\b|\b0x[0-9a-f]+\b|\b(?:says?|said|reads|"
        r"shows|message|meldung|message d|mensaje|messaggio|melding|mensagem)\b",
        re.IGNORECASE,
    ),
    Fact.DEVICE: re.compile(
        r"<(?:HOSTNAME|SERIAL_NUMBER|IP_ADDRESS|MAC_ADDRESS)|\b(?:laptop|desktop|notebook|pc|mac|"
        r"macbook|iphone|ipad|android|tablet|phone|handset|printer|scanner|terminal|server|router|"
        r"switch|reader|badge|drucker|rechner|imprimante|impresora|stampante|drukker|impressora)",
        re.IGNORECASE,
    ),
    Fact.SINCE: re.compile(
        r"\b(?:since|yesterday|today|this (?:morning|afternoon|week)|last (?:week|night|month)|"
        r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|ago|after (?:the|an|my|our|i|we)|"
        r"when i (?:came|started|opened|tried)|just now|suddenly|\d{1,2}[:.]\d{2}|seit|gestern|"
        r"heute|depuis|hier|aujourd|desde|ayer|hoy|da ieri|oggi|sinds|gisteren|vandaag|ontem|hoje)",
        re.IGNORECASE,
    ),
    Fact.AFFECTED: re.compile(
        r"<(?:LOCATION|ORGANIZATION)_|\b(?:i|me|my|mine|we|us|our|all|both|several|many|nothing|"
        r"everything|every(?:one|body)|nobody|no one|colleagues?|site|office|branch|"
        r"whole \w+|other(?:s| people| users)|the same|"
        r"\d+ (?:people|users|staff|pcs|machines|of us)|ich|mir|mein\w*|wir|uns\w*|alle|niemand|"
        r"je|moi|mon|ma|mes|nous|tous|yo|mi|mis|nosotros|todos|io|mio|mia|noi|tutti|ik|mij|mijn|"
        r"wij|iedereen|eu|meu|minha|nós)\b",
        re.IGNORECASE,
    ),
    Fact.VERSION: re.compile(r"\bversion\b|\bv?\d+\.\d+(?:\.\d+)*\b|\b(?:windows|macos|ios) \d+"),
}
_NEEDED: Mapping[Fact, re.Pattern[str]] = {
    Fact.ERROR: re.compile(
        r"\b(?:which|what|note|read|ask for|exact|by|depends on) (?:the |exact )*"
        r"(?:error|code|message)\b|\b(?:error|code|message) (?:says|reads|shows|is one of)\b|"
        r"\bwelche \w*(?:meldung|fehler)|\bquel(?:le)? (?:erreur|message)",
        re.IGNORECASE,
    ),
    Fact.DEVICE: re.compile(
        r"\b(?:which|what) (?:device|laptop|host|machine|pc|phone|printer)\b|\b(?:host ?name|"
        r"serial|asset|inventory)(?: number| tag|s)?\b|\bname (?:or number )?of the "
        r"(?:device|laptop|pc|computer|machine|host|printer)\b|\bwelche[ns]? gerät",
        re.IGNORECASE,
    ),
    Fact.SINCE: re.compile(
        r"\b(?:since when|when did|when it (?:started|began)|first seen|last change|what changed|"
        r"seit wann|depuis quand)\b",
        re.IGNORECASE,
    ),
    Fact.AFFECTED: re.compile(
        r"\b(?:how many (?:users|people|are)|(?:only )?one (?:user|person|machine)|only one|"
        r"everyone|(?:the )?whole (?:site|office|floor|team))\b",
        re.IGNORECASE,
    ),
    Fact.VERSION: re.compile(
        r"\b(?:which|what) (?:version|build)\b|\bversion number\b|\bupdate to (?:version )?\d|"
        r"\d (?:or|and) (?:later|newer|older)\b",
        re.IGNORECASE,
    ),
}
_SHARED = re.compile(
    r"\b(?:network|wi-?fi|vpn|server|system|site|internet|mail|printer|drive|share|search|database|"
    r"app|portal|website|login|sign[- ]in|phones?|netz\w*|drucker|réseau|red|rete|netwerk|rede)\b",
    re.IGNORECASE,
)
"""Things that many use, so that it matters who is affected."""
_PROGRAM = re.compile(
    r"\b(?:app|program|software|client|version|updat\w+|upgrad\w+|install\w*|plug-?in|add-?in|"
    r"programm|logiciel|programa|programma)\b",
    re.IGNORECASE,
)
_ON_SCREEN = re.compile(
    r"\b(?:app|program|error|message|crash\w*|fail\w*|install\w*|sign|log ?in|login|opens?|"
    r"start\w*|print\w*|fehler\w*|erreur|errore|fout|erro)\b",
    re.IGNORECASE,
)
"""What shows a message when it fails."""
_HOW_TO = re.compile(
    r"\bhow (?:do|can|to|would|should)\b|\bwhere (?:do|can|is|are)\b|\bmay i\b|"
    r"\b(?:need|request|would like|want) (?:a|an|access|the|to)\b|\bcan (?:i|you|we) "
    r"(?:have|get|add|please)\b|\bplease (?:add|create|give|set|order|send)\b",
    re.IGNORECASE,
)
FAULT = re.compile(
    r"\b(?:not|cannot|can['’]?t|won['’]?t|doesn['’]?t|don['’]?t|isn['’]?t|no longer|error|fail\w*|"
    r"broken?|stuck|down|problem|crash\w*|blank|slow|lost|missing|locked|refus\w*|reject\w*|stops?|"
    r"hangs?|frozen?|nicht|kein\w*|fehler|kaputt|pas|plus|erreur|panne|no|falla|non|errore|niet|"
    r"geen|kapot|não|avari\w*)\b",
    re.IGNORECASE,
)
"""Words of a fault: a ticket that only asks how something is done has none of them."""
_ASKED: Mapping[str, Mapping[Fact, Template]] = {
    "en": {
        Fact.ERROR: Template("What exactly does the error message say?"),
        Fact.DEVICE: Template("Which device is it, and what is its name or number?"),
        Fact.SINCE: Template("Since when does it happen, and what changed before it?"),
        Fact.AFFECTED: Template("Does it affect you alone, or others too?"),
        Fact.VERSION: Template("Which version of the program do you use?"),
    },
    "de": {
        Fact.ERROR: Template("Wie lautet die Fehlermeldung genau?"),
        Fact.DEVICE: Template("Um welches Gerät geht es, und wie ist sein Name oder seine Nummer?"),
        Fact.SINCE: Template("Seit wann tritt es auf, und was hat sich davor geändert?"),
        Fact.AFFECTED: Template("Betrifft es nur Sie oder auch andere?"),
        Fact.VERSION: Template("Welche Version des Programms verwenden Sie?"),
    },
    "fr": {
        Fact.ERROR: Template("Que dit exactement le message d’erreur ?"),
        Fact.DEVICE: Template("De quel appareil s’agit-il, et quel est son nom ou son numéro ?"),
        Fact.SINCE: Template("Depuis quand cela se produit-il, et qu’est-ce qui a changé avant ?"),
        Fact.AFFECTED: Template("Êtes-vous la seule personne concernée, ou d’autres aussi ?"),
        Fact.VERSION: Template("Quelle version du programme utilisez-vous ?"),
    },
    "es": {
        Fact.ERROR: Template("¿Qué dice exactamente el mensaje de error?"),
        Fact.DEVICE: Template("¿De qué dispositivo se trata y cuál es su nombre o número?"),
        Fact.SINCE: Template("¿Desde cuándo ocurre y qué cambió antes?"),
        Fact.AFFECTED: Template("¿Le afecta solo a usted o también a otras personas?"),
        Fact.VERSION: Template("¿Qué versión del programa utiliza?"),
    },
    "it": {
        Fact.ERROR: Template("Che cosa dice esattamente il messaggio di errore?"),
        Fact.DEVICE: Template("Di quale dispositivo si tratta, e qual è il suo nome o numero?"),
        Fact.SINCE: Template("Da quando succede, e che cosa è cambiato prima?"),
        Fact.AFFECTED: Template("Riguarda solo Lei o anche altri?"),
        Fact.VERSION: Template("Quale versione del programma utilizza?"),
    },
    "nl": {
        Fact.ERROR: Template("Wat staat er precies in de foutmelding?"),
        Fact.DEVICE: Template("Om welk apparaat gaat het, en wat is de naam of het nummer ervan?"),
        Fact.SINCE: Template("Sinds wanneer gebeurt het, en wat is er daarvoor veranderd?"),
        Fact.AFFECTED: Template("Hebt u er alleen last van, of anderen ook?"),
        Fact.VERSION: Template("Welke versie van het programma gebruikt u?"),
    },
    "pt": {
        Fact.ERROR: Template("O que diz exatamente a mensagem de erro?"),
        Fact.DEVICE: Template("De que dispositivo se trata e qual é o nome ou o número dele?"),
        Fact.SINCE: Template("Desde quando acontece e o que mudou antes?"),
        Fact.AFFECTED: Template("Afeta só a si ou também outras pessoas?"),
        Fact.VERSION: Template("Que versão do programa utiliza?"),
    },
}


def missing(said: str, procedure: str) -> tuple[Fact, ...]:
    """Return the facts, two at most, that the steps in ``procedure`` need and ``said`` lacks.

    Of a fault that is told in a few words also those that every fault needs; none of a request.
    """
    if _HOW_TO.search(said) and not FAULT.search(said):
        return ()
    needed = [fact for fact in Fact if _NEEDED[fact].search(procedure) and _concerns(fact, said)]
    wanted = dict.fromkeys([*needed, *_of_every_fault(said)])
    return tuple(fact for fact in wanted if not _TOLD[fact].search(said))[:_MOST]


def _concerns(fact: Fact, said: str) -> bool:
    """Return whether a fact can matter: who is affected of shared things, versions of programs."""
    only = {Fact.AFFECTED: _SHARED, Fact.VERSION: _PROGRAM}.get(fact)
    return only is None or bool(only.search(said))


def _of_every_fault(said: str) -> list[Fact]:
    if len(said.split()) > _FEW:
        return []
    return [*([Fact.ERROR] if _ON_SCREEN.search(said) else []), Fact.DEVICE, Fact.SINCE]


def question(fact: Fact, language: str) -> RedactedText:
    """Return the question for a fact; in English where ``language`` has no frames."""
    return _ASKED.get(language, _ASKED["en"])[fact].fill()
