from __future__ import annotations

import pytest

from guardrails.detect import build_detector, build_rule_detector
from guardrails.spans import Detector


@pytest.fixture(scope="session")
def detector() -> Detector:
    return build_detector()


@pytest.fixture(scope="session")
def rules() -> Detector:
    return build_rule_detector()
