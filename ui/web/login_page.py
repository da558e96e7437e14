"""The one page that a stranger sees."""

from __future__ import annotations

from ui.web.html import NOTHING, Html, el, text, words

_HEAD = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Log in · Quietdesk</title><link rel="icon" href="static/mark.svg">
<link rel="stylesheet" href="static/base.css"><link rel="stylesheet" href="static/login.css">
</head><body>"""


def login_page(problem: str = "") -> str:
    """Return the page, with what went wrong the last time."""
    card = el(
        "main",
        el("img", class_="qd-mark", src="static/mark.svg", alt="", width="40", height="40"),
        el("h1", words("Quietdesk")),
        el("p", words("Support that keeps confidences."), class_="qd-lead"),
        el("p", text(problem), class_="qd-problem", role="alert") if problem else NOTHING,
        _form(),
        el("p", words(_PROMISE), class_="qd-promise"),
        class_="qd-card",
    )
    return f"{_HEAD}{card}</body></html>"


_PROMISE = "Names, addresses and secrets of customers never reach a model, an index or a log."


def _form() -> Html:
    return el(
        "form",
        _field("login", "Login", kind="text", autocomplete="username", autofocus=True),
        _field("password", "Password", kind="password", autocomplete="current-password"),
        el("button", words("Log in"), type="submit"),
        method="post",
        action="login",
    )


def _field(name: str, label: str, *, kind: str, autocomplete: str, autofocus: bool = False) -> Html:
    entry = el(
        "input",
        id=name,
        name=name,
        type=kind,
        autocomplete=autocomplete,
        autofocus=autofocus,
        required=True,
        maxlength="256",
        spellcheck="false",
        autocapitalize="none",
    )
    return Html(el("label", text(label), for_=name) + entry)
