"""The page of a report."""

from __future__ import annotations

from importlib import resources

from eval.evidence.html.clauses import failing, notes, policy
from eval.evidence.html.controls import controls
from eval.evidence.html.markup import Markup, Part, el, join, section, table
from eval.evidence.html.plots import retention, states
from eval.evidence.report import Counts, Report

_TITLE = "Evidence of promises"
_TILES = (
    ("hold", "hold", "Enforced promises whose controls hold"),
    ("fail", "fail", "Enforced promises that fail"),
    ("not_measured", "not measured", "Enforced promises that could not be measured"),
    ("open", "open", "Attestations that are missing or lapsed"),
    ("untestable", "not testable", "Promises that no test can decide as they are worded"),
)
_OPENSSL = (
    "openssl pkeyutl -verify -pubin -inkey public-key.pem -rawin -in report.json "
    "-sigfile report.json.sig"
)
_SIGNED = (
    "The signature is Ed25519 over the bytes of report.json. Compare the key with the one that the "
    "home gave you before."
)
_AGAIN = "It does the same, and makes this page and the other files again from report.json."


def page(report: Report) -> bytes:
    """Return the whole page in UTF-8."""
    head = el(
        "head",
        el("meta", charset="utf-8"),
        el("meta", name="viewport", content="width=device-width, initial-scale=1"),
        el(
            "meta",
            http_equiv="Content-Security-Policy",
            content="default-src 'none'; style-src 'unsafe-inline'",
        ),
        el("title", _name(report)),
        el("style", Markup(_style())),
    )
    body = el("body", _top(report), el("main", *_sections(report)))
    return f"<!DOCTYPE html>\n{el('html', head, body, lang='en')}\n".encode()


def _style() -> str:
    return resources.files("eval.evidence.html").joinpath("report.css").read_text("utf-8")


def _name(report: Report) -> str:
    whom = report.tenant.slug if report.tenant else "twins"
    return f"{_TITLE}: {whom}, {report.run.at[:10]}"


def _top(report: Report) -> Markup:
    counts = report.counts
    tiles = [
        el("li", el("b", getattr(counts, name)), " ", word, class_=name, title=title)
        for name, word, title in _TILES
    ]
    return el(
        "header",
        el("h1", _TITLE),
        el("p", _subject(report), class_="subject"),
        el("p", _verdict(counts), class_="verdict"),
        el("ul", *tiles, class_="tiles"),
    )


def _subject(report: Report) -> Part:
    when = f"{report.run.at.replace('T', ' ').removesuffix('+00:00')} UTC"
    titles = ", ".join(f"{each.title} (version {each.version})" for each in report.profiles)
    if report.tenant is None:
        return [el("b", "Twins of each policy"), f". {titles}. {when}."]
    return [
        el("b", report.tenant.slug),
        f", policy version {report.tenant.policy.version}. {titles}. {when}.",
    ]


def _verdict(counts: Counts) -> str:
    of = f"{counts.hold} of {counts.enforceable} enforceable promises hold"
    if counts.hold == counts.enforceable:
        return f"{of}. {counts.open} attestations are open."
    return f"{of}, {counts.fail} fail, and {counts.not_measured} were not measured."


def _sections(report: Report) -> list[Markup]:
    made = [_summary(report), failing(report)]
    made += [policy(each, report) for each in report.profiles]
    made += [notes(report), controls(report)]
    if report.tenant is not None:
        made.append(_register(report))
    made += [_retention(report), _proof(report), _scope(report)]
    return made


def _summary(report: Report) -> Markup:
    run = report.run
    rows = [
        (
            *(each.title, each.counts.enforceable, each.counts.hold, each.counts.fail),
            *(each.counts.not_measured, each.counts.open, each.counts.untestable),
        )
        for each in report.profiles
    ]
    titles = ("policy", "enforceable", "hold", "fail", "not measured", "open", "not testable")
    facts = [
        ("run", f"{run.at}, in {run.seconds:g} seconds, by {run.by or 'the owner of the home'}"),
        ("release", f"Quietdesk {run.release}, source files SHA-256 {run.source}"),
        ("database", run.database),
        *_tenant_facts(report),
    ]
    return section(
        "summary",
        "Summary",
        states(report.profiles),
        table(titles, rows, kind="numbers"),
        table(("what", "which"), facts, kind="facts"),
        el(
            "p",
            "A promise counts as held only if each of its controls holds. A control holds if it "
            "passed on a twin (a temporary home with invented people under these rules), passed on "
            "the tenant itself where it reads it, and failed at the named observation with each "
            "of its guards switched off. What crashed or is not built was not measured, which is "
            "never a pass.",
        ),
    )


def _tenant_facts(report: Report) -> list[tuple[str, Part]]:
    if report.tenant is None:
        return [("tenant", "none: each policy was tried on twins under its own rules")]
    held = report.tenant.policy
    waiting = [
        f"version {each.version} holds from {each.holds_from} (SHA-256 {each.digest}); it loosens "
        f"{', '.join(each.loosens) or 'nothing'}"
        for each in held.pending
    ]
    return [
        ("tenant", f"{report.tenant.slug} ({report.tenant.id})"),
        ("policy in force", f"version {held.version}, rules SHA-256 {held.digest}"),
        ("pending", "; ".join(waiting) or "nothing"),
    ]


def _register(report: Report) -> Markup:
    assert report.tenant is not None
    rows = [
        (
            *(each.name, each.kind, each.region, "yes" if each.no_training else "no"),
            f"{each.contract_at or ''} {each.contract_hash or ''}".strip() or "none",
            each.review_by or "",
            "yes" if each.usable else f"no: {each.why}",
        )
        for each in report.tenant.register_of
    ]
    titles = ("name", "kind", "region", "no training", "contract", "review by", "usable")
    return section("register", "Register of sub-processors", table(titles, rows))


def _retention(report: Report) -> Markup:
    parts: list[Part] = []
    for each in report.profiles:
        rows = [
            (
                each_of.data_class.replace("_", " "),
                f"{each_of.after}{'*' if each_of.ours else ''}",
                each_of.anchor.replace("_", " "),
                each_of.how,
                each_of.at_least or "–",
            )
            for each_of in each.retention
        ]
        titles = ("class of data", "ends after", "counted from", "how", "kept at least")
        parts += [el("h3", each.title), retention(each.retention), table(titles, rows)]
    return section("retention", "Retention", *parts)


def _proof(report: Report) -> Markup:
    ledger = report.tenant.ledger if report.tenant else None
    known: list[Part] = []
    if ledger is not None:
        word = "holds" if ledger.holds else f"does not hold: {ledger.why}"
        known.append(
            el(
                "p",
                f"Before this run the ledger had {ledger.rows} rows and {word}. Its head was ",
                el("code", ledger.hash),
                ". The row “evidence.run” that follows has the SHA-256 of report.json.",
            )
        )
    steps = (
        ("sha256sum report.json", "The hash is that of the ledger's row “evidence.run”."),
        (_OPENSSL, _SIGNED),
        ("quietdesk evidence verify DIR --public-key KEY", _AGAIN),
    )
    rows = [(el("code", command), why) for command, why in steps]
    return section(
        "verify",
        "How to verify this by hand",
        *known,
        table(
            (
                "command",
                "what",
            ),
            rows,
        ),
    )


def _scope(report: Report) -> Markup:
    listed = el("ul", *(el("li", each) for each in report.out_of_scope))
    return section("scope", "What is out of scope", listed)


def text_of(*parts: Part) -> str:
    """Return parts as one text of HTML."""
    return join(parts)
