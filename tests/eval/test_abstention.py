"""The curve of refusals: figures that can be checked by hand."""

from __future__ import annotations

import json

import pytest

from eval.abstention import Confidence, Share, judge


def test_shares_of_the_shipped_cut_by_source_and_in_all() -> None:
    told = judge(
        [_sure(0.9), _sure(0.8, "mail"), _sure(0.2, "mail", refused=True)],
        [_sure(0.7, "mail"), _sure(0.1, "mail", refused=True)],
    )
    assert (_rate(told.refusals.false), _rate(told.refusals.true)) == (pytest.approx(1 / 3), 0.5)
    mail, web = told.by_source["mail"], told.by_source["web"]
    assert (mail.answerable, mail.unanswerable, _rate(mail.refusals.false)) == (2, 2, 0.5)
    assert (web.answerable, web.unanswerable, web.refusals.true) == (1, 0, None)


def test_the_area_is_the_share_of_pairs_in_order() -> None:
    assert judge([_sure(0.9), _sure(0.5)], [_sure(0.5), _sure(0.1)]).auc == 3.5 / 4
    assert judge([_sure(0.9)], []).auc is None


def test_a_cut_refuses_no_more_answerable_questions_than_allowed() -> None:
    good = [_sure(at / 100) for at in range(100)]
    told = judge(good, [_sure(0.045), _sure(0.5)])
    cuts = {each.allowed: each for each in told.curve}
    assert cuts[0.05].cut == 0.05
    assert _rate(cuts[0.05].refusals.false) == 0.05
    assert _rate(cuts[0.05].refusals.true) == 0.5
    assert all(_rate(cut.refusals.false) <= cut.allowed for cut in told.curve)


def test_intervals_are_wide_where_few_were_asked() -> None:
    refusals = judge([_sure(0.9)] * 100, [_sure(0.1, refused=True)] * 4).refusals
    assert refusals.true is not None
    assert refusals.false is not None
    assert refusals.true.ci_95[0] < 0.55
    assert refusals.false.ci_95[1] < 0.05


def test_the_figures_are_json_with_the_shipped_cut_on_top() -> None:
    told = json.loads(json.dumps(judge([_sure(0.9)], [_sure(0.1)]).to_json()))
    assert (told["true_refusal_rate"], told["false_refusal_rate"]) == (0, 0)
    assert told["curve"][0]["true_refusal_rate"] == 1
    assert told["by_source"]["web"]["answerable"] == 1


def _sure(value: float, source: str = "web", *, refused: bool = False) -> Confidence:
    return Confidence(source, value, refused)


def _rate(share: Share | None) -> float:
    assert share is not None
    return share.rate
