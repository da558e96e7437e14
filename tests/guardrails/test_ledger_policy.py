"""Every row of the ledger states the policy in force, whoever appends it."""

from __future__ import annotations

import json

import pytest

from guardrails.audit.ledger import Ledger
from guardrails.crypto.keys import DataKey
from guardrails.policy import Policy
from tests.fakes.policies import a_policy
from tests.fakes.records import FakeLedger


def test_each_row_states_version_and_hash_of_the_policy_in_force_at_that_moment() -> None:
    in_force = [Policy()]
    ledger = Ledger(FakeLedger(), DataKey.fresh(), lambda: in_force[-1])
    first = json.loads(ledger.append("sent").body)
    in_force.append(a_policy(2, ai=False))
    second = json.loads(ledger.append("sent").body)
    assert (first["policy_version"], first["policy_hash"]) == (1, Policy().digest)
    assert (second["policy_version"], second["policy_hash"]) == (2, in_force[-1].digest)
    assert first["policy_hash"] != second["policy_hash"]


@pytest.mark.parametrize("name", ["policy_version", "policy_hash"])
def test_no_caller_states_a_policy_of_its_own(name: str) -> None:
    ledger = Ledger(FakeLedger(), DataKey.fresh(), Policy)
    with pytest.raises(ValueError, match="itself states"):
        ledger.append("sent", **{name: "9"})  # pyright: ignore[reportArgumentType] - a wrong caller
    assert list(ledger.rows()) == []
