"""Evidence: tries the promises of a policy, and writes a report."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import BadInput
from guardrails.policy.profile import Profile, load_profile, shipped
from ui.operations.base import Operation, Pace, Progress, Shape, TenantArgs
from ui.operations.callers import Caller
from ui.operations.needs import OWNER

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from eval.evidence.report import Counts, Report
    from eval.evidence.run import Asked
    from eval.evidence.signing import Signer

ALL = "all"


class EvidenceArgs(TenantArgs):
    """``out`` is a folder of this machine; ``profile`` an id, `ALL`, or empty for the tenant's."""

    out: str
    profile: str = ""


class ClauseCounts(Shape):
    """How many clauses; ``open`` counts missing attestations, also beside a control."""

    clauses: int
    enforceable: int
    hold: int
    fail: int
    not_measured: int
    open: int
    untestable: int


class ControlResult(Shape):
    """The result of one control under the rules of which ``rules`` is the SHA-256."""

    id: str
    rules: str
    outcome: str
    why: str


class FailingClause(Shape):
    """An enforceable clause that fails or was not measured."""

    profile: str
    id: str
    says: str
    state: str
    why: str


class Evidence(Shape):
    """The result of a run; ``report`` is the folder, ``sha256`` the hash of its report.json."""

    clauses: ClauseCounts
    by_profile: dict[str, ClauseCounts]
    controls: tuple[ControlResult, ...]
    failing: tuple[FailingClause, ...]
    report: str | None
    sha256: str | None
    seconds: float

    @property
    def holds(self) -> bool:
        """Return whether every enforceable clause holds."""
        return self.clauses.hold == self.clauses.enforceable


class Verified(Shape):
    """What verifying a report found; with ``own_key`` its key came from the folder itself."""

    sha256: str
    holds: bool
    why: str
    own_key: bool
    compared: bool


def profiles_of(name: str) -> Sequence[Profile]:
    """Return the profile of a name or a path, or every shipped one for `ALL`."""
    if not name:
        raise BadInput(
            "This tenant is under no published policy.", todo="Name one with --profile, or `all`."
        )
    names = shipped() if name == ALL else (name,)
    return [load_profile(each) for each in names]


def on_twins(profile: str, out: str, progress: Progress) -> Evidence:
    """Try profiles on twins of their own; this needs no home. The report has a fresh key."""
    from eval.evidence import run
    from eval.evidence.folder import must_be_free
    from eval.evidence.signing import Signer

    if out:
        must_be_free(Path(out))
    report = run.on_twins(_asked(profiles_of(profile or ALL), None), _tell(progress))
    digest = _written(report, out, Signer.fresh()) if out else None
    return _evidence(report, out, digest)


def verify(folder: str, public_key: str | None) -> Verified:
    """Verify a report and the files beside it. `BadInput` if there is none."""
    from eval.evidence import folder as folders
    from eval.evidence.rendered import rendered

    key = Path(public_key).read_bytes() if public_key else None
    found = folders.verify(Path(folder), rendered, key)
    return Verified(
        sha256=found.sha256,
        holds=found.holds,
        why=found.why,
        own_key=key is None,
        compared=found.compared,
    )


def _run(home: Home, _caller: Caller, args: EvidenceArgs, progress: Progress) -> Evidence:
    from eval.evidence import run
    from eval.evidence.folder import must_be_free
    from eval.evidence.signing import Signer

    must_be_free(Path(args.out))
    own = None if args.profile else home.policies.profile(home.tenant(args.tenant))
    asked = _asked([own] if own else profiles_of(args.profile), None)
    report = run.on_tenant(home, args.tenant, asked, _tell(progress))
    ledger, counts = home.desk(args.tenant).ledger, report.counts
    policy = home.tenant(args.tenant).policy
    signer = Signer.of_seed(home.accounts.signing_seed())

    def record(digest: str) -> None:
        ledger.append(
            "evidence.run",
            report=digest,
            rules=policy.digest,
            release=report.run.release,
            source=report.run.source,
            key=hashlib.sha256(signer.public_pem).hexdigest(),
            clauses=counts.model_dump(),
        )

    digest = _written(report, args.out, signer, record)
    return _evidence(report, args.out, digest)


def _asked(profiles: Sequence[Profile], by: str | None) -> Asked:
    from eval.evidence.run import Asked

    return Asked(profiles, (sys.executable, "-m", "ui.evidence"), by)


def _tell(progress: Progress) -> Callable[[str, int, int], None]:
    paces: dict[str, Pace] = {}

    def tell(what: str, done: int, total: int) -> None:
        progress(paces.setdefault(what, Pace(what)).at(done, total))

    return tell


def _written(
    report: Report, out: str, signer: Signer, record: Callable[[str], None] = lambda _digest: None
) -> str:
    from eval.evidence import folder
    from eval.evidence.rendered import rendered

    return folder.write(Path(out), report, signer, rendered, record)


def _evidence(report: Report, out: str | None, digest: str | None) -> Evidence:
    return Evidence(
        clauses=_counts(report.counts),
        by_profile={each.id: _counts(each.counts) for each in report.profiles},
        controls=tuple(
            ControlResult(id=each.id, rules=each.rules, outcome=each.outcome.value, why=each.why)
            for each in report.controls
        ),
        failing=tuple(
            FailingClause(
                profile=profile.id, id=each.id, says=each.says, state=each.state, why=each.why
            )
            for profile in report.profiles
            for each in profile.clauses
            if each.state in {"fail", "not_measured"}
        ),
        report=out if digest else None,
        sha256=digest,
        seconds=report.run.seconds,
    )


def _counts(counts: Counts) -> ClauseCounts:
    return ClauseCounts(**counts.model_dump())


RUN = Operation("evidence.run", EvidenceArgs, Evidence, _run, needs=OWNER, local_only=True)
