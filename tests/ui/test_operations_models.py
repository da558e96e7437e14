"""Models per tenant and feature: chosen, checked, counted and limited, through the operations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.bootstrap import Home
from assistant.errors import BadInput, NotFound, NotPermitted
from assistant.model import Chunk, Feature, Passage, Written, new_id
from assistant.prompts import UNANSWERED
from assistant.register import choice, places
from assistant.settings import Settings
from tests.fakes.parts import light_parts
from tests.fakes.plain import redacted
from tests.model_server import Answer, ModelServer, fail, redirect, say
from tests.server_modes import OK, error, message, refusing, text
from ui.cli.outcomes import print_outcomes
from ui.operations import models
from ui.operations.base import NoArgs, Operation, Shape, TenantArgs, silent
from ui.operations.batch import SUMMARISE, BatchArgs, BatchResult
from ui.operations.callers import Caller, Interface
from ui.operations.models import CheckArgs, CheckResult, ModelName, NewModel, UsageArgs, UseArgs
from ui.operations.operator import Operator
from ui.operations.review import STATS
from ui.operations.tenants import SET, TenantRules
from ui.operations.tickets import Export

TEXT = redacted("Restart the spooler. Then print a test page.")
PASSAGE = Passage(
    Chunk(new_id(), new_id(), 0, redacted("Printing"), TEXT, 1, 9),
    redacted("kb/printing.md"),
    redacted("Printing"),
    1.0,
    ("vector",),
)
TICKET = json.dumps(
    {"id": "N-1", "subject": "Printing", "requester": {"name": "Ann Lee"}}
    | {"turns": [{"author": "Ann Lee", "text": "The printer on floor 3 prints nothing."}]}
)


class House:
    """A home with two tenants, and what calls its operations as the owner."""

    def __init__(self, home: Home) -> None:
        self.home = home
        for slug in ("acme", "globex"):
            home.add_tenant(slug)

    def do(self, operation: Operation[Any, Any], args: Shape, caller: Caller | None = None) -> Any:
        owner = caller or Caller(Interface.SHELL, owner=True)
        return Operator(self.home).perform(operation, owner, args, silent)

    def register(self, name: str, server: ModelServer, **more: Any) -> None:
        self.do(models.ADD, NewModel(name=name, url=server.origin, model=f"{name}-7b", **more))

    def use(self, name: str | None, tenant: str = "acme", **more: Any) -> None:
        self.do(models.USE, UseArgs(tenant=tenant, name=name, **more))

    def answer(self, tenant: str = "acme") -> Written:
        return self.home.desk(tenant).writer.answer(redacted("How do I print?"), [PASSAGE])

    def check(self, **args: Any) -> CheckResult:
        return self.do(models.CHECK, CheckArgs(**args))

    def facts(self, kind: str, tenant: str = "acme") -> list[dict[str, Any]]:
        rows = self.home.desk(tenant).ledger.rows()
        return [json.loads(row.body) for row in rows if row.kind == kind]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with Home.open(Settings(home=tmp_path / "home"), parts=light_parts()) as home:
        yield House(home)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


def names(server: ModelServer) -> list[str]:
    return [each.json["model"] for each in server.received]


def test_each_feature_of_each_tenant_asks_the_model_that_was_chosen_for_it(
    house: House, server: ModelServer
) -> None:
    with ModelServer() as other:
        house.register("small", server)
        house.register("large", other)
        house.use("small")
        house.use("large", feature=Feature.REPLY)
        desk = house.home.desk("acme")
        server.will(say(OK))
        other.will(say(OK))
        assert house.answer().writer == "model:small-7b"
        assert house.answer("globex").writer == "extractive"
        house.use("large", feature=Feature.ANSWER)
        assert house.answer().saw
        assert desk is house.home.desk("acme"), "a choice needs no desk to be opened again"
        assert (names(server), names(other)) == (["small-7b"], ["large-7b"])
    destinations = [fact["destination"] for fact in house.facts("model.intent")]
    assert destinations == ["small", "large"]
    assert [fact["model"] for fact in house.facts("model.chosen")] == ["small", "large", "large"]


def test_the_choice_of_no_model_is_a_choice(house: House, server: ModelServer) -> None:
    house.register("small", server)
    house.use("small")
    house.use(choice.EXTRACTIVE, feature=Feature.ANSWER)
    assert house.answer().writer == "extractive"
    assert server.received == []


def test_the_model_of_the_environment_is_the_first_entry_and_holds_where_none_is_chosen(
    tmp_path: Path, server: ModelServer
) -> None:
    settings = Settings(home=tmp_path, writer="model", model_url=server.url, model_name="old")  # type: ignore[arg-type] - pydantic parses it
    with Home.open(settings, parts=light_parts()) as home, ModelServer() as other:
        house = House(home)
        house.register("new", other)
        listed = house.do(models.LIST, NoArgs()).models
        assert [each.name for each in listed] == [choice.DEFAULT, "new"]
        assert [each.used_by for each in listed] == [("acme", "globex"), ()]
        house.answer()
        house.use("new")
        house.answer()
        assert (names(server), names(other)) == (["old"], ["new-7b"])


def test_a_model_is_asked_for_json_where_the_register_or_the_environment_says_so(
    tmp_path: Path, server: ModelServer
) -> None:
    settings = Settings(home=tmp_path, writer="model", model_url=server.url, model_json=True)  # type: ignore[arg-type] - pydantic parses it
    with Home.open(settings, parts=light_parts()) as home:
        house = House(home)
        house.register("strict", server, json_schema=True)
        house.register("plain", server)
        for name in (choice.DEFAULT, "strict", "plain"):
            house.use(name)
            house.answer()
        listed = house.do(models.LIST, NoArgs()).models
    assert ["response_format" in each.json for each in server.received] == [True, True, False]
    assert [(each.name, each.json_schema) for each in listed] == [
        (choice.DEFAULT, True),
        ("plain", False),
        ("strict", True),
    ]


def test_a_policy_that_forbids_models_wins_over_the_choice_of_one(
    house: House, server: ModelServer
) -> None:
    house.register("small", server)
    house.use("small")
    house.do(SET, TenantRules(tenant="acme", ai_enabled=False))
    assert "AI is switched off" in " ".join(house.answer().notes)
    assert server.received == []


def test_an_operator_that_has_promised_nothing_is_not_asked(
    house: House, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "_LOOPBACK", frozenset[str]())
    for name, promises in (("bare", {}), ("far", {"no_training": True, "region": "us"})):
        house.register(name, server, **promises)
        house.use(name)
        assert house.answer().writer == "extractive"
    assert server.received == []
    house.register("near", server, no_training=True, region="eu")
    house.use("near")
    house.answer()
    assert names(server) == ["near-7b"]


def test_a_key_is_read_where_the_register_says_and_stored_nowhere(
    house: House, server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "key"
    file.write_text("sk-from-a-file\n")
    house.register("env", server, key_env="HOUSE_KEY")
    house.register("file", server, key_file=str(file))
    house.use("env")
    with pytest.raises(BadInput, match="HOUSE_KEY, which holds the key"):
        house.answer()
    monkeypatch.setenv("HOUSE_KEY", "sk-from-the-variable")
    house.answer()
    house.use("file")
    house.answer()
    heads = [each.head for each in server.received]
    assert b"Bearer sk-from-the-variable" in heads[0]
    assert b"Bearer sk-from-a-file" in heads[1]
    house.home.close()
    for kept in (tmp_path / "home").rglob("*"):
        if kept.is_file():
            assert b"sk-from" not in kept.read_bytes(), kept
    shown = house.home.settings.model_dump_json()
    assert "sk-from" not in shown


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"name": "default"}, "is not “default”"),
        ({"name": "Has Spaces"}, "1 to 63"),
        ({"url": "ftp://host"}, "http"),
        ({"url": "https://me:pw@host/v1"}, "no user, password"),
        ({"url": ""}, "a URL or a file"),
        ({"path": "/m.gguf"}, "a URL or a file"),
        ({"key_env": "sk-0a1b2c3d"}, "never the key itself|is not one"),
        ({"key_env": "QUIETDESK_KEY"}, "is a setting"),
        ({"url": "", "path": "/nowhere/m.gguf"}, "cannot be read|not installed"),
    ],
)
def test_what_cannot_be_a_model_is_not_registered(
    wrong: dict[str, str], why: str, house: House
) -> None:
    args = {"name": "small", "url": "http://127.0.0.1:9/v1"} | wrong
    with pytest.raises(BadInput, match=why):
        house.do(models.ADD, NewModel(**args))  # type: ignore[arg-type] - pydantic parses it
    assert house.do(models.LIST, NoArgs()).models == ()


def test_a_model_in_use_is_not_removed_and_an_unknown_one_not_chosen(
    house: House, server: ModelServer
) -> None:
    house.register("small", server)
    house.use("small", feature=Feature.SUMMARY)
    with pytest.raises(BadInput, match="is used by acme"):
        house.do(models.REMOVE, ModelName(name="small"))
    house.use(choice.EXTRACTIVE, feature=Feature.SUMMARY)
    house.do(models.REMOVE, ModelName(name="small"))
    with pytest.raises(NotFound, match="no model “small”"):
        house.use("small")


def test_only_the_owner_of_the_home_administers_models(house: House) -> None:
    stranger = Caller(Interface.PAGE, login="jo")
    for operation in (
        models.ADD,
        models.LIST,
        models.REMOVE,
        models.USE,
        models.CHECK,
        models.USAGE,
    ):
        with pytest.raises(NotPermitted):
            house.do(operation, NoArgs(), stranger)


def test_tokens_are_counted_by_tenant_and_a_limit_leaves_the_work_to_the_fallback_writer(
    house: House, server: ModelServer
) -> None:
    house.register("small", server, price_sent=2.5, price_written=10)
    for tenant in ("acme", "globex"):
        house.use("small", tenant)
    house.use(None, day_limit=500)
    usage = {"prompt_tokens": 400, "completion_tokens": 100}
    server.will(message(OK, usage=usage), message(OK))
    assert house.answer().writer == "model:small-7b"
    refused = house.answer()
    assert refused.writer == "extractive"
    assert "500 tokens of this day for models are used up" in " ".join(refused.notes)
    assert len(server.received) == 1
    assert house.answer("globex").writer == "model:small-7b"
    acme, globex = house.do(models.USAGE, UsageArgs()).rows
    assert (acme.tenant, acme.feature, acme.model) == ("acme", "answer", "small")
    assert (acme.calls, acme.sent, acme.written, acme.estimated) == (1, 400, 100, 0)
    assert acme.cost == pytest.approx(400 * 2.5e-6 + 100 * 10e-6)
    assert (globex.tenant, globex.estimated) == ("globex", 1)
    assert house.do(models.USAGE, UsageArgs(tenant="globex")).rows == (globex,)


def test_a_batch_leaves_what_a_busy_server_refused_for_its_next_run(
    house: House, server: ModelServer, tmp_path: Path
) -> None:
    house.register("small", server)
    house.use("small")

    def run() -> BatchResult:
        out, exported = (
            str(tmp_path / "out.jsonl"),
            Export(tenant="acme", name="t.jsonl", text=TICKET),
        )
        return house.do(SUMMARISE, BatchArgs(tenant="acme", out=out, export=exported))

    server.will(*[error(429, "busy", retry_after="0")] * 3)
    first = run()
    assert [each.happened for each in first.failed] == [
        "The model server is too busy. Nothing was written; the next run asks again."
    ]
    assert house.home.desk("acme").records.drafts.list() == []
    house.home.chat_of("acme", house.home.register.entry("small")).manners.busy_until = 0
    assert run().written == 1


def test_the_two_disagreements_with_a_model_are_counted_and_named(
    house: House, server: ModelServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    house.register("small", server)
    house.use("small")
    server.will(say(UNANSWERED), say("The moon is made of green cheese."))
    for number in range(2):
        export = Export(tenant="acme", name="t.jsonl", text=TICKET.replace("N-1", f"N-{number}"))
        out = str(tmp_path / f"{number}.jsonl")
        house.do(SUMMARISE, BatchArgs(tenant="acme", out=out, export=export))
    (counts,) = house.do(models.USAGE, UsageArgs()).outcomes
    assert (counts.tenant, counts.feature, counts.model) == ("acme", "summary", "small")
    assert (counts.used, counts.declined, counts.unsupported) == (0, 1, 1)
    assert house.do(STATS, TenantArgs(tenant="acme")).outcomes == (counts,)
    print_outcomes((counts,))
    shown = capsys.readouterr().out
    assert "declined: the model declined although the search had passages (1)." in shown
    assert "unsupported: its sources support too little of it (1)." in shown


# What `model check` finds

FAULTS: dict[str, tuple[Answer, str, str]] = {
    "key": (fail(401), "authentication", "does not accept the key"),
    "name": (
        error(404, {"error": {"message": "model 'x' not found"}}),
        "model name",
        "no such model",
    ),
    "empty": (message(None), "answer", "sent an empty answer"),
    "redirect": (redirect("http://127.0.0.1:1/"), "answer", "redirects are not followed"),
}


def found(result: CheckResult, what: str) -> models.CheckedView:
    (one,) = [each for each in result.checked if each.what == what]
    return one


def test_a_check_says_in_words_what_works(house: House, server: ModelServer) -> None:
    house.register("small", server, window=8192)
    house.use("small")
    usage = {"prompt_tokens": 40, "completion_tokens": 7}
    server.will(
        message("<think>Hm</think>It is four.", usage=usage),
        text("<think>Hm</think>One, two, three, four."),
        say('{"sum": 4}'),
    )
    result = house.check()
    assert result.works
    assert (result.name, result.tenant) == ("small", "acme")
    works = {each.what: each.works for each in result.checked}
    assert works == {
        "reachable": True,
        "certificate": None,
        "authentication": True,
        "model name": True,
        "system role": True,
        "temperature": True,
        "reasoning": True,
        "token count": True,
        "speed": True,
        "streaming": True,
        "JSON schema": True,
        "context length": True,
    }
    assert "is cut off" in found(result, "reasoning").words
    assert "8,192 tokens" in found(result, "context length").words
    intents = house.facts("model.intent")
    assert [fact["purpose"] for fact in intents] == ["check"] * 3
    (row,) = house.do(models.USAGE, UsageArgs()).rows
    assert (row.feature, row.calls) == ("check", 3)


def test_a_check_says_what_a_server_does_not_take(house: House, server: ModelServer) -> None:
    house.register("small", server)

    def picky(body: dict[str, Any]) -> bool:
        roles = [each["role"] for each in body["messages"]]
        return "system" in roles or "temperature" in body or "response_format" in body

    server.will(*[refusing(picky, 400, "Bad Request", message("It is four."))] * 6)
    result = house.check(tenant="acme", name="small")
    assert result.works
    assert found(result, "system role").works is None
    assert "instructions go into the user's message" in found(result, "system role").words
    assert "may differ" in found(result, "temperature").words
    assert "taken in words" in found(result, "JSON schema").words
    assert "in one piece" in found(result, "streaming").words
    assert "Not told" in found(result, "context length").words
    assert "estimated" in found(result, "token count").words


@pytest.mark.parametrize("fault", FAULTS)
def test_a_check_names_what_does_not_work_and_what_to_do(
    fault: str, house: House, server: ModelServer
) -> None:
    answer, what, words = FAULTS[fault]
    house.register("small", server)
    server.will(*[answer] * 3)
    result = house.check(name="small")
    assert not result.works
    assert result.checked[-1].what == what
    assert words in result.checked[-1].words
    assert result.checked[-1].todo or fault == "redirect"


def test_a_check_of_a_server_that_is_not_there_says_so(house: House) -> None:
    with ModelServer() as gone:
        pass
    house.register("small", gone)
    result = house.check(name="small")
    assert [(each.what, each.works) for each in result.checked] == [("reachable", False)]


def test_a_check_asks_nothing_that_the_policy_forbids(house: House, server: ModelServer) -> None:
    house.register("small", server)
    house.do(SET, TenantRules(tenant="acme", ai_enabled=False))
    result = house.check(tenant="acme", name="small")
    assert [each.what for each in result.checked] == ["gate"]
    assert server.received == []


def test_without_a_model_or_a_tenant_a_check_says_what_to_do(tmp_path: Path, house: House) -> None:
    with pytest.raises(BadInput, match="the extractive writer writes"):
        house.check(tenant="acme")
    with (
        Home.open(Settings(home=tmp_path / "empty"), parts=light_parts()) as empty,
        pytest.raises(BadInput, match="no tenant yet"),
    ):
        Operator(empty).perform(
            models.CHECK, Caller(Interface.SHELL, owner=True), CheckArgs(), silent
        )
