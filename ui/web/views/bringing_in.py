"""Forms that send files to our own route; the page's script shows the result."""

from __future__ import annotations

from urllib.parse import urlencode

from ui.operations.ingest import readable
from ui.web.html import NOTHING, Html, el, join, text, words
from ui.web.views.notice import empty

_EXPORTS = ".jsonl,.ndjson,.json,.csv,.tsv"


def forms(tenant: str, max_mb: int, *, tickets: bool, knowledge: bool) -> Html:
    """Return the forms of what a person may import."""
    return join(
        (
            NOTHING
            if not tickets
            else _form(
                "tickets",
                "Tickets",
                "A Zendesk or Freshdesk export, JSON lines or CSV. "
                "A ticket with the same number is replaced.",
                _EXPORTS,
                tenant,
            ),
            NOTHING
            if not knowledge
            else _form(
                "knowledge",
                "Knowledge",
                "Markdown, HTML, PDF, Word, mail, lists or text. "
                "A document with the same name is replaced.",
                ",".join(sorted(readable())),
                tenant,
            ),
            el("p", text(f"{_PROMISE} {max_mb} MiB per file at most."), class_="qd-hint"),
        )
    )


_PROMISE = "Files are stored encrypted; no plain copy stays on this machine."


def not_for_you() -> Html:
    """Return the text that an agent sees."""
    return empty("Importing is for reviewers and knowledge managers", "Ask an admin.")


def _form(kind: str, title: str, hint: str, accept: str, tenant: str) -> Html:
    entry = el(
        "input",
        type="file",
        id=f"file-{kind}",
        accept=accept,
        multiple=kind == "knowledge",
        required=True,
    )
    return el(
        "form",
        el("h3", text(title)),
        el("p", text(hint), class_="qd-hint"),
        el("label", words("Choose a file"), for_=f"file-{kind}", class_="qd-sr"),
        entry,
        el("button", words("Import"), type="submit", class_="qd-solid"),
        el("div", class_="qd-result", role="status", aria_live="polite"),
        class_="qd-card qd-upload",
        data_upload=f"../uploads/{kind}?{urlencode({'tenant': tenant})}",
    )
