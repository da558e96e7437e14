"""The login page, the only page without a login, and its frame, which the password form shares."""

from __future__ import annotations

from typing import LiteralString

from ui.web.html import NOTHING, Html, el, text, words

_HEAD = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="static/mark.svg">
<link rel="stylesheet" href="static/base.css"><link rel="stylesheet" href="static/login.css">
"""


def login_page(problem: str = "", *, oidc: bool = False) -> str:
    """Return the page, with the error of the last attempt, and the way to the provider."""
    return page(
        "Log in · Quietdesk",
        el("h1", words("Quietdesk")),
        el("p", words("Support that keeps confidences."), class_="qd-lead"),
        el("p", text(problem), class_="qd-problem", role="alert") if problem else NOTHING,
        _form(),
        _provider() if oidc else NOTHING,
        el("p", words(_PROMISE), class_="qd-promise"),
    )


def page(title: LiteralString, *parts: Html) -> str:
    """Return a small page with one card of ``parts``."""
    mark = el("img", class_="qd-mark", src="static/mark.svg", alt="", width="40", height="40")
    card = el("main", mark, *parts, class_="qd-card")
    return f"{_HEAD}{el('title', words(title))}</head><body>{card}</body></html>"


_PROMISE = "Names, addresses and secrets of customers never reach a model, an index or a log."


def _provider() -> Html:
    link = el("a", words("Log in with your organisation"), href="login-with")
    return el("p", link, class_="qd-provider")


def _form() -> Html:
    return el(
        "form",
        field("login", "Login", kind="text", autocomplete="username", autofocus=True),
        field("password", "Password", kind="password", autocomplete="current-password"),
        el("button", words("Log in"), type="submit"),
        method="post",
        action="login",
    )


def field(
    name: str,
    label: str,
    *,
    kind: str,
    autocomplete: str,
    autofocus: bool = False,
    inputmode: str | None = None,
) -> Html:
    """Return a labelled field of a form."""
    entry = el(
        "input",
        id=name,
        name=name,
        type=kind,
        autocomplete=autocomplete,
        autofocus=autofocus,
        inputmode=inputmode,
        required=True,
        maxlength="256",
        spellcheck="false",
        autocapitalize="none",
    )
    return Html(el("label", text(label), for_=name) + entry)
