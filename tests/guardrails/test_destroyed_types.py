"""A tenant's policy decides which types of values are destroyed."""

from __future__ import annotations

import pytest

from guardrails import RawText, Redactor
from guardrails.crypto.keys import DataKey
from guardrails.crypto.seal import Sealer
from guardrails.detect import build_rule_detector
from guardrails.detect.directory import KnownValues
from guardrails.errors import BadInput
from guardrails.identity.destroyed import destroyed_types
from guardrails.identity.vault import EphemeralVaultStore, Vault
from guardrails.policy.rules import Redaction
from guardrails.spans import EntityType
from guardrails.text import unwrap


def test_a_policy_decides_what_is_destroyed_beside_secrets() -> None:
    card, text = "4556 7375 8689 9855", "The card is 4556 7375 8689 9855."
    for destroy, kept in ((frozenset({"SECRET"}), True), (frozenset({"CREDIT_CARD"}), False)):
        key = DataKey.fresh()
        vault = Vault(EphemeralVaultStore(), Sealer("t", key), key)
        gone = destroyed_types(Redaction(destroy=destroy))
        made = Redactor(build_rule_detector(), vault, KnownValues(), gone).redact(RawText(text))
        assert (card in unwrap(made.kept)) is kept
        assert ("CREDIT_CARD_1" in made.text.reveal()) is kept
        assert bool(vault.look_up([(EntityType.CREDIT_CARD, card)])[0].number) is kept
        again = Redactor(build_rule_detector(), vault, KnownValues(), gone).redact(made.kept)
        assert again.text == made.text


def test_a_policy_that_destroys_a_type_of_a_later_version_is_refused() -> None:
    with pytest.raises(BadInput, match="TAX_NUMBER"):
        destroyed_types(Redaction(destroy=frozenset({"TAX_NUMBER"})))
