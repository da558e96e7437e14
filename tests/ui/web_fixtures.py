"""A real home with two tenants behind a real server, and what a browser would send to it."""

from __future__ import annotations

import json
import os
import re
import secrets
import ssl
import threading
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from assistant.bootstrap import Home
from assistant.model import Audience, Role
from assistant.parts import Parts
from assistant.settings import Settings
from guardrails import RawText
from guardrails.egress import netguard
from tests.fakes.parts import light_parts

if TYPE_CHECKING:
    from ui.web.firewall import Wrap

PASSWORD = "correct horse battery"
PLANTED = "Theodora Quillfeather"
MAIL = "theodora.quillfeather@acme.example"
HOSTILE = (
    '<img src=x onerror="window.pwned=1"><script>window.pwned=2</script> [x](javascript:alert(1))'
)
PEOPLE = {
    "ann": ("acme", Role.AGENT),
    "rae": ("acme", Role.REVIEWER),
    "ada": ("acme", Role.ADMIN),
    "gil": ("globex", Role.REVIEWER),
}
ARTICLE = """# Printing

## The printer prints blank pages

Open the printer queue and restart the spooler service. Then print a test page.
Blank pages come from an empty cartridge when the spooler is fine.
"""


def ticket(reference: str, subject: str, text: str, name: str = PLANTED, mail: str = MAIL) -> str:
    """Return one line of an export."""
    return json.dumps(
        {
            "id": reference,
            "subject": subject,
            "status": "open",
            "priority": "normal",
            "created_at": "2026-10-12T08:14:00Z",
            "requester": {"name": name, "email": mail},
            "turns": [
                {
                    "at": "2026-10-12T08:14:00Z",
                    "author": name,
                    "role": "requester",
                    "text": f"{text}\n\n{name}",
                }
            ],
        }
    )


TICKETS = "\n".join(
    (
        ticket("AC-1", "Printer prints blank pages", "The printer prints blank pages since today."),
        ticket("AC-2", HOSTILE, f"{HOSTILE} and \u202etfel ot thgir\u202c"),
        ticket("AC-3", "Canteen", "When does the canteen open on Whit Monday?"),
    )
)
OTHER = ticket(
    "GX-1", "Scanner", "The scanner is loud.", "Bartholomew Oakenshield", "bo@globex.example"
)


@dataclass(frozen=True)
class Site:
    """A home and the address where it is served."""

    home: Home
    app: FastAPI
    url: str
    temp: Path

    @contextmanager
    def client(self, login: str | None = None) -> Generator[Browser]:
        """Give a browser, logged in if ``login`` is given."""
        with Browser(self.url) as browser:
            if login is not None:
                answer = browser.log_in(login)
                assert answer.status_code == 303, answer.text
            yield browser


class Browser(httpx.Client):
    """Sends what the page's script would send."""

    def __init__(
        self, url: str, *, verify: ssl.SSLContext | bool = True, origin: str | None = None
    ) -> None:
        super().__init__(
            base_url=url,
            headers={"origin": origin or url},
            timeout=60,
            trust_env=False,
            verify=verify,
        )
        self.session_hash = secrets.token_hex(6)
        self._config: dict[str, Any] | None = None

    def log_in(self, login: str, password: str = PASSWORD) -> httpx.Response:
        return self.post("/login", data={"login": login, "password": password})

    @property
    def config(self) -> dict[str, Any]:
        """Gradio's configuration of the page, as the browser gets it."""
        if self._config is None:
            page = self.get("/desk/").text
            found = re.search(r"window\.gradio_config = (.*?);</script>", page)
            assert found, page[:300]
            self._config = json.loads(found[1])
        assert self._config is not None
        return self._config

    def part(self, name: str) -> dict[str, Any]:
        """Return the component whose id or label is ``name``."""
        return next(
            each
            for each in self.config["components"]
            if name in (each["props"].get("elem_id"), each["props"].get("label"))
        )

    def event(
        self,
        name: str,
        kind: str,
        picked: Mapping[str, str] | None = None,
        session_hash: str | None = None,
        **values: object,
    ) -> dict[str, Any]:
        """Return the body that the page would send; ``values`` are fields by name."""
        target = [self.part(name)["id"], kind]
        wired = next(each for each in self.config["dependencies"] if target in each["targets"])
        return {
            "session_hash": session_hash or self.session_hash,
            "fn_index": wired["id"],
            "trigger_id": target[0],
            "data": [self._value(each, values) for each in wired["inputs"]],
            "event_data": dict(picked) if picked is not None else None,
        }

    def fire(self, body: Mapping[str, object]) -> httpx.Response:
        """Send an event; half a surrogate goes as an escape, as a browser sends it."""
        headers = {"content-type": "application/json"}
        sent = json.dumps(dict(body))
        return self.post("/desk/gradio_api/queue/join", content=sent, headers=headers)

    def results(self, session_hash: str | None = None) -> list[dict[str, Any]]:
        """Return every message waiting under a hash until the queue closes the stream."""
        params = {"session_hash": session_hash or self.session_hash}
        with self.stream("GET", "/desk/gradio_api/queue/data", params=params) as answer:
            if answer.status_code != 200:
                raise PermissionError(answer.status_code)
            found: list[dict[str, Any]] = []
            with suppress(httpx.RemoteProtocolError):  # Gradio breaks off where nothing is known
                found.extend(json.loads(line[6:]) for line in answer.iter_lines() if line)
            return found

    def do(
        self, name: str, kind: str, picked: Mapping[str, str] | None = None, **values: object
    ) -> Shown:
        """Send an event and return what the page would show."""
        body = self.event(name, kind, picked, None, **values)
        answer = self.fire(body)
        assert answer.status_code == 200, answer.text
        done = next(each for each in self.results() if each["msg"] == "process_completed")
        assert done["success"], done
        wired = next(each for each in self.config["dependencies"] if each["id"] == body["fn_index"])
        return Shown([self._name(each) for each in wired["outputs"]], done["output"]["data"])

    def _name(self, part: int) -> str:
        props = next(each for each in self.config["components"] if each["id"] == part)["props"]
        return str(props.get("elem_id") or props.get("label") or part)

    def _value(self, part: int, values: Mapping[str, object]) -> object:
        props = next(each for each in self.config["components"] if each["id"] == part)["props"]
        name = str(props.get("elem_id") or "").removeprefix("qd-").replace("-", "_")
        return values.get(name, props.get("value"))


class Shown(dict[str, Any]):
    """What an event put on the page, by the name of the part."""

    def __init__(self, names: Sequence[str], values: Sequence[Any]) -> None:
        super().__init__(zip(names, values, strict=True))

    @property
    def notice(self) -> str:
        return str(self["qd-notice"])

    @property
    def changed(self) -> list[str]:
        """Every part that got a value or another look, the notice left out."""
        return [name for name, value in self.items() if name != "qd-notice" and not _kept(value)]


def _kept(value: object) -> bool:
    """Whether a part stays as it is; Gradio repeats the sign of that inside some parts."""
    sign = {"__type__": "update"}
    return value in (sign, {**sign, "props": sign})


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Generator[Site]:
    """One server for all tests that leave it as they found it."""
    with serving(tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture
def own_site(tmp_path: Path) -> Generator[Site]:
    """A server of one's own."""
    with serving(tmp_path) as made:
        yield made


@contextmanager
def serving(
    folder: Path, wrap: Wrap | None = None, parts: Parts | None = None, **settings: Any
) -> Generator[Site]:
    """Serve a fresh home from ``folder``, by default with the firewall around Gradio."""
    from ui.web.app import build_app  # here: Gradio takes seconds, and few workers need it
    from ui.web.firewall import GradioWall

    temp = folder / "gradio"
    before = os.environ.get("GRADIO_TEMP_DIR")
    os.environ["GRADIO_TEMP_DIR"] = str(temp)
    try:
        ours = Settings(home=folder / "home", **settings)
        with Home.open(ours, parts=parts or light_parts()) as home:
            set_up(home)
            app = build_app(home, wrap_gradio=wrap or GradioWall)
            with _server(app) as url:
                yield Site(home, app, url, temp)
    finally:
        if before is None:
            del os.environ["GRADIO_TEMP_DIR"]
        else:
            os.environ["GRADIO_TEMP_DIR"] = before


def set_up(home: Home) -> None:
    """Fill a home, with rules for a detector and no model to load."""
    from ingestion.ingest import ingest
    from tests.fakes.tickets import import_tickets

    for slug, export in (("acme", TICKETS), ("globex", OTHER)):
        home.add_tenant(slug)
        import_tickets(home.desk(slug), RawText(export), "tickets.jsonl")
    article = home.settings.home.parent / "printing.md"
    article.write_text(ARTICLE, encoding="utf-8")
    ingest(
        home.desk("acme"),
        article,
        progress=lambda _: None,
        max_bytes=10_000,
        audience=Audience.CUSTOMER,
    )
    for login, (slug, role) in PEOPLE.items():
        home.accounts.add_user(login, PASSWORD, slug, role)


@contextmanager
def _server(app: FastAPI) -> Generator[str]:
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, log_config=None, timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        netguard.allow("127.0.0.1", port)  # the browsers of these tests live in this process
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
