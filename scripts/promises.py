"""Makes ``docs/promises.md``: every clause of the shipped policies, and what keeps it."""

from __future__ import annotations

from collections.abc import Iterator

from guardrails.policy.controls import CONTROLS
from guardrails.policy.profile import Clause, Kind, Profile, load_profile, shipped

_KINDS = {
    Kind.ENFORCED: "enforced",
    Kind.OURS: "enforced, our number",
    Kind.MIXED: "enforced and vouched for",
    Kind.ATTESTED: "vouched for",
    Kind.UNTESTABLE: "not testable",
}
_HEAD = """# Promises, clause by clause

Quietdesk ships the published privacy policies of five vendors as [profiles](profiles.md): each
clause in our own words, and what keeps it. `quietdesk policy clauses --profile PROFILE` prints the
same, and `quietdesk evidence` tries it.

- **enforced**: the named controls run, and can fail.
- **enforced, our number**: the clause names no number, so a number of ours makes it testable.
- **enforced and vouched for**: controls run, and an officer vouches for what no program can see.
- **vouched for**: an officer attests it, with a document and a date; no control could try it.
- **not testable**: as it is worded; a better wording is proposed.

A promise is **narrowed** where Quietdesk does less with the data than the policy allows.
"""


def page(mark: str) -> str:
    """Return the page; ``mark`` is the line that says what it is made from."""
    profiles = [load_profile(each) for each in shipped()]
    lines = [mark.format("guardrails/policy/profiles") + _HEAD, *_counts(profiles), ""]
    for each in profiles:
        lines += _policy(each)
    return "\n".join([*lines, *_controls(), ""])


def _counts(profiles: list[Profile]) -> Iterator[str]:
    yield "| policy | clauses | " + " | ".join(_KINDS.values()) + " | narrowed |"
    yield "|---|" + "---|" * (len(_KINDS) + 2)
    total = [0] * (len(_KINDS) + 2)
    for each in profiles:
        narrowed = sum(bool(clause.narrowed) for clause in each.clauses)
        row = [len(each.clauses), *each.counts().values(), narrowed]
        total = [a + b for a, b in zip(total, row, strict=True)]
        yield f"| [{each.title}](#{each.id}) | " + " | ".join(map(str, row)) + " |"
    yield "| all | " + " | ".join(map(str, total)) + " |"


def _policy(profile: Profile) -> Iterator[str]:
    source = profile.source
    yield f'<a id="{profile.id}"></a>\n\n## {profile.title}\n'
    dated = f"dated {source.dated}" if source.dated[0].isdigit() else source.dated
    yield (
        f"`{profile.id}` version {profile.version}; {source.title}, {dated}; the vendor is "
        f"{profile.role}. SHA-256 of the text that was read: `{source.sha256[:16]}…`.\n"
    )
    yield "Rules whose numbers are ours: " + ", ".join(f"`{each}`" for each in profile.ours) + ".\n"
    yield "| clause | says | kind | kept by | states |\n|---|---|---|---|---|"
    for clause in profile.clauses:
        cells = (clause.id, clause.says, _KINDS[clause.kind], _kept(clause), _states(clause))
        yield "| " + " | ".join(cells) + " |"
    yield ""


def _kept(clause: Clause) -> str:
    parts = [f"`{each}`" for each in clause.by]
    if clause.vouch:
        parts.append(f"{clause.vouch}, for {clause.renew}" if clause.renew else clause.vouch)
    return ", ".join(parts) or "–"


def _states(clause: Clause) -> str:
    parts = [f"{name} {_words(value)}" for name, value in clause.parameters.items()]
    if clause.narrowed:
        parts.append(f"**narrowed:** {clause.narrowed}")
    if clause.why:
        parts.append(f"{clause.why}; better: {clause.better}")
    parts += [f"not by `{control}`: {reason}" for control, reason in clause.not_by.items()]
    return "; ".join(parts)


def _words(value: object) -> str:
    return ", ".join(sorted(map(str, value))) if isinstance(value, frozenset) else str(value)


def _controls() -> Iterator[str]:
    yield "## Controls\n"
    yield "`quietdesk policy controls` says which of them evidence can try.\n"
    yield "| control | what it proves | rules that it reads |\n|---|---|---|"
    for each in CONTROLS.values():
        reads = ", ".join(f"`{path}`" for path in each.reads) or "–"
        yield f"| `{each.id}` | {each.says} | {reads} |"
