"""Clauses in the page: what does not hold, each policy by topic, and what is worth a note."""

from __future__ import annotations

from collections.abc import Iterable

from eval.evidence.html.markup import Markup, Part, el, section, table
from eval.evidence.html.plots import sign
from eval.evidence.report import AttestationView, ClauseView, ProfileView, Report

_KINDS = {
    "enforced": "enforced",
    "ours": "enforced, our number",
    "mixed": "enforced, and vouched for",
    "attested": "vouched for",
    "untestable": "not testable",
}


def failing(report: Report) -> Markup:
    """Return the enforceable clauses that do not hold, by name."""
    found = [
        (profile, each)
        for profile in report.profiles
        for each in profile.clauses
        if each.state in {"fail", "not_measured"}
    ]
    found.sort(key=lambda pair: pair[1].state != "fail")
    rows = [
        (each.id, profile.title, each.says, sign(each.state), each.why) for profile, each in found
    ]
    titles = ("clause", "policy", "says", "state", "why")
    return section("failing", "Promises that do not hold", table(titles, rows, kind="wide"))


def policy(profile: ProfileView, report: Report) -> Markup:
    """Return the clauses of one policy by topic."""
    topics = list(dict.fromkeys(each.topic for each in profile.clauses))
    built = {each.id for each in report.controls if each.rules == profile.rules and each.probe}
    parts: list[Part] = []
    for topic in topics:
        rows = [_row(each, profile, built) for each in profile.clauses if each.topic == topic]
        titles = ("clause", "says", "kept by", "parameters", "state")
        parts += [el("h3", topic), table(titles, rows, kind="clauses")]
    about = (
        f"Read from “{profile.title}” of {profile.dated}, SHA-256 of the text {profile.source}. "
        f"The vendor is {profile.role}. Profile {profile.id} version {profile.version}, SHA-256 "
        f"{profile.digest}. Its controls were tried under rules with SHA-256 {profile.rules}."
    )
    return section(f"p-{profile.id}", profile.title, el("p", about, class_="about"), *parts)


def _row(clause: ClauseView, profile: ProfileView, built: set[str]) -> tuple[Part, ...]:
    return (
        clause.id,
        [clause.says, _remarks(clause)],
        _kept_by(clause, profile, built),
        _parameters(clause),
        [sign(clause.state), el("small", clause.why) if clause.why else None],
    )


def _remarks(clause: ClauseView) -> Part:
    said: list[Part] = [el("em", _KINDS[clause.kind])]
    if clause.narrowed:
        said.append(f"; narrowed: {clause.narrowed}")
    if clause.untestable:
        said.append(f"; {clause.untestable}; better: {clause.better}")
    return el("small", *said)


def _kept_by(clause: ClauseView, profile: ProfileView, built: set[str]) -> Part:
    names: list[Part] = []
    for each in clause.controls:
        link = f"#{anchor(each, profile.rules)}" if each in built else None
        names.append(el("a", each, href=link) if link else el("span", each))
        names.append(" ")
    if clause.attestation is not None:
        names.append(el("small", _vouched(clause.attestation)))
    return names


def anchor(control: str, rules: str) -> str:
    """Return the place of a control in the page."""
    return f"c-{control.replace('.', '-')}-{rules[:8]}"


def _parameters(clause: ClauseView) -> str:
    def word(value: object) -> str:
        return ", ".join(map(str, value)) if isinstance(value, list) else str(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]

    return "; ".join(f"{name}: {word(value)}" for name, value in clause.parameters.items())


def _vouched(found: AttestationView) -> str:
    if found.state == "open":
        return f"{found.role}: open"
    until = f" until {found.expires}" if found.expires else ""
    return f"{found.role} {found.who}: {found.state}{until}"


def notes(report: Report) -> Markup:
    """Return narrowed promises, numbers of ours, attestations, and better wordings."""
    every = [(profile, each) for profile in report.profiles for each in profile.clauses]
    narrowed = [(each.id, each.says, each.narrowed) for _, each in every if each.narrowed]
    numbers = [(profile.title, ", ".join(profile.ours)) for profile in report.profiles]
    numbers += [
        (each.id, f"{each.says} ({_parameters(each)})" if each.parameters else each.says)
        for _, each in every
        if each.ours
    ]
    vouched = [_attestation(each) for _, each in every if each.attestation is not None]
    vague = [(each.id, each.says, each.untestable, each.better) for _, each in every]
    return section(
        "notes",
        "Notes to the promises",
        el("h3", "Narrowed: less is done with the data than the policy allows"),
        table(("clause", "says", "instead"), narrowed),
        el("h3", "Numbers that are ours, because the policy names none"),
        table(("of", "which"), numbers),
        el("h3", "Attestations"),
        table(
            ("clause", "says", "state", "who", "since", "document", "until"), vouched, kind="wide"
        ),
        el("h3", "Not testable as worded"),
        table(("clause", "says", "why not", "better"), _only_vague(vague)),
    )


def _only_vague(rows: Iterable[tuple[str, str, str | None, str | None]]) -> list[tuple[Part, ...]]:
    return [row for row in rows if row[2]]


def _attestation(clause: ClauseView) -> tuple[Part, ...]:
    found = clause.attestation
    assert found is not None
    document = el("code", found.document) if found.document else ""
    who = f"{found.role} {found.who or ''}".strip()
    state = {"open": "open", "vouched": "vouched", "lapsed": "open"}[found.state]
    word: Part = [sign(state), " (lapsed)" if found.state == "lapsed" else None]
    since = (found.at or "")[:10]
    return (clause.id, clause.says, word, who, since, document, found.expires or "")
