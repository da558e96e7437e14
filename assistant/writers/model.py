"""The writer that asks a language model, and keeps of its words what the sources say.

Everything that a model says is redacted and passes the output checks. Then the passage that says
each sentence is found (`attribution`), our citation is put behind it, and the other sentences are
left out. The fallback writer's text is used, with a note that says why, when the model fails, when
too little is left, or when the model finds no answer although the search did. Without passages
nothing could support an answer, so no model is asked. A model may be asked to answer in JSON
(`in_json`), which becomes plain text before anything else reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import cache
from typing import TypeVar

from assistant.errors import ContextOverflow, ModelBusy, ModelTrouble, Refused
from assistant.model import NO_TEXT, Outcome, Passage, Ticket, TurnRole, Written
from assistant.ports import Amended, Brief, Case, ChatModel, Writer
from assistant.prompts import (
    ROOM,
    VERSION,
    Prompt,
    answer_prompt,
    reply_prompt,
    said_by,
    summary_prompt,
    thread_of,
)
from assistant.search.quarantine import FindSuspicious, quarantine, quarantine_passages
from assistant.writers.attribution import Attributed, attribute
from assistant.writers.cite import cite
from assistant.writers.composing import compose
from assistant.writers.in_json import in_words, schema_of
from assistant.writers.jobs import (
    DECLINED,
    NOT_USED,
    Back,
    Job,
    Sent,
    failed,
    left_out,
    listed,
    notes_of,
)
from assistant.writers.joining import below, numbers_beside, unsaid
from assistant.writers.pieces import finished
from assistant.writers.sources import GIST, Source, Sources
from guardrails import RawText, RedactedText, Redactor, join, join_raw
from guardrails.answers.verdict import Verdict, judge
from guardrails.audit.ledger import calling
from guardrails.leaks.scan import Scanner
from guardrails.policy import Purpose

_ROOMS = (ROOM, ROOM // 2, ROOM // 4)
"""Characters of passages that are sent; fewer after a context overflow."""
_Answer = TypeVar("_Answer")
_LOOK_EVERY = 60
"""Characters after which a growing answer is checked again."""


class ModelWriter:
    """Writes with a model; ``fallback`` writes when the model fails.

    With ``asks_again`` a busy server raises `ModelBusy` instead: a batch asks at its next run. With
    ``json_schema`` the model is asked to answer in JSON.
    """

    def __init__(
        self,
        chat: ChatModel,
        redactor: Redactor,
        scanner: Scanner,
        fallback: Writer,
        suspects: FindSuspicious,
        *,
        asks_again: bool = False,
        json_schema: bool = False,
    ) -> None:
        self._asks_again = asks_again
        self._json_schema = json_schema
        self._chat = chat
        self._redactor = redactor
        self._scanner = scanner
        self._fallback = fallback
        self._suspects = suspects

    @property
    def name(self) -> str:
        return f"model:{self._chat.name}"

    def summarise(self, ticket: Ticket) -> Written:
        """Return the model's summary, or the fallback writer's."""
        safe = quarantine(self._suspects, ticket)
        return self._write(
            Job(
                Purpose.SUMMARISE,
                ticket.id,
                lambda room: summary_prompt(safe.ticket, room),
                lambda _: self._of_ticket(ticket),
                lambda: self._fallback.summarise(ticket),
                notes=safe.notes,
            )
        )

    def reply(self, ticket: Ticket, passages: Sequence[Passage]) -> Written:
        """Return the model's reply, or the fallback writer's."""
        if not passages:
            return self._fallback.reply(ticket, passages)
        safe = quarantine(self._suspects, ticket, passages)
        return self._write(
            Job(
                Purpose.REPLY,
                ticket.id,
                lambda room: reply_prompt(safe.ticket, safe.passages, room),
                lambda prompt: self._of_passages(prompt.passages, thread_of(ticket)),
                lambda: self._fallback.reply(ticket, passages),
                notes=safe.notes,
            )
        )

    def brief(self, case: Case) -> Brief:
        """Return the fallback writer's brief: no model reads what customers may not."""
        return self._fallback.brief(case)

    def answer(self, question: RedactedText, passages: Sequence[Passage]) -> Written:
        """Return the model's answer, or the fallback writer's."""
        if not passages:
            return self._fallback.answer(question, passages)
        return self._write(self._answer(question, passages))

    def answering(self, question: RedactedText, passages: Sequence[Passage]) -> Generator[Written]:
        """Yield the model's answer as it grows: sentences that passed every check, attributed.

        The last item is the whole answer, and can still be the fallback writer's.
        """
        if not passages:
            yield self._fallback.answer(question, passages)
            return
        yield from self._growing(self._answer(question, passages))

    def _answer(self, question: RedactedText, passages: Sequence[Passage]) -> Job:
        safe, notes = quarantine_passages(self._suspects, passages)
        return Job(
            Purpose.ANSWER,
            "question",
            lambda room: answer_prompt(question, safe, room),
            lambda prompt: self._of_passages(prompt.passages, question),
            lambda: self._fallback.answer(question, passages),
            cache(lambda: self._quotation(question, passages)),
            notes,
        )

    def _quotation(self, question: RedactedText, passages: Sequence[Passage]) -> Written:
        """Return the fallback writer's answer in the words that the model was sent."""
        quoted = self._fallback.answer(question, passages)
        return replace(quoted, body=self._scanner.remask(quoted.body))

    def _of_passages(self, passages: Sequence[Passage], asked: RedactedText) -> Sources:
        """Return what an answer may rest on, in the words that the model was sent."""
        sources = [
            Source(self._seen(each.title, each.chunk.heading), self._seen(each.chunk.text))
            for each in passages
        ]
        return Sources(sources, self._seen(asked))

    def _of_ticket(self, ticket: Ticket) -> Sources:
        """Return what a summary may rest on: what each side said."""
        sides = (TurnRole.REQUESTER, TurnRole.AGENT, TurnRole.SYSTEM)
        sources = [Source("", self._seen(said_by(ticket, side))) for side in sides]
        return Sources(sources, least=GIST, quoted=False, speakers=True)

    def _seen(self, *texts: RedactedText) -> str:
        return self._scanner.remask(join("\n\n", texts)).reveal()

    def _write(self, job: Job) -> Written:
        sent: list[Sent] = []
        with calling(job.purpose, job.subject) as call:
            try:
                said, notes = self._shorter_and_shorter(job, sent, self._complete)
                verdict = self._judge(sent[-1], said, whole=not notes)
            except (Refused, ModelTrouble) as error:
                if self._asks_again and isinstance(error, ModelBusy):
                    raise
                return failed(job, sent, call.intents, error)
        noted = replace(sent[-1], notes=(*notes, *job.notes))
        return self._decide(job, noted, call.intents, verdict)

    def _growing(self, job: Job) -> Generator[Written]:
        sent, intents, notes = list[Sent](), list[int](), ()
        try:
            # The call is open only while the request is sent: the generator may continue in
            # another context, where it could not be closed.
            with calling(job.purpose, job.subject) as call:
                intents = call.intents
                said, pieces = self._shorter_and_shorter(job, sent, self._begin)
            shown = Written(sent[-1].saw, NO_TEXT, NO_TEXT, self.name, prompt=VERSION)
            shown = below(job.quotation() or shown, shown)
            with closing(pieces):
                looked = 0
                try:
                    for piece in pieces:
                        said = join_raw([said, piece])
                        if len(said) - looked >= _LOOK_EVERY:
                            looked = len(said)
                            shown = self._so_far(job, sent[-1], said) or shown
                        yield replace(shown, intents=tuple(intents))
                except Amended as amended:
                    said, notes = amended.said, notes_of(amended)
            verdict = self._judge(sent[-1], said, whole=not notes)
        except (Refused, ModelTrouble) as error:
            yield failed(job, sent, intents, error)
            return
        yield self._decide(job, replace(sent[-1], notes=(*notes, *job.notes)), intents, verdict)

    def _shorter_and_shorter(
        self, job: Job, sent: list[Sent], ask: Callable[[Prompt], _Answer]
    ) -> _Answer:
        """Return what ``ask`` returns for the longest prompt that fits the model's context.

        What was sent is added to ``sent``.
        """
        *longer, shortest = _ROOMS
        for room in longer:
            sent.append(self._sent(job, room))
            try:
                return ask(sent[-1].prompt)
            except ContextOverflow:
                continue
        sent.append(self._sent(job, shortest))
        return ask(sent[-1].prompt)

    def _sent(self, job: Job, room: int) -> Sent:
        """Return the prompt with each value of the vault masked: the gate would refuse it."""
        made, again = job.prompt(room), self._scanner.remask
        prompt = replace(made, system=again(made.system), user=again(made.user))
        return Sent(prompt, prompt.whole)

    def _complete(self, prompt: Prompt) -> tuple[RawText, tuple[str, ...]]:
        """Return what the model said, and notes about it."""
        try:
            said = self._chat.complete(prompt.system, prompt.user, schema=self._schema(prompt))
        except Amended as amended:
            return amended.said, notes_of(amended)
        return said, ()

    def _begin(self, prompt: Prompt) -> tuple[RawText, Generator[RawText]]:
        """Return the first piece of what the model says, and the others."""
        pieces = self._chat.stream(prompt.system, prompt.user, schema=self._schema(prompt))
        return next(pieces, RawText("")), pieces

    def _schema(self, prompt: Prompt) -> Mapping[str, object] | None:
        return schema_of(len(prompt.passages)) if self._json_schema else None

    def _so_far(self, job: Job, sent: Sent, said: RawText) -> Written | None:
        """Return the whole sentences of an unfinished answer that stay whatever follows."""
        verdict = self._judge(sent, said, whole=False)
        end = finished(verdict.text.reveal())
        if any(each.start < end for each in verdict.serious):
            return None
        begun = replace(verdict, text=verdict.text.cut(0, end))
        found = attribute(begun.text.reveal(), job.sources(sent.prompt), verdict.of_a_part)
        return self._used(job, sent, begun, found) if found.enough else None

    def _judge(self, sent: Sent, said: RawText, *, whole: bool) -> Verdict:
        return judge(
            in_words(said, whole=whole) if self._json_schema else said,
            saw=sent.saw,
            sources=sent.prompt.sources,
            redactor=self._redactor,
            scanner=self._scanner,
        )

    def _decide(self, job: Job, sent: Sent, intents: Sequence[int], verdict: Verdict) -> Written:
        """Return what stays of the model's text, or the fallback writer's with the reason."""
        back = Back(job, sent, intents, verdict.text)
        if verdict.serious:
            why = f"{NOT_USED} it contains {listed(verdict.serious)}."
            return back.with_note(Outcome.REFUSED, why, verdict.findings)
        found = attribute(verdict.text.reveal(), job.sources(sent.prompt), verdict.of_a_part)
        if found.enough:
            return replace(self._used(job, sent, verdict, found), intents=tuple(intents))
        if found.declined and not found.dropped:
            return back.with_note(Outcome.DECLINED, DECLINED)
        why = f"{NOT_USED} its sources support too little of it."
        return back.with_note(Outcome.UNSUPPORTED, why, found.dropped)

    def _used(self, job: Job, sent: Sent, verdict: Verdict, found: Attributed) -> Written:
        """Return what stays of the model's text, below the quotation where there is one."""
        passages, kept, quotation = sent.prompt.passages, found.kept, job.quotation()
        names = numbers_beside(quotation.citations if quotation else (), passages)
        if quotation:
            kept = unsaid(kept, quotation.body.reveal())
        texts = [self._scanner.remask(each.chunk.text) for each in passages]
        made = compose(verdict.text, kept, texts, names)
        written = Written(
            sent.saw,
            verdict.text,
            made.body,
            self.name,
            tuple(cite(names[number], passages[number - 1]) for number in made.cited),
            made.placed(verdict.findings),
            (*sent.all_notes, *left_out(found)),
            refused=found.dropped,
            prompt=VERSION,
            outcome=Outcome.USED,
        )
        return below(quotation, written) if quotation else written
