"""The officer's view of a tenant's privacy, and the banner about rules that become weaker."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import LiteralString, cast

from guardrails.policy.clauses import Kind
from ui.operations.attestations import VouchedList, VouchedView
from ui.operations.privacy import EvidenceRun, PendingWeaker, PrivacyView, RegisterEntry
from ui.operations.profiles import ClauseView, ProfileView
from ui.web.html import NOTHING, Html, el, join, text, words
from ui.web.views.notice import empty

_KINDS: dict[Kind, tuple[LiteralString, LiteralString]] = {
    Kind.ENFORCED: ("Enforced", "Controls run and can fail."),
    Kind.OURS: ("Enforced, under a number of ours", "The clause names no number."),
    Kind.MIXED: ("Enforced, and vouched for", "An officer vouches for what no program can see."),
    Kind.ATTESTED: ("Vouched for", "No control can try it."),
    Kind.UNTESTABLE: ("Not testable as worded", "A better wording is proposed."),
}
_STATES: dict[str, LiteralString] = {
    "open": "qd-pill qd-pill-pending",
    "lapsed": "qd-pill qd-pill-rejected",
    "vouched": "qd-pill qd-pill-approved",
}


def banner(pending: Sequence[PendingWeaker]) -> Html:
    """Return what everybody reads while a weaker rule waits for the end of its notice."""
    if not pending:
        return NOTHING
    lines = (
        el(
            "p",
            el("strong", words("From "), text(_day(each.holds_from)), words(":")),
            text(f" {_weaker(each)}"),
        )
        for each in pending
    )
    return el("div", *lines, class_="qd-banner", role="status")


def privacy(found: PrivacyView) -> Html:
    """Return the whole tab but the form."""
    parts = (_policy(found), _clock(found.clock), _pending(found.pending), _features(found))
    more = (_register(found.subprocessors), _evidence(found.evidence))
    return el("div", *parts, *more, class_="qd-privacy")


def clauses(found: PrivacyView) -> Html:
    """Return the clauses of the policy, by kind."""
    if found.profile is None:
        return NOTHING
    states = {each.clause.id: each for each in found.vouched.clauses} if found.vouched else {}
    groups = (
        _group(kind, [each for each in found.clauses if each.kind is kind], states) for kind in Kind
    )
    return join((el("h3", words("Clauses")), *groups))


def vouching(found: VouchedList | None, *, may: bool) -> Html:
    """Return what an officer vouches for, and the form, if the visitor ``may`` vouch."""
    if found is None:
        return NOTHING
    count = f"{found.open} of {len(found.clauses)} are open."
    rows = (_attestation(each) for each in found.clauses)
    names = ("Clause", "Says", "State", "By", "Until", "Document")
    head = el("h3", words("Attestations"))
    hint = el("p", text(count), class_="qd-count")
    return join((head, hint, _form(found) if may else NOTHING, _table(names, rows)))


def not_for_you() -> Html:
    """Return the text for a person who is neither officer nor admin."""
    return empty("Privacy is for the officer", "Ask an admin who that is.")


def _policy(found: PrivacyView) -> Html:
    rules = _fact("rules in force", found.sha256[:12], found.sha256)
    version = _fact("policy version", str(found.version))
    since = _fact("published", f"{found.published_at:%Y-%m-%d}") if found.published_at else NOTHING
    notice = _fact("notice of weaker rules", f"{found.notice_days} days")
    facts = el("p", version, since, rules, notice, class_="qd-facts")
    if found.profile is None:
        none = empty(
            "No published policy",
            "The rules are the strictest that work. An officer applies a policy with "
            "“quietdesk policy apply”.",
        )
        return join((el("h2", words("Privacy")), facts, none))
    return join((_title(found.profile), facts))


def _title(profile: ProfileView) -> Html:
    counts = ", ".join(
        f"{number} {_KINDS[kind][0].lower()}" for kind, number in profile.by_kind.items() if number
    )
    about = el(
        "p",
        _fact("profile", f"{profile.id}, version {profile.version}"),
        _fact("dated", profile.dated),
        _fact("the vendor is", profile.role),
        _fact("text that was read", profile.sha256[:12], profile.sha256),
        class_="qd-facts",
    )
    said = el("p", text(f"{profile.clauses} clauses: {counts}."), class_="qd-count")
    return join((el("h2", text(profile.title)), about, said))


def _clock(why: str) -> Html:
    if not why:
        return el("p", words("The clock is trusted."), class_="qd-proof qd-proof-good")
    rest = words(" Weaker rules and notices wait until an officer agrees to it.")
    return el("p", el("strong", text(why)), rest, class_="qd-proof qd-proof-bad", role="alert")


def _pending(pending: Sequence[PendingWeaker]) -> Html:
    head = el("h3", words("Pending"))
    if not pending:
        return join((head, el("p", words("No rule becomes weaker."), class_="qd-hint")))
    names = ("From", "Version", "Rule", "Now", "Then")
    rows = (
        _row(
            names, (_day(each.holds_from), str(each.version), _name(rule.path), rule.now, rule.then)
        )
        for each in pending
        for rule in each.rules
    )
    return join((head, _table(names, rows)))


def _features(found: PrivacyView) -> Html:
    pills = (
        el(
            "span",
            text(f"{feature.value}: {'on' if on else 'off'}"),
            class_="qd-pill qd-pill-open" if on else "qd-pill",
        )
        for feature, on in found.features.items()
    )
    return join((el("h3", words("AI")), el("p", *pills, class_="qd-pills")))


def _register(entries: Sequence[RegisterEntry]) -> Html:
    head = el("h3", words("Sub-processors"))
    if not entries:
        return join((head, el("p", words("Nothing outside is registered."), class_="qd-hint")))
    names = ("Name", "Operator", "Kind", "Region", "May be used", "Until")
    rows = (
        _row(
            names,
            (
                each.name,
                "this machine" if each.own else each.operator,
                each.kind,
                each.region,
                each.refusal or "yes",
                str(each.until or ""),
            ),
        )
        for each in entries
    )
    return join((head, _table(names, rows)))


def _evidence(run: EvidenceRun | None) -> Html:
    head = el("h3", words("Evidence"))
    if run is None:
        hint = words("Not tried yet: “quietdesk evidence --tenant TENANT --out DIR” does it.")
        return join((head, el("p", hint, class_="qd-hint")))
    facts = [_fact(name.replace("_", " "), str(number)) for name, number in run.counts.items()]
    about = _fact("report", run.report[:12], run.report)
    old = words("The rules have changed since, so try it again.")
    note = NOTHING if run.rules_now else el("p", old, class_="qd-made-note")
    line = el("p", _fact("last run", run.at[:10]), *facts, about, class_="qd-facts")
    return join((head, line, note))


def _group(kind: Kind, found: Sequence[ClauseView], states: dict[str, VouchedView]) -> Html:
    if not found:
        return NOTHING
    title, hint = _KINDS[kind]
    summary = el(
        "summary",
        el("strong", words(title)),
        text(f" {len(found)} "),
        el("span", words(hint), class_="qd-hint"),
    )
    names = ("Clause", "Says", "Kept by", "States")
    rows = (
        _row(names, (each.id, each.says, _kept(each, states.get(each.id)), _states(each)))
        for each in found
    )
    return el("details", summary, _table(names, rows), class_="qd-clauses")


def _kept(clause: ClauseView, vouched: VouchedView | None) -> str:
    parts = list(clause.by)
    if vouched:
        parts.append(f"{clause.vouch} ({vouched.state})")
    return ", ".join(parts) or "nothing"


def _states(clause: ClauseView) -> str:
    parts = [f"{name} {_plain(value)}" for name, value in clause.states.items()]
    parts += [f"narrowed: {clause.narrowed}"] if clause.narrowed else []
    parts += [f"{clause.why}; better: {clause.better}"] if clause.why else []
    return "; ".join(parts)


def _attestation(each: VouchedView) -> Html:
    until = "" if each.state == "open" else str(each.until or "without end")
    return el(
        "tr",
        el("td", text(each.clause.id), class_="qd-nowrap", data_label="Clause"),
        el("td", text(each.clause.says), data_label="Says"),
        el("td", el("span", text(each.state), class_=_STATES[each.state]), data_label="State"),
        el("td", text(each.by or ""), data_label="By"),
        el("td", text(until), class_="qd-nowrap", data_label="Until"),
        el("td", _hash(each.sha256), data_label="Document"),
    )


def _hash(sha256: str | None) -> Html:
    return el("code", text(sha256[:12]), title=sha256) if sha256 else NOTHING


def _form(found: VouchedList) -> Html:
    options = (
        el("option", text(f"{each.clause.id} {each.clause.says}"), value=each.clause.id)
        for each in sorted(found.clauses, key=lambda each: each.state == "vouched")
    )
    choose = el("select", *options, name="clause", class_="qd-select", aria_label="Clause")
    document = el("input", type="file", aria_label="Document that shows it", data_hashed=True)
    digest = el(
        "input",
        type="text",
        name="sha256",
        placeholder="SHA-256 of the document",
        aria_label="SHA-256 of the document",
        pattern="[0-9a-fA-F]{64}",
        required=True,
        autocomplete="off",
    )
    until = el("input", type="date", name="until", aria_label="Until")
    send = el("button", words("Vouch"), type="button", class_="qd-solid", data_do="attest")
    hint = words("Choose the document, and its hash is made here; the document is sent nowhere.")
    form = el("form", choose, document, digest, until, send, class_="qd-term-form qd-vouch")
    return join((form, el("p", hint, class_="qd-hint")))


def _table(names: Sequence[LiteralString], rows: Iterable[Html]) -> Html:
    head = el("thead", el("tr", *(el("th", words(name), scope="col") for name in names)))
    return el("div", el("table", head, el("tbody", *rows), class_="qd-table"), class_="qd-scroll")


def _row(names: Sequence[str], cells: Sequence[str]) -> Html:
    return el(
        "tr",
        *(el("td", text(cell), data_label=name) for name, cell in zip(names, cells, strict=True)),
    )


def _fact(name: str, value: str, whole: str | None = None) -> Html:
    label = el("span", text(f"{name} "), class_="qd-label")
    return el("span", label, text(value), class_="qd-fact", title=whole)


def _weaker(each: PendingWeaker) -> str:
    found = (f"{_name(rule.path)}: {rule.then} instead of {rule.now}" for rule in each.rules)
    return f"the privacy policy is weaker. {'; '.join(found)}."


def _name(path: str) -> str:
    return path.replace("_", " ").replace(".", " › ")


def _day(at: datetime) -> str:
    return f"{at.day} {at:%b %Y}"


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(each) for each in cast("list[object]", value))
    return str(value)
