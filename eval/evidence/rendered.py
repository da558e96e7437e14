"""The files beside ``report.json``, each made from the report alone."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from eval.evidence.html import page
from eval.evidence.oscal import oscal
from eval.evidence.report import Report

_COLUMNS = (
    *("policy", "clause", "topic", "kind", "state", "why", "says", "controls", "parameters"),
    *("number_is_ours", "narrowed", "attestation", "role", "expires", "not_testable", "better"),
)


def rendered(report: Report) -> Mapping[str, bytes]:
    """Return every file that is made from a report, by name."""
    return {
        "report.html": page(report),
        "clauses.csv": clauses_csv(report),
        "oscal-assessment-results.json": oscal(report),
    }


def clauses_csv(report: Report) -> bytes:
    """Return the clauses as CSV (RFC 4180, UTF-8)."""
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow(_COLUMNS)
    for profile in report.profiles:
        for each in profile.clauses:
            vouched = each.attestation
            rows.writerow(
                (
                    *(profile.id, each.id, each.topic, each.kind, each.state, each.why, each.says),
                    " ".join(each.controls),
                    "; ".join(f"{name}={_word(value)}" for name, value in each.parameters.items()),
                    "yes" if each.ours else "",
                    each.narrowed or "",
                    *(
                        (vouched.state, vouched.role, vouched.expires or "")
                        if vouched
                        else ("",) * 3
                    ),
                    each.untestable or "",
                    each.better or "",
                )
            )
    return out.getvalue().encode()


def _word(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
