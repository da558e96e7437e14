"""Attacks by people who have a login: on another's page, another's files, another's tenant."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Generator, Iterator
from html import unescape
from pathlib import Path
from stat import S_ISREG
from tempfile import gettempdir
from typing import Any

import httpx
import pytest
from starlette.routing import Mount
from starlette.types import ASGIApp

from assistant.desk import Desk
from assistant.flows.draft import draft_reply
from assistant.flows.review import approve
from assistant.model import Draft, DraftState
from tests.ui.web_fixtures import MAIL, OTHER, PLANTED, Browser, Site, serving
from ui.web.bindings import Bindings

UPLOAD = {"files": ("secret.txt", b"7")}
"""One byte: even without the firewall, Gradio is configured to accept no more."""


def _no_wall(gradio: ASGIApp, _bindings: Bindings) -> ASGIApp:
    return gradio


@pytest.fixture(scope="module")
def unwalled(tmp_path_factory: pytest.TempPathFactory) -> Generator[Site]:
    """The same application without the firewall around Gradio."""
    with serving(tmp_path_factory.mktemp("unwalled"), _no_wall) as made:
        yield made


# Another person's page


def test_nobody_reads_the_results_of_another_persons_page(site: Site) -> None:
    """Gil names Ann's session hash while her ticket waits to be fetched, and is refused."""
    with site.client("ann") as ann, site.client("gil") as gil:
        assert ann.fire(_open_ticket(ann)).status_code == 200
        with pytest.raises(PermissionError, match="403"):
            gil.results(ann.session_hash)
        assert PLANTED in json.dumps(ann.results())


def test_without_the_wall_anybody_reads_them(unwalled: Site) -> None:
    """The same attack on Gradio alone succeeds, so it is the firewall that stops it."""
    with unwalled.client("ann") as ann, unwalled.client("gil") as gil:
        assert ann.fire(_open_ticket(ann)).status_code == 200
        assert PLANTED in json.dumps(gil.results(ann.session_hash))


def test_nobody_puts_an_event_into_another_persons_page(site: Site) -> None:
    """An event under another person's hash is refused, so nothing foreign appears on their page."""
    with site.client("ann") as ann, site.client("gil") as gil:
        ann.do("qd-tickets", "click", {"ticket": "AC-1"}, tenant="acme")
        forged = gil.event(
            "qd-tickets", "click", {"ticket": "GX-1"}, ann.session_hash, tenant="globex"
        )
        assert gil.fire(forged).status_code == 403


def test_two_colleagues_of_one_tenant_do_not_share_a_page(site: Site) -> None:
    """The page belongs to a login, not to a tenant."""
    with site.client("ann") as ann, site.client("rae") as rae:
        ann.fire(_open_ticket(ann))
        with pytest.raises(PermissionError, match="403"):
            rae.results(ann.session_hash)


@pytest.mark.parametrize(
    "query",
    [
        "session_hash=mine{h}&session_hash={h}",
        "session_hash={h}&x=1",
        "session_hash={h}%00",
        "session_hash[]={h}",
        "x=1",
        "",
    ],
)
def test_a_hash_is_read_in_one_way(site: Site, query: str) -> None:
    """Doubled, decorated and missing hashes are refused, so two readers never disagree."""
    with site.client("gil") as gil:
        answer = gil.get(f"/desk/gradio_api/queue/data?{query.format(h=gil.session_hash)}")
    assert answer.status_code == 400


def test_an_event_is_read_in_one_way(site: Site) -> None:
    """Duplicate keys, unknown keys, files and nested values never reach Gradio."""
    with site.client("ann") as ann:
        good = _open_ticket(ann)
        duplicate = json.dumps(good)[:-1] + ', "session_hash": "other"}'
        file = {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}
        bad = [
            duplicate.encode(),
            json.dumps({**good, "data": [file]}).encode(),
            json.dumps({**good, "data": [["x"]]}).encode(),
            json.dumps({**good, "data": "x"}).encode(),
            json.dumps({**good, "event_data": {"ticket": {"a": 1}}}).encode(),
            json.dumps({**good, "fn_index": "0"}).encode(),
            json.dumps({**good, "fn_index": True}).encode(),
            json.dumps({**good, "fn_index": 99_999}).encode(),
            json.dumps({**good, "fn_index": -1}).encode(),
            json.dumps({**good, "data": [*good["data"], PLANTED]}).encode(),
            json.dumps({**good, "data": []}).encode(),
            json.dumps({**good, "session_hash": None}).encode(),
            json.dumps([good]).encode(),
            b"[" * 100_000,
            b"\xff",
            b"",
        ]
        for body in bad:
            answer = ann.post("/desk/gradio_api/queue/join", content=body)
            assert answer.status_code == 400, body[:80]


def test_logging_out_drops_what_was_not_fetched(own_site: Site) -> None:
    """A result that waits when its owner logs out is dropped, and the hash is useless."""
    with own_site.client("ann") as ann, own_site.client("gil") as gil:
        ann.fire(_open_ticket(ann))
        ann.post("/logout")
        assert PLANTED not in json.dumps(gil.results(ann.session_hash))


def test_gradio_remembers_no_value_of_any_page(own_site: Site) -> None:
    """After tickets, drafts and answers were shown, Gradio has no word of them."""
    with own_site.client("rae") as rae:
        rae.do("qd-tickets", "click", {"ticket": "AC-1"}, tenant="acme")
        rae.do("qd-draft", "click", tenant="acme", opened="AC-1")
        rae.do("qd-queue", "click", {"draft": _newest(own_site).id}, tenant="acme")
        rae.do("qd-question", "submit", tenant="acme", question=f"Where is {PLANTED}?")
    _wait_until_idle(own_site)
    held = "\n".join(_everything_gradio_holds(own_site))
    assert len(held) > 1000
    for word in (PLANTED, "Theodora", MAIL, "prints blank pages"):
        assert word not in held


def test_gradio_alone_would_remember(own_site: Site) -> None:
    """With Gradio's own state holder, an opened ticket stays in memory."""
    from gradio.state_holder import StateHolder

    gradio = _gradio(own_site)
    memory = StateHolder()
    memory.set_blocks(gradio.blocks)
    gradio.state_holder = memory
    with own_site.client("ann") as ann:
        ann.do("qd-tickets", "click", {"ticket": "AC-1"}, tenant="acme")
    _wait_until_idle(own_site)
    assert PLANTED in "\n".join(_everything_gradio_holds(own_site))


# Another person's files


def test_gradio_takes_and_gives_no_file(site: Site) -> None:
    """Its upload is refused, and so is its download, of any path."""
    with site.client("ann") as ann, site.client("gil") as gil:
        assert ann.post("/desk/gradio_api/upload", files=UPLOAD).status_code == 403
        for path in (site.home.settings.home / "quietdesk.db", site.temp, Path("/etc/hostname")):
            assert gil.get(f"/desk/gradio_api/file={path}").status_code == 403
    assert not list(site.temp.rglob("*"))


def test_without_the_wall_one_person_downloads_anothers_upload(unwalled: Site) -> None:
    """The same attack on Gradio alone succeeds: everyone can read the file in plain text."""
    with unwalled.client("ann") as ann, unwalled.client("gil") as gil:
        (path,) = ann.post("/desk/gradio_api/upload", files=UPLOAD).json()
        assert gil.get(f"/desk/gradio_api/file={path}").text == "7"
    assert Path(path).is_relative_to(unwalled.temp)


def test_an_upload_leaves_no_plain_copy_anywhere(own_site: Site) -> None:
    """After an import the planted words are in no file of the home or of a temporary folder."""
    start, word = time.time(), "Zephyrine Hollowbrook"
    line = json.loads(OTHER) | {"id": "GX-9", "requester": {"name": word}}
    note = f"# Door code\n\n{word} asked for the new door. The porter opens it at seven."
    with own_site.client("gil") as gil:
        for kind, name, body in (
            ("tickets", "t.jsonl", json.dumps(line) + "\n" + " " * 3_000_000),
            ("knowledge", "door.md", note + "\n" * 2_000_000),
        ):
            answer = _upload(gil, kind, name, body.encode())
            assert answer.status_code == 200, answer.text
    for folder in (
        own_site.home.settings.home,
        own_site.temp,
        Path(gettempdir()),
        Path("/dev/shm"),
    ):
        assert not _files_with(folder, word, since=start)


# Another tenant

_TABS = (
    *("Tickets", "Review", "Ask", "Documents", "Gaps"),
    *("Terms", "Outbox", "Import", "Ledger", "Privacy"),
)


_EVENTS: list[tuple[str, str, dict[str, str] | None]] = [
    ("qd-tickets", "click", {"ticket": "AC-1"}),
    ("qd-filter", "input", None),
    ("qd-as-seen", "change", None),
    ("qd-summarise", "click", None),
    ("qd-draft", "click", None),
    ("qd-queue", "click", {"draft": "0"}),
    ("qd-save", "click", None),
    ("qd-approve", "click", None),
    ("qd-reject", "click", None),
    ("qd-release", "click", None),
    ("qd-question", "submit", None),
    ("qd-stop", "click", None),
    ("qd-again", "click", None),
    ("qd-answer", "click", {"do": "note"}),
    ("qd-verify", "click", None),
    ("qd-made", "click", {"draft": "0"}),
    ("qd-notice", "click", {"draft": "0"}),
    ("qd-top", "click", {"value": "acme"}),
    ("qd-compare", "click", {"document": "0", "audience": "customer"}),
    ("qd-documents", "click", {"document": "printing.md", "audience": "customer"}),
    ("qd-documents-filter", "input", None),
    ("qd-correcting", "click", {"do": "allow", "placeholder": "<PERSON_1>"}),
    ("qd-draft-correcting", "click", {"do": "mask", "words": "Max", "kind": "PERSON"}),
    ("qd-terms", "click", {"do": "read", "words": "Max"}),
    ("qd-vouching", "click", {"clause": "NW-4.1", "sha256": "0" * 64}),
    *((tab, "select", None) for tab in _TABS),
]


def test_a_crafted_event_opens_no_other_tenant(site: Site) -> None:
    """A person without a membership gets no word of a tenant that their browser names."""
    with site.client("gil") as gil:
        wired = {tuple(each) for every in gil.config["dependencies"] for each in every["targets"]}
        tried = {(gil.part(name)["id"], kind) for name, kind, _ in _EVENTS}
        assert {each for each in wired if each[1] != "load"} <= tried | {
            (gil.part("qd-ask")["id"], "click")
        } | _status(gil)
        for name, kind, picked in _EVENTS:
            for tenant in ("acme", "nowhere", "", "../acme"):
                shown = gil.do(name, kind, picked, tenant=tenant, opened="AC-1")
                assert shown.changed == [], (name, kind, tenant)
                assert "no membership" in shown.notice


def test_choosing_a_tenant_checks_the_membership_there(site: Site) -> None:
    """The chooser leads only to tenants that the person is a member of."""
    with site.client("gil") as gil:
        shown = gil.do("qd-top", "click", {"value": "acme"}, tenant="globex")
        assert shown.changed == []
        assert "no membership" in shown.notice
        page = gil.do("qd-top", "click", {"value": "globex"}, tenant="globex")
    assert "acme" not in str(page["qd-top"])


def test_a_conversation_is_its_owners_alone(site: Site) -> None:
    """Naming another person's conversation neither shows it nor stops it."""
    with site.client("ann") as ann, site.client("rae") as rae:
        asked = {"tenant": "acme", "question": "Why does the printer print blank pages?"}
        talk = ann.do("qd-question", "submit", None, **asked)["qd-talk"]
        for name in ("qd-stop", "qd-again"):
            rae.do(name, "click", None, tenant="acme", talk=talk)
        other = rae.do("qd-question", "submit", None, talk=talk, **asked)
        assert other["qd-talk"] != talk
        assert other["qd-answer"].count("qd-answer") == 1
        mine = ann.do("qd-question", "submit", None, talk=talk, **asked)
        assert mine["qd-answer"].count("qd-answer") == 2


def test_files_of_another_tenant_are_neither_taken_nor_given(site: Site) -> None:
    """Uploads and the export check the membership too."""
    with site.client("gil") as gil:
        for kind in ("tickets", "knowledge"):
            assert _upload(gil, kind, "x.jsonl", b"{}", tenant="acme").status_code == 403
        assert gil.get("/exports/outbox.jsonl?tenant=acme").status_code == 403
        assert gil.get("/exports/outbox.jsonl").status_code == 403


# Another role


def test_an_admin_without_another_role_reads_and_writes_nothing_of_a_customer(
    own_site: Site,
) -> None:
    """Managing people is a role of its own; the ledger, which contains no text, is shown for it."""
    desk = own_site.home.desk("acme")
    with own_site.client("ada") as ada:
        for name, kind, picked in _EVENTS:
            shown = ada.do(name, kind, picked, tenant="acme", opened="AC-1", question="Print?")
            for word in (PLANTED, "blank pages", "spooler"):
                assert word not in str(shown), name
        arrived = ada.do("qd-top", "click", {"value": "acme"}, tenant="acme")
        assert "Tickets are for agents" in arrived.notice
        assert "qd-table" in str(ada.do("Ledger", "select", None, tenant="acme")["qd-ledger"])
        assert ada.get("/exports/outbox.jsonl?tenant=acme").status_code == 403
    assert desk.records.drafts.list() == []


def test_an_agent_decides_nothing_by_calling_the_events(own_site: Site) -> None:
    """An agent who sends the reviewer's events changes no draft, approved ones included."""
    home = own_site.home
    desk, rae = home.desk("acme"), home.person("rae", "acme")
    draft = draft_reply(desk, "AC-1")
    text = "Hello."
    with own_site.client("ann") as ann:
        for name in ("qd-approve", "qd-reject", "qd-save"):
            _refused(ann, name, draft, text)
        approve(desk, rae, draft.id)
        for name in ("qd-release", "qd-reject", "qd-save"):
            _refused(ann, name, draft, text)
        view = ann.do("qd-queue", "click", {"draft": draft.id}, tenant="acme")
        _refused(ann, "qd-release", draft, str(view["qd-edit"]))
    kept = desk.records.drafts.get(draft.id)
    assert kept is not None
    assert kept.state is DraftState.APPROVED
    assert not desk.records.drafts.replies()


def test_an_agent_decides_on_no_word(own_site: Site) -> None:
    """An agent sees no place to correct what is masked, and the events refuse an agent."""
    desk = own_site.home.desk("acme")
    draft, rows = draft_reply(desk, "AC-1"), len(_decided(desk))
    with own_site.client("ann") as ann:
        opened = ann.do("qd-tickets", "click", {"ticket": "AC-1"}, tenant="acme", as_seen=True)
        reviewed = ann.do("qd-queue", "click", {"draft": draft.id}, tenant="acme")
        assert opened["qd-correcting"] == reviewed["qd-draft-correcting"] == ""
        assert "data-correct" not in opened["qd-thread"] + reviewed["qd-compare"]
        assert "for reviewers" in ann.do("Terms", "select", tenant="acme")["qd-terms"]
        for name in ("qd-correcting", "qd-draft-correcting", "qd-terms"):
            for picked in (
                {"do": "allow", "placeholder": "<PERSON_1>"},
                {"do": "mask", "words": PLANTED, "kind": "PERSON"},
                {"do": "read", "words": PLANTED},
                {"do": "remove", "term": "0"},
            ):
                where = {"opened": "AC-1", "draft_opened": draft.id}
                shown = ann.do(name, "click", picked, tenant="acme", **where)
                assert shown.changed == []
                assert "needs the role reviewer" in shown.notice
    assert desk.records.terms.list() == []
    assert len(_decided(desk)) == rows


def _decided(desk: Desk) -> list[str]:
    """Return the kinds of the ledger's rows without those that say what was shown."""
    shown = {"raw.viewed", "identity.restored"}
    return [row.kind for row in desk.ledger.rows() if row.kind not in shown]


def test_a_placeholder_of_another_ticket_says_nothing(own_site: Site) -> None:
    """Only values of the open text can be left readable, although the vault has more."""
    export = OTHER.replace("GX-1", "AC-9")
    with own_site.client("rae") as rae:
        _upload(rae, "tickets", "t.jsonl", export.encode(), tenant="acme")
        there = rae.do("qd-tickets", "click", {"ticket": "AC-9"}, tenant="acme")["qd-correcting"]
        here = rae.do("qd-tickets", "click", {"ticket": "AC-1"}, tenant="acme")["qd-correcting"]
        names = {each for each in re.findall(r"&lt;\w+_\d+&gt;", there) if each not in here}
        assert names
        for name in names:
            picked = {"do": "allow", "placeholder": unescape(name)}
            shown = rae.do("qd-correcting", "click", picked, tenant="acme", opened="AC-1")
            assert shown.changed == []
            assert "no such placeholder" in shown.notice
            assert "Oakenshield" not in shown.notice


def test_a_word_that_was_decided_on_stands_in_no_log_and_no_ledger(
    own_site: Site, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """The word travels to the page of a reviewer and into sealed rows, and nowhere else."""
    word = "Zephyrine Hollowbrook"
    with own_site.client("rae") as rae:
        for picked in (
            {"do": "mask", "words": word, "kind": "PERSON"},
            {"do": "mask", "words": word * 99},
        ):
            rae.do("qd-terms", "click", picked, tenant="acme")
    _wait_until_idle(own_site)
    rows = "".join(row.body for row in own_site.home.desk("acme").ledger.rows())
    assert "term.added" in [row.kind for row in own_site.home.desk("acme").ledger.rows()]
    held = "\n".join(_everything_gradio_holds(own_site))
    for output in (rows, held, *capfd.readouterr(), caplog.text):
        assert word not in output
    assert not _files_with(own_site.home.settings.home, word, since=0)


def test_an_agent_imports_nothing_and_reads_no_ledger(site: Site) -> None:
    """Imports and the ledger are for reviewers, even if an agent sends the events."""
    with site.client("ann") as ann:
        assert _upload(ann, "tickets", "x.jsonl", b"{}", tenant="acme").status_code == 403
        assert "may not" in ann.do("qd-verify", "click", tenant="acme").notice
        assert "for reviewers" in str(ann.do("Ledger", "select", tenant="acme")["qd-ledger"])


# Hostile text


def test_markup_in_a_ticket_is_shown_and_never_run(site: Site) -> None:
    """Wherever a hostile ticket appears, its tags are text; unseen characters are named."""
    with site.client("rae") as rae:
        shown = rae.do("qd-tickets", "click", {"ticket": "AC-2"}, tenant="acme")
        redacted = rae.do("qd-as-seen", "change", tenant="acme", opened="AC-2", as_seen=True)
        drafted = rae.do("qd-draft", "click", tenant="acme", opened="AC-2")
        listed = rae.do("Tickets", "select", tenant="acme")
        reviewed = rae.do("qd-made", "click", {"draft": _newest(site).id}, tenant="acme")
    panels = [shown["qd-thread"], redacted["qd-thread"], drafted["qd-made"], listed["qd-tickets"]]
    for panel in (*panels, reviewed["qd-compare"], reviewed["qd-queue"]):
        assert "<img src=x" not in panel
        assert "<script" not in panel
        assert "<a " not in panel
    assert "&lt;script&gt;" in shown["qd-thread"]
    assert "U+202E" in shown["qd-thread"]


def _open_ticket(browser: Browser) -> dict[str, Any]:
    return browser.event("qd-tickets", "click", {"ticket": "AC-1"}, tenant="acme")


def _refused(browser: Browser, name: str, draft: Draft, text: str) -> None:
    shown = browser.do(name, "click", tenant="acme", draft_opened=draft.id, edit=text)
    assert shown.changed == []
    assert "needs the role reviewer" in shown.notice, shown.notice


def _status(browser: Browser) -> set[tuple[int, str]]:
    """The status filter has no name; it runs what the filter runs."""
    kind = next(each for each in browser.config["components"] if each["type"] == "dropdown")
    return {(kind["id"], "change")}


def _newest(site: Site) -> Draft:
    return site.home.desk("acme").records.drafts.list()[-1]


def _upload(
    browser: Browser, kind: str, name: str, body: bytes, tenant: str = "globex"
) -> httpx.Response:
    headers = {"x-file-name": name}
    return browser.post(f"/uploads/{kind}?tenant={tenant}", content=body, headers=headers)


def _files_with(folder: Path, word: str, since: float) -> list[Path]:
    """Return the files changed since then that contain ``word``."""
    return [
        path
        for where, _, names in os.walk(folder)
        for path in (Path(where) / name for name in names)
        if word.encode() in _fresh_bytes(path, since)
    ]


def _fresh_bytes(path: Path, since: float) -> bytes:
    try:
        status = path.lstat()
        fresh = S_ISREG(status.st_mode) and status.st_mtime >= since - 1
        return path.read_bytes() if fresh else b""
    except OSError:  # another process's, or deleted meanwhile
        return b""


def _gradio(site: Site) -> Any:
    return next(each for each in site.app.routes if isinstance(each, Mount))._base_app


def _wait_until_idle(site: Site) -> None:
    """Gradio clears an event a moment after its result was fetched."""
    queue, end = _gradio(site).blocks._queue, time.monotonic() + 10
    while queue.event_ids_to_events and time.monotonic() < end:
        time.sleep(0.05)


def _everything_gradio_holds(site: Site) -> Iterator[str]:
    app = _gradio(site)
    blocks, queue = app.blocks, app.blocks._queue
    held: list[object] = [blocks.config, blocks.pending_streams, app.iterators]
    held += [queue.active_jobs, queue.event_analytics]
    held += [vars(each) for each in queue.event_ids_to_events.values()]
    held += [list(each._queue) for each in queue.pending_messages_per_session.values()]
    for state in app.state_holder.session_data.values():
        held += [state.config_values, state.state_data]
        held += [vars(each) for each in state.blocks_config.blocks.values()]
    yield from map(repr, held)
