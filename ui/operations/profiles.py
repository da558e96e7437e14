"""Profiles: the policies that are shipped, their clauses, and the faults of a profile's file.

None of this needs a home, so these are plain functions and no operations.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from guardrails.errors import UserMistake
from guardrails.policy.profile import Clause, Kind, Profile, read_profile, shipped
from ui.operations.base import Shape


class ProfileView(Shape):
    """A profile with its number of clauses by kind."""

    id: str
    version: int
    title: str
    role: str
    dated: str
    sha256: str
    clauses: int
    by_kind: dict[Kind, int]
    narrowed: int


class ProfileList(Shape):
    """The shipped profiles."""

    profiles: tuple[ProfileView, ...]


class ClauseView(Shape):
    """A clause of a profile."""

    id: str
    says: str
    kind: Kind
    by: tuple[str, ...]
    states: dict[str, Any]
    vouch: str | None
    renew: str | None
    narrowed: str | None
    why: str | None
    better: str | None
    not_by: dict[str, str]


class ControlView(Shape):
    """A control: what it proves, the rules that it reads, and whether evidence can try it."""

    id: str
    says: str
    reads: tuple[str, ...]
    built: bool


class ControlList(Shape):
    """Every control that a clause may name."""

    controls: tuple[ControlView, ...]


class ClauseList(Shape):
    """The clauses of one profile, in its order."""

    profile: str
    version: int
    clauses: tuple[ClauseView, ...]


class Linted(Shape):
    """A profile's file, and its faults."""

    name: str
    clauses: int
    faults: tuple[str, ...]


class LintResult(Shape):
    """The faults of several files."""

    files: tuple[Linted, ...]

    @property
    def clean(self) -> bool:
        """Return whether no file has a fault."""
        return not any(each.faults for each in self.files)


def listed() -> ProfileList:
    """Return the shipped profiles."""
    return ProfileList(profiles=tuple(profile_view(read_profile(each)) for each in shipped()))


def clauses(name: str) -> ClauseList:
    """Return the clauses of a shipped profile, or of that of a file."""
    found = read_profile(name)
    return ClauseList(
        profile=found.id,
        version=found.version,
        clauses=tuple(clause_view(each) for each in found.clauses),
    )


def lint(names: Sequence[str]) -> LintResult:
    """Return the faults of these profiles, or of all that are shipped."""
    return LintResult(files=tuple(_lint(each) for each in names or shipped()))


def controls() -> ControlList:
    """Return the table of controls, and which of them evidence can try."""
    from eval.evidence.controls import CONTROLS as BUILT
    from guardrails.policy.controls import CONTROLS

    return ControlList(
        controls=tuple(
            ControlView(id=each.id, says=each.says, reads=each.reads, built=each.id in BUILT)
            for each in CONTROLS.values()
        )
    )


def schema() -> dict[str, Any]:
    """Return the JSON schema of a profile."""
    from guardrails.policy.form import schema as made

    return made()


def clause_view(clause: Clause) -> ClauseView:
    """Return a clause as interfaces show it."""
    return ClauseView(
        id=clause.id,
        says=clause.says,
        kind=clause.kind,
        by=clause.by,
        states={name: _plain(value) for name, value in clause.parameters.items()},
        vouch=clause.vouch,
        renew=str(clause.renew) if clause.renew else None,
        narrowed=clause.narrowed,
        why=clause.why,
        better=clause.better,
        not_by=dict(clause.not_by),
    )


def profile_view(profile: Profile) -> ProfileView:
    """Return a profile as interfaces show it."""
    return ProfileView(
        id=profile.id,
        version=profile.version,
        title=profile.title,
        role=profile.role,
        dated=profile.source.dated,
        sha256=profile.source.sha256,
        clauses=len(profile.clauses),
        by_kind=dict(profile.counts()),
        narrowed=sum(bool(each.narrowed) for each in profile.clauses),
    )


def _lint(name: str) -> Linted:
    from guardrails.policy.lint import faults

    try:
        found = read_profile(name)
    except UserMistake as error:
        said = error.happened.removeprefix(f"{name}: ").removeprefix(f"{name} ")
        return Linted(name=name, clauses=0, faults=(said,))
    return Linted(name=name, clauses=len(found.clauses), faults=tuple(faults(found)))


def _plain(value: Any) -> Any:
    """Return a parameter for JSON: a set as a sorted list, a length as words."""
    if isinstance(value, frozenset):
        return sorted(str(each) for each in cast("frozenset[object]", value))
    return value if isinstance(value, (int, float, str)) else str(value)
