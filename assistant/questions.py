"""The questions that would settle a ticket: facts that its messages do not hold yet.

They are our own words in the languages of our frames, never a runbook's, so that a reply may ask
them. Which of them are asked depends on what the ticket says already and on what the documents
speak of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum

from guardrails import RedactedText, Template

_MOST = 3


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
        r"(?:code\W{0,3})?[\w-]*\d|\b[A-Z]{2,}[-_]?\d{2,}\b|\b0x[0-9a-f]+\b|\b(?:says|reads|"
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
        r"\b(?:the same|we|our|wir|unser\w*|nous|nosotros|noi|wij|nós|every(?:one|body)|all of us|"
        r"nobody|no one|only (?:me|i|my)|just me|colleagues?|"
        r"whole (?:team|office|floor|site|ward|department)|other(?:s| people| users)|both|"
        r"several|many|\d+ (?:people|users|staff|pcs|machines|of us)|we all|alle|niemand|tous|"
        r"todos|tutti|iedereen)\b",
        re.IGNORECASE,
    ),
    Fact.VERSION: re.compile(r"\bversion\b|\bv?\d+\.\d+(?:\.\d+)*\b|\b(?:windows|macos|ios) \d+"),
}
_NEEDED: Mapping[Fact, re.Pattern[str]] = {
    Fact.ERROR: re.compile(
        r"\b(?:error|code|message|says|shows|meldung|fehler|erreur)", re.IGNORECASE
    ),
    Fact.DEVICE: re.compile(
        r"<(?:HOSTNAME|SERIAL)|\b(?:device|laptop|host|serial|machine)", re.IGNORECASE
    ),
    Fact.SINCE: re.compile(
        r"\b(?:since|when did|first seen|started|last (?:change|time))\b", re.IGNORECASE
    ),
    Fact.AFFECTED: re.compile(
        r"\b(?:how many|one (?:user|person)|everyone|whole|only one)", re.IGNORECASE
    ),
    Fact.VERSION: re.compile(
        r"\b(?:which|what|version|build) (?:version|of|number|\d)|\bupdate to \d|"
        r"\d (?:or|and) (?:later|newer)\b",
        re.IGNORECASE,
    ),
}
_SHARED = re.compile(
    r"\b(?:network|wi-?fi|vpn|server|system|site|internet|mail|printer|drive|share|search|database|"
    r"app|portal|website|login|sign[- ]in|phones?|netz\w*|drucker|réseau|red|rete|netwerk|rede)\b",
    re.IGNORECASE,
)
"""Things that many use, so that it matters who is affected."""
_HOW_TO = re.compile(
    r"\bhow (?:do|can|to|would|should)\b|\bwhere (?:do|can|is|are)\b|\bmay i\b|"
    r"\b(?:need|request|would like|want) (?:a|an|access|the|to)\b|\bcan (?:i|you|we) "
    r"(?:have|get|add|please)\b|\bplease (?:add|create|give|set|order|send)\b",
    re.IGNORECASE,
)
_FAULT = re.compile(
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


def missing(said: str, documents: Iterable[str]) -> tuple[Fact, ...]:
    """Return the facts, three at most, that ``said`` lacks; first those that documents speak of."""
    procedure = "\n".join(documents)
    needed = {fact for fact in Fact if _NEEDED[fact].search(procedure)}
    asks_how = _HOW_TO.search(said) and not _FAULT.search(said)
    always = set[Fact]() if asks_how else {Fact.ERROR, Fact.DEVICE, Fact.SINCE}
    if not asks_how and _SHARED.search(said):
        always.add(Fact.AFFECTED)
    lacking = [fact for fact in Fact if fact in needed | always and not _TOLD[fact].search(said)]
    return tuple(sorted(lacking, key=lambda fact: fact not in needed))[:_MOST]


def question(fact: Fact, language: str) -> RedactedText:
    """Return the question for a fact; in English where ``language`` has no frames."""
    return _ASKED.get(language, _ASKED["en"])[fact].fill()
