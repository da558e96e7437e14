"""Places outside that text may go to, as the register of sub-processors describes them.

A server on this machine is the provider's own and no sub-processor: no notice, contract or review
is asked of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from guardrails.policy.length import Length
from guardrails.policy.rules import Subprocessors
from guardrails.policy.words import Purpose, SubprocessorKind, Term

_WORDS = {
    Term.CONTRACT: "contract (its date and the hash of its document)",
    Term.REGION: "region",
    Term.REVIEW_BY: "date of its next review",
    Term.BAA: "business associate agreement",
}


@dataclass(frozen=True, slots=True)
class Destination:
    """One entry of the register as one tenant may use it, and what its operator has promised.

    ``origin`` is scheme, host and port (``http://127.0.0.1:8080``). ``region`` is a word of the
    operator's contract (``local``, ``eu``, ``us``), empty when it is not known. ``operator`` is the
    sub-processor's name, else ``name``. ``own`` says that it is on this machine. ``announced_on``
    is the day on which it was enabled for the tenant, None if it is not enabled; ``reviewed_on``
    the day of its last review. Days are those of UTC.
    """

    name: str
    origin: str
    region: str = "local"
    no_training: bool = False
    baa: bool = False
    kind: SubprocessorKind = SubprocessorKind.MODEL
    operator: str = ""
    own: bool = False
    contract: bool = False
    announced_on: date | None = None
    reviewed_on: date | None = None
    review_by: date | None = None
    ended: bool = False
    purposes: frozenset[Purpose] = frozenset(Purpose)

    def usable_from(self, rules: Subprocessors) -> date | None:
        """Return the day on which the notice is over, None if it is not enabled."""
        if self.announced_on is None:
            return None
        return self.announced_on + timedelta(days=rules.notice_days)

    def usable_until(self, rules: Subprocessors) -> date | None:
        """Return the last day on which it may be used, None if it was never reviewed."""
        if self.reviewed_on is None:
            return None
        lapses = Length(months=rules.lapse_months).after(self.reviewed_on)
        return min(lapses, self.review_by) if self.review_by else lapses


def refusal(destination: Destination, rules: Subprocessors, today: date, *, trains: bool) -> str:
    """Return why the register refuses ``destination`` on a day, or an empty string if it does not.

    With ``trains`` the policy allows training, and no promise about it is asked for.
    """
    faults = _faults(destination, rules, today, trains=trains)
    return next((why for why in faults if why), "")


def _faults(
    destination: Destination, rules: Subprocessors, today: date, *, trains: bool
) -> Iterator[str]:
    name, who = destination.name, destination.operator or destination.name
    begin, end = destination.usable_from(rules), destination.usable_until(rules)
    if begin is None:
        yield f"{name} is not enabled for this tenant in the register"
    if rules.names is not None and who.casefold() not in {each.casefold() for each in rules.names}:
        yield f"the policy does not name {who} among its sub-processors"
    missing = [_WORDS[term] for term in _missing(destination, rules)]
    if missing:
        yield f"the register lacks for {name}: {', '.join(missing)}"
    if not trains and not destination.no_training:
        yield f"{name} has not promised to keep texts out of training"
    if begin is not None and today < begin:
        yield f"{name} was announced lately, and may be used from {begin}"
    if end is None or today > end:
        yield f"{name} has lapsed in the register: a review was due on {end}"


def _missing(destination: Destination, rules: Subprocessors) -> Iterator[Term]:
    given = {
        Term.CONTRACT: destination.contract,
        Term.REGION: bool(destination.region),
        Term.REVIEW_BY: destination.review_by is not None,
        Term.BAA: destination.baa,
    }
    yield from (term for term, there in given.items() if term in rules.need and not there)
