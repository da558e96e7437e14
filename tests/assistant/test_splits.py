"""A streamed answer, cut anywhere: shown sentences are whole, checked, and not delayed long."""

from __future__ import annotations

import json
import random
from collections.abc import Generator, Sequence

import pytest

from assistant.model import Written
from assistant.writers.model import ModelWriter
from guardrails import RawText, RedactedText, placeholders
from guardrails.identity.restore import Restorer
from guardrails.spans import EntityType
from guardrails.text import unwrap
from tests.assistant.test_model_writer import QuotesNothing, open_bench, passage
from tests.fakes.desks import no_suspects
from tests.fakes.plain import redacted
from tests.guardrails.gate_bench import NAME, Tenant
from tests.model_server import Handler, ModelServer, Received

TEXT = (
    "Ask <PERSON_1> to restart the Print Spooler service. Wait 30 seconds for <PERSON_1>. Then "
    "print a test page for <PERSON_1>. Never switch the printer off while a job of <PERSON_1> runs."
)
SAID = (
    "Ask &lt;PERSON_1&gt; to restart the Print Spooler service. [1] Wait 30 seconds for "
    "**person_1**. [1] Then print a test page for <PERSON-1>. [1] Never switch the printer off "
    "while a job of \\<PERSON\\_1\\> runs. [1]"
)
REPAIRED = (
    "Ask <PERSON_1> to restart the Print Spooler service. [1] Wait 30 seconds for **<PERSON_1>**. "
    "[1] Then print a test page for <PERSON_1>. [1] Never switch the printer off while a job of "
    "<PERSON_1> runs. [1]"
)
LATEST = 60 + len(" [1] W")
"""Characters after which a sentence that arrived whole must be shown."""


class Pieces:
    """A model that answers in given pieces."""

    name = "pieces"

    def __init__(self, pieces: Sequence[str]) -> None:
        self._pieces = pieces
        self.come = 0

    def complete(
        self, system: RedactedText, user: RedactedText, *, schema: object = None
    ) -> RawText:
        return RawText("".join(map(unwrap, self.stream(system, user, schema=schema))))

    def stream(
        self, system: RedactedText, user: RedactedText, *, schema: object = None
    ) -> Generator[RawText]:
        for piece in self._pieces:
            self.come += len(piece)
            yield RawText(piece)


def tenant() -> Tenant:
    made = Tenant()
    made.knows((EntityType.PERSON, NAME))
    return made


def grown(here: Tenant, pieces: Sequence[str]) -> list[tuple[int, Written]]:
    """Return the shown texts, each with the number of characters that had arrived by then."""
    model = Pieces(pieces)
    writer = ModelWriter(model, here.redactor, here.scanner, QuotesNothing(), no_suspects)
    asked, texts = redacted("Why does it not print?"), [passage("Printing", TEXT)]
    return [(model.come, each) for each in writer.answering(asked, texts)]


def must_be_whole(here: Tenant, shown: list[tuple[int, Written]]) -> None:
    """Assert that everything shown restores, grows, and ends as the whole answer."""
    last = shown[-1][1]
    assert last.writer == "model:pieces"
    assert last.body.reveal() == REPAIRED
    restorer = Restorer(here.vault)
    end = unwrap(restorer.restore(last.body).text)
    assert end == REPAIRED.replace("<PERSON_1>", NAME)
    for _, each in shown:
        body = each.body.reveal()
        assert {found.placeholder.number for found in placeholders.find(body)} <= {1}
        back = unwrap(restorer.restore(each.body).text)
        assert end.startswith(back)
        assert not back or back.rstrip().endswith("[1]")


def test_a_placeholder_cut_at_any_character_is_shown_whole_or_not_at_all() -> None:
    here = tenant()
    for at in range(1, len(SAID), 5):
        must_be_whole(here, grown(here, [SAID[:at], SAID[at:]]))


def test_pieces_of_any_size_give_the_same_answer() -> None:
    here, rng = tenant(), random.Random(3)
    for _ in range(15):
        cuts = sorted(rng.sample(range(1, len(SAID)), rng.randint(2, 40)))
        pieces = [SAID[a:b] for a, b in zip([0, *cuts], [*cuts, len(SAID)], strict=True)]
        must_be_whole(here, grown(here, pieces))


def test_a_sentence_that_came_whole_is_not_kept_back() -> None:
    here = tenant()
    shown = grown(here, list(SAID))
    must_be_whole(here, shown)
    ends = [at + 4 for at in range(len(SAID)) if SAID.startswith(" [1]", at)]
    for come, each in shown:
        whole = sum(end + LATEST <= come for end in ends)
        assert each.body.reveal().count("[1]") >= whole, (come, each.body.reveal())


def _event(delta: dict[str, str], reason: str | None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    whole = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return json.dumps({**whole, "choices": [choice]}, ensure_ascii=False)


@pytest.mark.parametrize("size", [1, 3])
def test_bytes_may_be_cut_within_a_character_on_their_way(size: int) -> None:
    answer = "Restart the Print Spooler service – größer. [1] Wait 30 seconds for 👩‍🔧 there. [1]"

    def drop_by_drop(handler: Handler, received: Received) -> None:
        del received
        events = [_event({"content": answer}, None), _event({}, "stop")]
        body = "".join(f"data: {each}\n\n" for each in (*events, "[DONE]")).encode()
        handler.send_response(200)
        handler.send_header("content-type", "text/event-stream")
        handler.send_header("transfer-encoding", "chunked")
        handler.end_headers()
        for at in range(0, len(body), size):
            some = body[at : at + size]
            handler.wfile.write(f"{len(some):x}\r\n".encode() + some + b"\r\n")
            handler.wfile.flush()
        handler.wfile.write(b"0\r\n\r\n")

    with ModelServer() as server:
        bench = open_bench(server, Tenant(), fallback=QuotesNothing())
        server.will(drop_by_drop)
        source = [passage("Printing", answer.replace(" [1]", ""))]
        *_, last = bench.writer.answering(redacted("Why does it not print?"), source)
    assert last.body.reveal() == answer
