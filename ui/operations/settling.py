"""What must follow from a change of a policy at once: answers of solved tickets that it forbids."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from guardrails.policy.versions import Version


def settled(home: Home, slug: str, publish: Callable[[], Version]) -> Version:
    """Publish a version, and remove or index the resolved tickets as it says.

    What it forbids is removed in the same transaction, so that no kill leaves it to be found.
    """
    from ingestion.resolved import bring_resolved, withdraw_resolved

    records = home.desk(slug).records
    with records.transaction():
        version = publish()
        withdraw_resolved(home.desk(slug))
    bring_resolved(home.desk(slug))
    return version
