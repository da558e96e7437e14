"""The frames of a reply: greeting, lead, close and the like, in the languages that have them.

A frame is words around what is quoted. Its fields are ``$name``, the requester's placeholder, and
``$subject``, the ticket's. Where German, French, Spanish, Italian and Portuguese have a formal
form of address, the frames use it. A tenant may replace each frame by its own words, which are
redacted like any other text, and may add a language by giving all its frames.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum

from assistant.cutting import replaced
from assistant.language import NAMES, language_of
from assistant.model import Ticket, Turn, TurnRole
from assistant.threads.automatic import Mail
from assistant.threads.senders import SenderKind
from guardrails import RedactedText, Template, join

ENGLISH = "en"


class Frame(StrEnum):
    """What a frame is for.

    ``HOLD`` is the whole reply where nothing answers, ``WORKING`` where a colleague works on the
    answer; ``QUESTIONS`` introduces questions to the requester.
    """

    GREETING = "greeting"
    GREETING_NOBODY = "greeting_nobody"
    LEAD = "lead"
    CLOSE = "close"
    HOLD = "hold"
    WORKING = "working"
    QUESTIONS = "questions"


_SHIPPED: Mapping[str, Mapping[Frame, Template]] = {
    "en": {
        Frame.GREETING: Template("Hello $name,"),
        Frame.GREETING_NOBODY: Template("Hello,"),
        Frame.LEAD: Template("About “$subject”: this is what our documentation says."),
        Frame.CLOSE: Template("Please tell us whether this helped; if not, we will look further."),
        Frame.HOLD: Template(
            "Thank you for your message about “$subject”. Our documentation has no answer to it, "
            "so a colleague will look into it and write to you."
        ),
        Frame.WORKING: Template(
            "Thank you for your message about “$subject”. A colleague is working on it and will "
            "write to you."
        ),
        Frame.QUESTIONS: Template("Your answers to these questions would help us:"),
    },
    "de": {
        Frame.GREETING: Template("Guten Tag $name,"),
        Frame.GREETING_NOBODY: Template("Guten Tag,"),
        Frame.LEAD: Template("zu „$subject“ steht in unserer Dokumentation Folgendes."),
        Frame.CLOSE: Template(
            "Bitte teilen Sie uns mit, ob Ihnen das geholfen hat; falls nicht, suchen wir weiter."
        ),
        Frame.HOLD: Template(
            "vielen Dank für Ihre Nachricht zu „$subject“. Unsere Dokumentation enthält dazu keine "
            "Antwort, deshalb sieht sich eine Kollegin oder ein Kollege die Sache an und schreibt "
            "Ihnen."
        ),
        Frame.WORKING: Template(
            "vielen Dank für Ihre Nachricht zu „$subject“. Eine Kollegin oder ein Kollege arbeitet "
            "daran und schreibt Ihnen."
        ),
        Frame.QUESTIONS: Template("Ihre Antworten auf diese Fragen würden uns helfen:"),
    },
    "fr": {
        Frame.GREETING: Template("Bonjour $name,"),
        Frame.GREETING_NOBODY: Template("Bonjour,"),
        Frame.LEAD: Template("Au sujet de « $subject », voici ce que dit notre documentation."),
        Frame.CLOSE: Template(
            "Merci de nous dire si cela vous a aidé ; sinon, nous poursuivrons nos recherches."
        ),
        Frame.HOLD: Template(
            "Nous vous remercions de votre message au sujet de « $subject ». Notre documentation "
            "n’y répond pas ; un collègue va donc s’en occuper et vous écrira."
        ),
        Frame.WORKING: Template(
            "Nous vous remercions de votre message au sujet de « $subject ». Un collègue s’en "
            "occupe et vous écrira."
        ),
        Frame.QUESTIONS: Template("Vos réponses à ces questions nous aideraient :"),
    },
    "es": {
        Frame.GREETING: Template("Buenos días, $name:"),
        Frame.GREETING_NOBODY: Template("Buenos días:"),
        Frame.LEAD: Template("Sobre «$subject», esto es lo que dice nuestra documentación."),
        Frame.CLOSE: Template(
            "Le rogamos que nos diga si esto le ha ayudado; si no, seguiremos buscando."
        ),
        Frame.HOLD: Template(
            "Gracias por su mensaje sobre «$subject». Nuestra documentación no contiene la "
            "respuesta, por lo que un compañero lo revisará y le escribirá."
        ),
        Frame.WORKING: Template(
            "Gracias por su mensaje sobre «$subject». Un compañero está trabajando en ello y le "
            "escribirá."
        ),
        Frame.QUESTIONS: Template("Sus respuestas a estas preguntas nos ayudarían:"),
    },
    "it": {
        Frame.GREETING: Template("Gentile $name,"),
        Frame.GREETING_NOBODY: Template("Buongiorno,"),
        Frame.LEAD: Template("riguardo a «$subject», la nostra documentazione dice quanto segue."),
        Frame.CLOSE: Template(
            "La preghiamo di dirci se questo Le è stato utile; in caso contrario, cercheremo "
            "ancora."
        ),
        Frame.HOLD: Template(
            "La ringraziamo per il Suo messaggio su «$subject». La nostra documentazione non "
            "contiene una risposta, quindi un collega se ne occuperà e Le scriverà."
        ),
        Frame.WORKING: Template(
            "La ringraziamo per il Suo messaggio su «$subject». Un collega se ne sta occupando e "
            "Le scriverà."
        ),
        Frame.QUESTIONS: Template("Le Sue risposte a queste domande ci aiuterebbero:"),
    },
    "nl": {
        Frame.GREETING: Template("Beste $name,"),
        Frame.GREETING_NOBODY: Template("Goedendag,"),
        Frame.LEAD: Template("Over ‘$subject’ staat in onze documentatie het volgende."),
        Frame.CLOSE: Template(
            "Laat ons alstublieft weten of dit u heeft geholpen; zo niet, dan zoeken we verder."
        ),
        Frame.HOLD: Template(
            "Bedankt voor uw bericht over ‘$subject’. Onze documentatie geeft hierop geen "
            "antwoord; een collega bekijkt het en schrijft u."
        ),
        Frame.WORKING: Template(
            "Bedankt voor uw bericht over ‘$subject’. Een collega werkt eraan en schrijft u."
        ),
        Frame.QUESTIONS: Template("Uw antwoorden op deze vragen zouden ons helpen:"),
    },
    "pt": {
        Frame.GREETING: Template("Bom dia, $name,"),
        Frame.GREETING_NOBODY: Template("Bom dia,"),
        Frame.LEAD: Template("Sobre «$subject», a nossa documentação diz o seguinte."),
        Frame.CLOSE: Template(
            "Por favor, diga-nos se isto ajudou; caso contrário, continuaremos a procurar."
        ),
        Frame.HOLD: Template(
            "Agradecemos a sua mensagem sobre «$subject». A nossa documentação não contém a "
            "resposta, por isso um colega irá analisar o assunto e escrever-lhe."
        ),
        Frame.WORKING: Template(
            "Agradecemos a sua mensagem sobre «$subject». Um colega está a tratar do assunto e "
            "irá escrever-lhe."
        ),
        Frame.QUESTIONS: Template("As suas respostas a estas perguntas ajudar-nos-iam:"),
    },
}
_NAME, _SUBJECT = Template("$$name").fill(), Template("$$subject").fill()
_PERSON = re.compile(r"<PERSON_\d+>")


_FIELD = re.compile(r"\$(name|subject)\b")
FIELDS: Mapping[Frame, frozenset[str]] = {
    Frame.GREETING: frozenset({"name"}),
    Frame.GREETING_NOBODY: frozenset(),
    Frame.LEAD: frozenset({"subject"}),
    Frame.CLOSE: frozenset(),
    Frame.HOLD: frozenset({"subject"}),
    Frame.WORKING: frozenset({"subject"}),
    Frame.QUESTIONS: frozenset(),
}
"""The fields that a frame may hold."""
OwnFrames = Mapping[tuple[str, Frame], RedactedText]
"""A tenant's own frames by language and frame."""


def languages() -> tuple[str, ...]:
    """Return the languages that have frames, as ISO 639-1 codes."""
    return tuple(_SHIPPED)


class Frames:
    """The frames of one language, for tickets in ``asked`` (None where it is not clear)."""

    def __init__(
        self,
        language: str = ENGLISH,
        own: Mapping[Frame, RedactedText] | None = None,
        *,
        asked: str | None = None,
    ) -> None:
        self.language = language
        self._asked = asked
        self._own = own or {}
        self._words = _SHIPPED.get(language, {})

    def answer(self, ticket: Ticket, steps: RedactedText) -> RedactedText:
        """Return a reply around ``steps``, which answer the ticket."""
        return self.letter(
            ticket,
            self._fill(Frame.LEAD, ticket),
            steps,
            self._fill(Frame.CLOSE, ticket),
        )

    def hold(self, ticket: Ticket) -> RedactedText:
        """Return a reply which says that nothing answers the ticket, and a colleague will look."""
        return self.letter(ticket, self._fill(Frame.HOLD, ticket))

    def working(self, ticket: Ticket, questions: RedactedText | None = None) -> RedactedText:
        """Return a reply which says that a colleague works on it, with questions if there are."""
        asked = [self._fill(Frame.QUESTIONS, ticket), questions] if questions else []
        return self.letter(ticket, self._fill(Frame.WORKING, ticket), *asked)

    def letter(self, ticket: Ticket, *parts: RedactedText) -> RedactedText:
        """Return ``parts`` below the greeting, a paragraph each."""
        named = greeted_by_name(ticket)
        greeting = Frame.GREETING if named else Frame.GREETING_NOBODY
        return join("\n\n", [self._fill(greeting, ticket), *parts])

    def notes(self, quoted: RedactedText | None = None) -> tuple[str, ...]:
        """Return what a reviewer must know about the languages of a reply with its quotation."""
        if self._asked is None:
            return ()
        asked = NAMES[self._asked]
        if self._asked != self.language:
            return (f"The ticket is in {asked}, which has no frames; the reply is in English.",)
        spoken = language_of(quoted) if quoted else None
        if spoken in (None, self._asked):
            return ()
        return (f"The ticket is in {asked}, and what is quoted is in {NAMES[spoken]}.",)

    def _fill(self, frame: Frame, ticket: Ticket) -> RedactedText:
        own = self._own.get(frame)
        if own is None:
            return self._words[frame].fill(name=ticket.requester, subject=ticket.subject)
        return _filled(own, {"name": ticket.requester, "subject": ticket.subject})


class FrameBook:
    """The frames of one tenant: the shipped ones, and ``own`` returns those in their place."""

    def __init__(self, own: Callable[[], OwnFrames] = dict) -> None:
        self._own = own

    def for_ticket(self, ticket: Ticket) -> Frames:
        """Return the frames of the ticket's language; English where it is unclear or has none."""
        return self.of(ticket_language(ticket))

    def of(self, language: str | None) -> Frames:
        """Return the frames of ``language``, or English ones."""
        own = self._own()
        used = language if language and self._has(language, own) else ENGLISH
        mine = {frame: text for (code, frame), text in own.items() if code == used}
        return Frames(used, mine, asked=language)

    def _has(self, language: str, own: OwnFrames) -> bool:
        return language in _SHIPPED or all((language, frame) in own for frame in Frame)


def ticket_language(ticket: Ticket) -> str | None:
    """Return the language of the requester's last message, or of all; None if neither is clear."""
    said = [turn.text for turn in ticket.turns if turn.role is TurnRole.REQUESTER]
    last = [turn.text for turn in ticket.turns if _asks(turn)][-1:]
    return language_of(join("\n", last)) or language_of(join("\n", [ticket.subject, *said]))


def shipped(language: str, frame: Frame) -> RedactedText | None:
    """Return a shipped frame with the names of its fields; None in a language without frames."""
    words = _SHIPPED.get(language)
    return None if words is None else words[frame].fill(name=_NAME, subject=_SUBJECT)


def greeted_by_name(ticket: Ticket) -> bool:
    """Return whether the requester is one person, so that a greeting may name them."""
    if ticket.sender is not SenderKind.PERSON:
        return False
    return _PERSON.fullmatch(ticket.requester.reveal().strip()) is not None


def _asks(turn: Turn) -> bool:
    return turn.role is TurnRole.REQUESTER and turn.mail is Mail.PERSON


def _filled(frame: RedactedText, values: Mapping[str, RedactedText]) -> RedactedText:
    """Return ``frame`` with the values in the places of its fields."""
    fields = _FIELD.finditer(frame.reveal())
    return replaced(frame, ((*field.span(), values[field[1]]) for field in fields))
