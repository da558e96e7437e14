"""The bar at the top: product name, tenant, and the person who is logged in."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.model import Membership, Role
from ui.web.html import NOTHING, Html, el, join, text, words


def header(login: str, memberships: Sequence[Membership], tenant: str) -> Html:
    """Return the bar for one person."""
    name = el(
        "div",
        el("img", src="../static/mark.svg", alt="", width="24", height="24"),
        el("h1", words("Quietdesk"), class_="qd-brand"),
        class_="qd-name",
    )
    held = next((each.roles for each in memberships if each.tenant == tenant), frozenset[Role]())
    roles = ", ".join(role.value for role in Role if role in held)
    who = el(
        "div",
        el("span", text(login), class_="qd-login"),
        el("span", text(roles), class_="qd-role") if roles else NOTHING,
        el("a", words("Password"), href="../password", class_="qd-quiet"),
        _theme(),
        _logout(),
        class_="qd-who",
    )
    return el("div", name, _chooser(memberships, tenant), who, class_="qd-header")


def _chooser(memberships: Sequence[Membership], tenant: str) -> Html:
    if not memberships:
        return el(
            "p",
            words("You are not a member of any tenant yet. Ask an admin."),
            class_="qd-hint",
        )
    options = join(
        el("option", text(each.tenant), value=each.tenant, selected=each.tenant == tenant)
        for each in memberships
    )
    return el(
        "label",
        el("span", words("Tenant"), class_="qd-label"),
        el("select", options, data_do="tenant", class_="qd-select"),
        class_="qd-chooser",
    )


def _theme() -> Html:
    return el(
        "button", words("Light / dark"), type="button", class_="qd-quiet", data_theme="switch"
    )


def _logout() -> Html:
    leave = el("button", words("Log out"), type="submit", class_="qd-quiet")
    return el("form", leave, method="post", action="../logout")
