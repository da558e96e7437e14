"""Controls in the page: what was tried, expected and found, and which off-switches failed."""

from __future__ import annotations

from eval.evidence.html.clauses import anchor
from eval.evidence.html.markup import Markup, Part, el, section, table
from eval.evidence.report import ControlView, FactView, OffView, Report, SeenView, TrialView

_OUTCOMES = {
    "holds": ("hold", "✓", "holds"),
    "fails": ("fail", "✗", "fails"),
    "not_measured": ("not_measured", "–", "not measured"),
    "not_applicable": ("not_measured", "–", "not applicable"),
}


def controls(report: Report) -> Markup:
    """Return every control that was tried, and the names of those that are not built."""
    tried = [each for each in report.controls if each.probe is not None]
    names = {each.rules: ", ".join(_policies(report, each.rules)) for each in report.controls}
    missing = sorted({each.id for each in report.controls if each.probe is None})
    return section(
        "controls",
        "Controls",
        *(_control(each, names[each.rules]) for each in tried),
        el("p", f"Not built, so not measured: {', '.join(missing) or 'none'}."),
    )


def _policies(report: Report, rules: str) -> list[str]:
    return [each.title for each in report.profiles if each.rules == rules]


def _control(control: ControlView, policies: str) -> Markup:
    kind, mark, word = _OUTCOMES[control.outcome.value]
    state = el("span", el("b", mark, aria_hidden="true"), " ", word, class_=f"state {kind}")
    parts: list[Part] = [
        el("h3", el("code", control.id), " ", state, id=anchor(control.id, control.rules)),
        el("p", f"{control.says} Under the rules of {policies}, {control.at}."),
        el("p", control.why, class_="why") if control.why else None,
        _trial("On a twin", control.probe),
        _trial("On the tenant itself", control.watch),
    ]
    if control.off:
        titles = ("switched off", "must then be wrong", "expected", "found", "failed as it must")
        parts.append(table(titles, [_off(each) for each in control.off], kind="seen"))
    return el("article", *parts, class_=kind)


def _trial(title: str, trial: TrialView | None) -> Part:
    if trial is None:
        return None
    titles = (title.lower(), "expected", "found", "ledger rows", "as expected")
    crash = el("p", f"It ended early: {trial.crashed}.", class_="why") if trial.crashed else None
    return [crash, table(titles, [_seen(each) for each in trial.seen], kind="seen")]


def _seen(seen: SeenView) -> tuple[Part, ...]:
    rows = ", ".join(map(str, seen.rows))
    return (seen.what, _fact(seen.expected), _fact(seen.found), rows, _yes(seen.ok))


def _off(off: OffView) -> tuple[Part, ...]:
    expected = _fact(off.seen.expected) if off.seen else ""
    found = _fact(off.seen.found) if off.seen else off.crashed or "not seen"
    return (off.guard, off.must_see, expected, found, _yes(off.failed))


def _yes(ok: object) -> Markup:
    kind, mark, word = ("hold", "✓", "yes") if ok else ("fail", "✗", "no")
    return el("span", el("b", mark, aria_hidden="true"), " ", word, class_=f"state {kind}")


def _fact(fact: FactView) -> str:
    if isinstance(fact, bool):
        return "yes" if fact else "no"
    if isinstance(fact, dict):
        return ", ".join(f"{name}: {count}" for name, count in fact.items())
    return "nothing" if fact is None else str(fact)
