"""The report as OSCAL assessment results (NIST, version 1.2), made from its data alone.

An observation is what a control saw, by the method TEST, or an attestation, by INTERVIEW and, where
a document was named, EXAMINE, with the day on which it expires. OSCAL's findings know satisfied and
not satisfied only, so clauses that are open or not testable are observations without a finding.
Ids are of UUID version 5, from the hash of the report: the same report makes the same file.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from eval.evidence.report import (
    AttestationView,
    ClauseView,
    ControlView,
    ProfileView,
    Report,
    canonical,
)

OSCAL_VERSION = "1.2.1"
_SPACE = UUID("2f0b1c5e-6a53-5c1f-9a52-3f8d6f4f2b77")
"""The namespace of our ids: any constant, as long as it stays the same."""
_PLAN = "plan"
_NS = "https://quietdesk.example/ns/oscal"
_NO_TOKEN = re.compile(r"[^A-Za-z0-9._-]")
_SATISFIED, _NOT = "satisfied", "not-satisfied"
_LIMITS = (
    "Findings know satisfied and not-satisfied only. An enforced clause that could not be measured "
    "is not-satisfied with the reason other. Open attestations and clauses that are not testable "
    "as worded are observations without a finding. There is no assessment plan: the profiles named "
    "in the back matter state what was assessed."
)

_Made = dict[str, Any]


def oscal(report: Report) -> bytes:
    """Return the assessment results in JSON, UTF-8."""
    return (json.dumps(_Oscal(report).document(), indent=1, sort_keys=True) + "\n").encode()


class _Oscal:
    def __init__(self, report: Report) -> None:
        self._report = report
        digest = hashlib.sha256(canonical(report)).hexdigest()
        self._run = uuid5(_SPACE, digest)
        self._at = _zoned(report.run.at)

    def document(self) -> _Made:
        report = self._report
        return {
            "assessment-results": {
                "uuid": str(self._run),
                "metadata": {
                    "title": "Evidence of promises",
                    "last-modified": self._at,
                    "version": report.run.release,
                    "oscal-version": OSCAL_VERSION,
                    "remarks": _LIMITS,
                },
                "import-ap": {
                    "href": f"#{self._id(_PLAN)}",
                    "remarks": "There is no plan but the profiles.",
                },
                "results": [self._result(each) for each in report.profiles],
                "back-matter": {"resources": self._resources()},
            }
        }

    def _id(self, *names: str) -> str:
        return str(uuid5(self._run, "\x1f".join(names)))

    def _result(self, profile: ProfileView) -> _Made:
        report = self._report
        tried = [each for each in report.controls if each.rules == profile.rules and each.probe]
        whom = report.tenant.slug if report.tenant else "twins"
        observations = [self._control(profile, each) for each in tried]
        observations += [self._clause(profile, each) for each in profile.clauses if _beside(each)]
        findings = [
            self._finding(profile, each, tried)
            for each in profile.clauses
            if each.state in {"hold", "fail", "not_measured"}
        ]
        made = {
            "uuid": self._id("result", profile.id),
            "title": f"{profile.title}, version {profile.version}",
            "description": f"{profile.title} of {profile.dated}, tried on {whom}.",
            "start": self._at,
            "props": [_prop(name, count) for name, count in profile.counts.model_dump().items()],
            "reviewed-controls": {
                "control-selections": [
                    {"include-controls": [{"control-id": token(each)} for each in _ids(profile)]}
                ]
            },
            "observations": observations,
            "findings": findings,
        }
        return {name: each for name, each in made.items() if each}

    def _control(self, profile: ProfileView, control: ControlView) -> _Made:
        lines = [
            f"{'as expected' if each.ok else 'NOT AS EXPECTED'}: {each.what}: "
            f"expected {each.expected}, found {each.found}"
            for trial in (control.probe, control.watch)
            if trial is not None
            for each in trial.seen
        ]
        lines += [
            f"without {each.guard}: {'failed as it must' if each.failed else 'DID NOT FAIL'}"
            for each in control.off
        ]
        return {
            "uuid": self._id("control", profile.id, control.id),
            "title": control.id,
            "description": f"{control.says} Outcome: {control.outcome.value}.",
            "props": [_prop("control", control.id), _prop("outcome", control.outcome.value)],
            "methods": ["TEST"],
            "types": ["control-objective"],
            "collected": _zoned(control.at),
            "remarks": "\n\n".join(lines) or "Nothing was seen.",
        }

    def _clause(self, profile: ProfileView, clause: ClauseView) -> _Made:
        """Return the observation of an attestation, or of a clause that is not testable."""
        found = clause.attestation
        made: _Made = {
            "uuid": self._id("clause", profile.id, clause.id),
            "title": clause.id,
            "description": clause.says,
            "props": [_prop("clause", clause.id), _prop("state", clause.state)],
            "methods": _methods(found),
            "collected": _zoned(found.at) if found and found.at else self._at,
        }
        if found is None:
            made["remarks"] = f"Not testable: {clause.untestable}. Better: {clause.better}."
            return made
        made["props"].append(_prop("attestation", found.state))
        if found.expires:
            made["expires"] = f"{found.expires[:10]}T23:59:59Z"
        if found.document:
            evidence = f"A document with SHA-256 {found.document}."
            made["relevant-evidence"] = [{"description": evidence}]
        who = f"{found.role} {found.who}" if found.who else f"{found.role}: nobody yet"
        made["remarks"] = f"Vouched for by {who}; {found.state}."
        return made

    def _finding(
        self, profile: ProfileView, clause: ClauseView, tried: Sequence[ControlView]
    ) -> _Made:
        names = {each.id for each in tried}
        related = [
            self._id("control", profile.id, each) for each in clause.controls if each in names
        ]
        if _beside(clause):
            related.append(self._id("clause", profile.id, clause.id))
        reasons = {"hold": "pass", "fail": "fail"}
        status: _Made = {
            "state": _SATISFIED if clause.state == "hold" else _NOT,
            "reason": reasons.get(clause.state, "other"),
        }
        if clause.why:
            status["remarks"] = clause.why
        made: _Made = {
            "uuid": self._id("finding", profile.id, clause.id),
            "title": clause.id,
            "description": clause.says,
            "target": {
                "type": "objective-id",
                "target-id": token(f"{profile.id}_{clause.id}"),
                "status": status,
            },
            "related-observations": [{"observation-uuid": each} for each in related],
        }
        return {name: each for name, each in made.items() if each}

    def _resources(self) -> list[_Made]:
        plan = {
            "uuid": self._id(_PLAN),
            "title": "No assessment plan",
            "description": _LIMITS,
        }
        profiles = [
            {
                "uuid": self._id("profile", each.id),
                "title": f"{each.title}, dated {each.dated}",
                "description": f"Profile {each.id} version {each.version}: SHA-256 of its file "
                f"{each.digest}, of the policy's text {each.source}, of the rules {each.rules}.",
            }
            for each in self._report.profiles
        ]
        return [plan, *profiles]


def token(text: str) -> str:
    """Return ``text`` as an OSCAL token: letters, digits, dots, hyphens, a letter first."""
    plain = _NO_TOKEN.sub("-", text)
    return plain if plain[:1].isalpha() else f"_{plain}"


def _ids(profile: ProfileView) -> list[str]:
    return [f"{profile.id}_{each.id}" for each in profile.clauses]


def _beside(clause: ClauseView) -> bool:
    return clause.attestation is not None or clause.state == "untestable"


def _methods(found: AttestationView | None) -> list[str]:
    if found is None:
        return ["UNKNOWN"]
    return ["INTERVIEW", "EXAMINE"] if found.document else ["INTERVIEW"]


def _prop(name: str, value: object) -> Mapping[str, str]:
    return {"name": token(name), "ns": _NS, "value": str(value)}


def _zoned(at: str) -> str:
    return at.replace("+00:00", "Z")
