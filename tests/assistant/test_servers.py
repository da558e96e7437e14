"""Model servers as they are, each on a real socket: what differs is put right, or is told."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.adapters.langchain_llm import LangchainChat
from assistant.adapters.server.address import address_of
from assistant.adapters.server.refusals import retry_after, too_long, window_in
from assistant.adapters.server.trust import trust
from assistant.adapters.thoughts import Thoughts
from assistant.errors import BadInput, ContextOverflow, LimitReached, ModelBusy, ModelTrouble
from assistant.model import Tokens
from assistant.ports import Amended
from guardrails.audit.ledger import calling
from guardrails.policy import Purpose
from guardrails.text import unwrap
from tests.fakes.plain import redacted
from tests.guardrails.gate_bench import Tenant
from tests.model_server import Answer, ModelServer, hang, redirect, say
from tests.server_modes import OK, deltas, error, message, refusing, serving, text

SYSTEM, USER = redacted("You help."), redacted("<PERSON_1> cannot print.")
WAYS = ("complete", "acomplete", "stream")
ways = pytest.mark.parametrize("way", WAYS)


class Asker:
    """One chat with one server: its waits are recorded, its tokens counted."""

    def __init__(
        self, server: ModelServer, base: str = "/v1", *, key: str | None = None, **more: Any
    ) -> None:
        self.server = server
        self.tenant = Tenant()
        self.waits: list[float] = []
        self.meter = Meter()
        self.chat = LangchainChat(
            url=f"{server.origin}{base}",
            model="local",
            timeout=5,
            gate=self.tenant.gate(server.origin),
            sleep=self.waits.append,
            meter=self.meter,
            key=key,
            **more,
        )

    def ask(self, way: str, *answers: Answer) -> str:
        """Ask by one of the three methods; return the answer as a person would read it."""
        self.server.will(*answers)
        with calling(Purpose.REPLY, "ticket-1"):
            if way == "complete":
                return unwrap(self.chat.complete(SYSTEM, USER)).strip()
            if way == "stream":
                return "".join(map(unwrap, self.chat.stream(SYSTEM, USER))).strip()
            return unwrap(asyncio.run(self.chat.acomplete(SYSTEM, USER))).strip()

    @property
    def sent(self) -> list[dict[str, Any]]:
        return [each.json for each in self.server.received]


class Meter:
    """Records what it is told; refuses once ``used_up``."""

    def __init__(self) -> None:
        self.counted: list[tuple[str, Tokens]] = []
        self.used_up = False

    def admit(self, purpose: str) -> None:
        if self.used_up:
            raise LimitReached(f"No more tokens for {purpose}.")

    def count(self, purpose: str, tokens: Tokens) -> None:
        self.counted.append((purpose, tokens))


@pytest.fixture
def asker() -> Iterator[Asker]:
    with ModelServer() as server:
        made = Asker(server)
        yield made
        made.chat.close()


# What stands in an answer


@ways
@pytest.mark.parametrize("content", [None, "", " \n ", [], [{"type": "text", "text": ""}]])
def test_an_empty_answer_is_trouble_and_not_an_answer(
    way: str, content: object, asker: Asker
) -> None:
    with pytest.raises(ModelTrouble, match="sent an empty answer"):
        asker.ask(way, message(content))


@ways
@pytest.mark.parametrize("name", ["reasoning", "reasoning_content", "thinking"])
def test_reasoning_without_an_answer_is_trouble_that_says_so(
    way: str, name: str, asker: Asker
) -> None:
    with pytest.raises(ModelTrouble, match="sent its reasoning, but no answer"):
        asker.ask(way, message(None, **{name: "The user wants"}))


@ways
@pytest.mark.parametrize("name", ["reasoning", "reasoning_content", "thinking"])
def test_reasoning_beside_the_answer_is_left_out(way: str, name: str, asker: Asker) -> None:
    assert asker.ask(way, message(OK, **{name: "The user wants"})) == OK


@ways
@pytest.mark.parametrize(
    "content",
    [
        [{"type": "text", "text": "Restart the "}, {"type": "text", "text": "spooler. [1]"}],
        ["Restart the ", "spooler. [1]"],
        [{"type": "thinking", "thinking": "Hm"}, {"type": "text", "text": OK}],
        [{"type": "reasoning", "text": "Hm"}, {"type": "output_text", "text": OK}],
        {"type": "text", "text": {"value": OK}},
    ],
)
def test_content_in_parts_is_joined_without_its_reasoning(
    way: str, content: object, asker: Asker
) -> None:
    assert asker.ask(way, message(content)) == OK


THOUGHTS = {
    "tags": f"<think>\nThe user wants\n</think>\n\n{OK}",
    "other tags": f"<Thinking time=3>Hm</Thinking>{OK}",
    "brackets": f"[THINK]Hm[/THINK]{OK}",
    "tags in tags": f"<think>a <think>b</think> c</think>{OK}",
    "no thought": f"<think></think>{OK}",
    "in the middle": "Restart <think>the printer? No.</think>the spooler. [1]",
    "channels": (
        "<|channel|>analysis<|message|>The user wants<|end|>"
        f"<|start|>assistant<|channel|>final<|message|>{OK}<|return|>"
    ),
    "three channels": (
        "<|channel|>analysis<|message|>Hm<|end|><|start|>assistant<|channel|>commentary to=x "
        "<|constrain|>json<|message|>{}<|call|><|start|>assistant<|channel|>final<|message|>"
        f"{OK}<|end|>"
    ),
    "a final channel alone": f"<|channel|>final<|message|>{OK}",
    "channels without their marks": f"analysisThe user wants.assistantfinal{OK}",
    "Gemma's channel": f"<|channel>thought\nHm\n<channel|>{OK}",
    "a mark at the end": f"{OK}<|im_end|>",
}


@ways
@pytest.mark.parametrize("mode", THOUGHTS)
@pytest.mark.parametrize("size", [1, 7, 500])
def test_reasoning_inside_the_answer_is_cut_off_wherever_its_marks_are_split(
    way: str, mode: str, size: int, asker: Asker
) -> None:
    assert asker.ask(way, text(THOUGHTS[mode], size)) == OK


@ways
@pytest.mark.parametrize("said", ["<think>The user wants to", "<|channel|>analysis<|message|>Hm"])
def test_reasoning_that_never_ends_is_no_answer(way: str, said: str, asker: Asker) -> None:
    with pytest.raises(ModelTrouble, match="sent its reasoning, but no answer"):
        asker.ask(way, text(said))


@pytest.mark.parametrize("way", ["complete", "acomplete"])
def test_a_closing_tag_alone_cuts_off_what_is_before_it(way: str, asker: Asker) -> None:
    assert asker.ask(way, text(f"The user wants.</think>{OK}")) == OK


def test_a_stream_whose_begin_was_reasoning_after_all_is_replaced_by_the_answer(
    asker: Asker,
) -> None:
    with pytest.raises(Amended) as caught:
        asker.ask("stream", text(f"The user wants.</think>{OK}"))
    assert unwrap(caught.value.said) == OK


@pytest.mark.parametrize(
    "said", ["Write `<think>` first.", "analysis of the log", "a < b [1] <PERSON_1>", "[1"]
)
def test_words_that_only_look_like_reasoning_stay(said: str) -> None:
    for size in range(1, len(said) + 1):
        thoughts = Thoughts()
        got = [thoughts.add(said[at : at + size]) for at in range(0, len(said), size)]
        assert "".join([*got, thoughts.end()]) == thoughts.said == said


@ways
@pytest.mark.parametrize("word", ["stop", "eos", "END_TURN", "tool_calls", "whatever", None])
def test_an_answer_is_whole_with_any_reason_for_its_end_or_none(
    way: str, word: str | None, asker: Asker
) -> None:
    assert asker.ask(way, message(OK, word)) == OK


@ways
@pytest.mark.parametrize("word", ["length", "max_tokens", "MAX_TOKENS"])
def test_an_answer_that_is_cut_keeps_its_whole_sentences_and_says_so(
    way: str, word: str, asker: Asker
) -> None:
    with pytest.raises(Amended, match="cut off at its token limit") as caught:
        asker.ask(way, message(f"{OK} Then print a te", word))
    assert unwrap(caught.value.said) == OK


@ways
def test_an_answer_that_is_cut_inside_a_code_block_loses_the_block(way: str, asker: Asker) -> None:
    with pytest.raises(Amended) as caught:
        asker.ask(way, message(f"{OK}\n```\nnet stop spooler\nnet sta", "length"))
    assert unwrap(caught.value.said) == OK


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("word", ["error", "abort", "cancelled"])
def test_an_answer_whose_writing_failed_is_trouble(way: str, word: str, asker: Asker) -> None:
    with pytest.raises(ModelTrouble, match="broke off"):
        asker.ask(way, message("Delete", word))


def test_a_stream_without_a_reason_and_an_end_broke_off(asker: Asker) -> None:
    with pytest.raises(ModelTrouble, match="broke off"):
        asker.ask("stream", deltas({"content": "Delete"}, reason=None, done=False))


def test_an_answer_in_one_piece_is_taken_although_a_stream_was_asked_for(asker: Asker) -> None:
    def whole(handler: Any, received: Any) -> None:
        choice = {"message": {"content": OK}, "finish_reason": "stop"}
        handler.give(200, httpx.Response(200, json={"choices": [choice]}).content)

    assert asker.ask("stream", whole) == OK


# What a server does not take


Wrong = Callable[[dict[str, Any]], bool]


def _has(name: str) -> Wrong:
    return lambda body: name in body


REFUSALS: dict[str, tuple[Wrong, int, object]] = {
    "temperature": (
        _has("temperature"),
        400,
        {"error": {"message": "Unsupported value: 'temperature' does not support 0."}},
    ),
    "max_completion_tokens": (
        _has("max_completion_tokens"),
        422,
        {"detail": [{"loc": ["body", "max_completion_tokens"], "type": "extra_forbidden"}]},
    ),
    "any limit": (
        lambda body: bool({"max_completion_tokens", "max_tokens"} & body.keys()),
        400,
        {"error": "unknown field max_tokens / max_completion_tokens"},
    ),
    "system": (
        lambda body: body["messages"][0]["role"] == "system",
        400,
        {"object": "error", "message": "System role not supported"},
    ),
    "system, by a template that fails": (
        lambda body: body["messages"][0]["role"] == "system",
        500,
        {"error": {"code": 500, "message": "Conversation roles must alternate user/assistant/..."}},
    ),
    "everything, without a word": (
        lambda body: len(body["messages"]) > 1 or "temperature" in body,
        400,
        "Bad Request",
    ),
}


@ways
@pytest.mark.parametrize("mode", REFUSALS)
def test_what_a_server_refuses_is_left_out_and_remembered(
    way: str, mode: str, asker: Asker
) -> None:
    picky = Asker(asker.server, longest=300)
    wrong, status, body = REFUSALS[mode]
    assert picky.ask(way, *[refusing(wrong, status, body)] * 4) == OK
    refused = len(asker.server.received) - 1
    assert 1 <= refused <= 2
    asker.server.next()  # the last of the four may still wait
    picky.server.received.clear()
    assert picky.ask(way, *[refusing(wrong, status, body)] * 4) == OK
    assert len(picky.sent) == 1
    assert "cannot print" in picky.server.received[0].prompt
    assert "You help." in picky.server.received[0].prompt
    assert len(picky.tenant.facts("model.intent")) == refused + 2


@ways
def test_a_stream_option_that_is_refused_is_left_out(way: str, asker: Asker) -> None:
    refuses = refusing(_has("stream_options"), 400, {"error": "unknown field: stream_options"})
    assert asker.ask(way, *[refuses] * 2) == OK


# Too busy, too long


@ways
@pytest.mark.parametrize("status", [429, 500, 502, 503, 529])
def test_a_busy_server_is_asked_again_twice_and_then_given_up(
    way: str, status: int, asker: Asker
) -> None:
    assert asker.ask(way, *[error(status, "busy", retry_after="7")] * 2, say(OK)) == OK
    assert asker.waits == [7.0, 7.0]
    with pytest.raises(ModelBusy):
        asker.ask(way, *[error(status, "busy")] * 3)
    assert asker.waits[2:] == [1.0, 4.0]
    asked = len(asker.server.received)
    with pytest.raises(ModelBusy):
        asker.ask(way)
    assert len(asker.server.received) == asked, "a server that was given up rests for a while"


def test_a_server_that_asks_for_a_long_wait_is_given_up_at_once(asker: Asker) -> None:
    with pytest.raises(ModelBusy):
        asker.ask("complete", error(429, "busy", retry_after="3600"))
    assert asker.waits == []


def test_an_account_that_has_nothing_left_is_not_asked_again(asker: Asker) -> None:
    with pytest.raises(ModelTrouble, match="nothing left to spend"):
        asker.ask("complete", error(429, {"error": {"code": "insufficient_quota"}}))
    assert len(asker.server.received) == 1


def test_a_wait_may_be_seconds_milliseconds_or_a_date() -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    later = format_datetime(now + timedelta(seconds=20), usegmt=True)
    asked = [{"retry-after": "20"}, {"retry-after-ms": "20000"}, {"retry-after": later}]
    assert [retry_after(httpx.Headers(each), now) for each in asked] == [20.0, 20.0, 20.0]
    assert retry_after(httpx.Headers({"retry-after": "soon"}), now) is None
    assert retry_after(httpx.Headers(), now) is None


OVERFLOWS: dict[str, tuple[int, object, int | None]] = {
    "OpenAI": (
        400,
        {
            "error": {
                "message": "This model's maximum context length is 8192 tokens. However, your "
                "messages resulted in 9001 tokens.",
                "code": "context_length_exceeded",
            }
        },
        8192,
    ),
    "vLLM": (
        400,
        {
            "object": "error",
            "message": "'max_tokens' is too large: 4000. This model's maximum context length is "
            "4096 tokens and your request has 500 input tokens",
        },
        4096,
    ),
    "vLLM, the prompt alone": (
        400,
        "The decoder prompt (length 9000) is longer than the maximum model length of 8192.",
        8192,
    ),
    "llama.cpp": (
        400,
        {
            "error": {
                "code": 400,
                "message": "the request exceeds the available context size, try increasing it",
                "type": "exceed_context_size_error",
                "n_prompt_tokens": 9000,
                "n_ctx": 4096,
            }
        },
        4096,
    ),
    "llama-cpp-python": (
        400,
        {"error": {"message": "Requested tokens (900) exceed context window of 512"}},
        512,
    ),
    "Ollama": (
        400,
        {"error": {"message": "the input length exceeds the context length"}},
        None,
    ),
    "LM Studio": (
        400,
        {"error": "Trying to keep the first 5000 tokens when context the overflows. However, the "
         "model is loaded with context length of only 4096 tokens"},
        4096,
    ),
    "TGI": (422, {"error": "`inputs` must have less than 4095 tokens. Given: 9000"}, 4095),
    "Mistral": (
        400,
        {"message": "Prompt contains 40000 tokens, too large for model with 32768 maximum"},
        32768,
    ),
    "Groq": (413, {"error": {"message": "Request too large for model"}}, None),
    "in a body that says 200": (
        200,
        {"error": {"message": "Context size has been exceeded."}},
        None,
    ),
}  # fmt: skip


@ways
@pytest.mark.parametrize("name", OVERFLOWS)
def test_a_prompt_that_is_too_long_is_told_as_such_and_not_sent_again(
    way: str, name: str, asker: Asker
) -> None:
    status, body, window = OVERFLOWS[name]
    with pytest.raises(ContextOverflow) as caught:
        asker.ask(way, error(status, body))
    assert caught.value.window == window
    assert len(asker.server.received) == 1
    assert "9000" not in str(caught.value)


def test_an_overflow_that_a_stream_reports_is_told_as_such(asker: Asker) -> None:
    def late(handler: Any, _received: Any) -> None:
        handler.begin_stream()
        handler.event('{"error": {"message": "Context size has been exceeded."}}')
        handler.wfile.write(b"0\r\n\r\n")

    with pytest.raises(ContextOverflow):
        asker.ask("stream", late)


@pytest.mark.parametrize(
    "words", ["the temperature is too high", "model not found", "a long context is fine"]
)
def test_other_refusals_are_not_taken_for_a_long_prompt(words: str) -> None:
    assert not too_long(words)
    assert window_in(words) is None


# Addresses and keys


@pytest.mark.parametrize(
    ("base", "path"),
    [
        ("", "/v1/chat/completions"),
        ("/", "/v1/chat/completions"),
        ("/v1", "/v1/chat/completions"),
        ("/v1/", "/v1/chat/completions"),
        ("/v1/chat/completions", "/v1/chat/completions"),
        ("/v1/chat/completions/", "/v1/chat/completions"),
        ("", "/chat/completions"),
        ("/proxy/llm", "/proxy/llm/chat/completions"),
        ("/proxy/llm", "/proxy/llm/v1/chat/completions"),
        ("/v1beta/openai/", "/v1beta/openai/chat/completions"),
        ("/v1?team=4", "/v1/chat/completions?team=4"),
        (
            "/openai/deployments/gpt?api-version=2024-10-21",
            "/openai/deployments/gpt/chat/completions?api-version=2024-10-21",
        ),
        (
            "/?api-version=2024-10-21",
            "/openai/deployments/local/chat/completions?api-version=2024-10-21",
        ),
    ],
)
@ways
def test_a_base_url_may_be_written_in_many_ways(way: str, base: str, path: str) -> None:
    with ModelServer() as server:
        asker = Asker(server, base)
        assert asker.ask(way, *[serving([path])] * 2) == OK
        server.received.clear()
        server.will(*[serving([path])] * 2)
        assert asker.ask(way) == OK
        assert server.received[0].head.split()[1].decode() == path
        asker.chat.close()


def test_a_model_that_does_not_exist_is_not_looked_for_elsewhere() -> None:
    with ModelServer() as server:
        asker = Asker(server, "")
        with pytest.raises(ModelTrouble, match="no such model"):
            asker.ask("complete", error(404, {"error": {"message": "model 'local' not found"}}))
        assert len(server.received) == 1


@ways
def test_azure_gets_the_key_in_its_own_header_and_others_in_theirs(way: str) -> None:
    with ModelServer() as server:
        for base, header in (
            ("/v1", b"authorization: Bearer k3y"),
            ("/v1?api-version=1", b"api-key: k3y"),
        ):
            asker = Asker(server, base, key="k3y")
            asker.ask(way)
            (received,) = server.received
            assert header.lower() in received.head.lower()
            assert received.head.count(b"k3y") == 1
            server.received.clear()
        Asker(server).ask(way)
        assert b"authorization" not in server.received[0].head.lower()


def test_the_hosts_of_azure_are_known_by_name() -> None:
    address = address_of("https://house.openai.azure.com", "gpt-4o")
    assert address.azure
    assert address.urls[0] == (
        "https://house.openai.azure.com/openai/deployments/gpt-4o/chat/completions"
        "?api-version=2024-10-21"
    )
    assert not address_of("https://azure.com.example/v1", "gpt-4o").azure


@ways
def test_a_redirect_to_another_server_is_not_followed(way: str, asker: Asker) -> None:
    with ModelServer() as elsewhere:
        with pytest.raises(ModelTrouble, match="redirects are not followed"):
            asker.ask(way, redirect(f"{elsewhere.url}/chat/completions"))
        assert elsewhere.received == []


def test_a_file_of_authorities_is_added_to_those_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = tmp_path / "ca.pem"
    authority = _authority(tmp_path)
    pem.write_text(authority)
    usual = len(trust(None).get_ca_certs())
    assert len(trust(pem).get_ca_certs()) == usual + 1
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    assert any("Quietdesk test" in str(each) for each in trust(None).get_ca_certs())
    pem.write_text("nothing")
    with pytest.raises(BadInput, match="holds no certificates"):
        trust(pem)


def test_a_server_under_a_private_authority_is_reached_with_its_file_alone(tmp_path: Path) -> None:
    pem = tmp_path / "ca.pem"
    pem.write_text(_authority(tmp_path))
    with ModelServer() as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
        server.encrypt(context)
        stranger = Asker(server)
        with pytest.raises(ModelTrouble, match="certificate is not trusted"):
            stranger.ask("complete")
        assert server.received == []
        assert Asker(server, trust=trust(pem)).ask("complete", say(OK)) == OK


def _authority(folder: Path) -> str:
    """Write a certificate for 127.0.0.1 that is its own authority; return it as PEM."""
    from ipaddress import ip_address

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Quietdesk test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    (folder / "cert.pem").write_bytes(pem)
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return pem.decode()


# What it costs


@ways
def test_the_servers_own_count_of_tokens_is_kept(way: str, asker: Asker) -> None:
    usage = {"prompt_tokens": 40, "completion_tokens": 7, "total_tokens": 47}
    asker.ask(way, message(OK, usage=usage))
    assert asker.meter.counted == [("reply", Tokens(40, 7))]


@ways
def test_tokens_that_no_server_counts_are_estimated_and_marked(way: str, asker: Asker) -> None:
    asker.ask(way, message(OK))
    ((purpose, tokens),) = asker.meter.counted
    assert purpose == "reply"
    assert tokens.estimated
    assert tokens.written == len(OK) / 4
    assert tokens.sent > len(USER.reveal()) / 4


def test_a_stream_that_is_left_early_is_counted(asker: Asker) -> None:
    asker.server.will(text(OK * 20))
    with calling(Purpose.ANSWER, "question"):
        pieces = asker.chat.stream(SYSTEM, USER)
        next(pieces)
    pieces.close()
    ((purpose, tokens),) = asker.meter.counted
    assert purpose == "answer"
    assert tokens.estimated


@ways
def test_a_tenant_whose_tokens_are_used_up_sends_nothing(way: str, asker: Asker) -> None:
    asker.meter.used_up = True
    with pytest.raises(LimitReached):
        asker.ask(way, hang())
    assert asker.server.received == []
    assert asker.tenant.facts("model.intent") == []
