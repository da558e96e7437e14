"""The model's promises: whole words, right places, cached pieces, no other weights."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrails.detect.tagger import tagger
from guardrails.detect.tagger.segments import LONGEST, segments
from guardrails.detect.tagger.shapes import SHAPES, shapes
from guardrails.detect.tagger.tagger import TaggerNames
from guardrails.errors import Refused
from guardrails.spans import EntityType

QUOTED = (
    "Priya Raghunathan from Meridian Orchards called about the printer on the second floor again.\n"
)


@pytest.fixture(scope="module")
def names() -> TaggerNames:
    return TaggerNames()


def _masked(names: TaggerNames, text: str) -> list[str]:
    return [text[span.start : span.end] for span in names.find([text])[0]]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("hello this is Oluwaseun Adeyemi, my docking station is dead", "Oluwaseun Adeyemi"),
        ("please call priya raghunathan about the mailbox", "priya raghunathan"),
        ("Reported by Grace Page on Monday.", "Grace Page"),
        ("Kind regards,\nWill Chase", "Will Chase"),
        ("Assigned to Lindqvist, Summer", "Lindqvist"),
        ("Assigned to Lindqvist, Summer", "Summer"),
        (f"key {'a1B2-c3_' * 40} was pasted by Oluwaseun Adeyemi", "Oluwaseun Adeyemi"),
    ],
)
def test_names_are_found_in_any_case_and_when_they_are_words(
    names: TaggerNames, text: str, name: str
) -> None:
    assert any(name in piece for piece in _masked(names, text))


@pytest.mark.parametrize(
    "text",
    [
        "Will the update close the ports in May?",
        "The pod is in CrashLoopBackOff after upgrading Prometheus to 2.51.0.",
        "Run `kubectl get pods -n kube-system` and look for ImagePullBackOff.",
        "Mark the ticket as resolved when the grace period ends.",
    ],
)
def test_technical_prose_stays_readable(names: TaggerNames, text: str) -> None:
    assert _masked(names, text) == []


def test_spans_are_of_the_text_that_was_given_and_carry_a_guess_s_score(names: TaggerNames) -> None:
    texts = ["My name is Guillermo Venkatesan.", "", "ask Fatima Haddad"]
    found = names.find(texts)
    assert [len(spans) for spans in found] == [1, 0, 1]
    assert texts[0][found[0][0].start : found[0][0].end] == "Guillermo Venkatesan"
    assert found[2][0].type is EntityType.PERSON
    assert all(0.5 <= span.score < 0.7 for spans in found for span in spans)


@settings(deadline=None)
@given(st.lists(st.text(max_size=200), max_size=4))
def test_spans_are_sorted_disjoint_never_empty_and_inside_whatever_comes(texts: list[str]) -> None:
    for text, spans in zip(texts, _SHARED.find(texts), strict=True):
        ends = [0, *(span.end for span in spans)]
        for span, before in zip(spans, ends, strict=False):
            assert before <= span.start < span.end <= len(text)


def test_no_word_is_cut_in_two(names: TaggerNames) -> None:
    text = "Hi, Wojciechowska-Brzęczyszczykiewicz here, and Þórðardóttir is my boss. " * 3
    for span in names.find([text])[0]:
        assert not (text[span.start].isalnum() and text[span.start - 1 : span.start].isalnum())
        assert not (text[span.end - 1].isalnum() and text[span.end : span.end + 1].isalnum())


def test_a_name_at_the_end_of_a_long_text_is_found(names: TaggerNames) -> None:
    text = "The backup job failed again with error 1603 on the second try. " * 120
    assert _masked(names, f"{text}Please call Priya Raghunathan.")[-1] == "Priya Raghunathan"


def test_a_reply_quoted_at_any_depth_costs_once(
    names: TaggerNames, monkeypatch: pytest.MonkeyPatch
) -> None:
    names.find([QUOTED])
    monkeypatch.setattr(tagger.Model, "read", _never)
    once = names.find([QUOTED])[0]
    deeper = "> > " + QUOTED
    moved = names.find([deeper])[0]
    assert [deeper[s.start : s.end] for s in moved] == [QUOTED[s.start : s.end] for s in once]


def test_what_was_read_longest_ago_is_forgotten_first() -> None:
    names = TaggerNames(kept=2)
    names.find(["one Anna", "two Anna", "three Anna"])
    assert len(names._cache._found) == 2


def test_the_cache_holds_no_text() -> None:
    names = TaggerNames()
    names.find(["my name is Priya Raghunathan"])
    assert "Priya" not in repr(vars(names._cache))


def test_batches_say_what_single_texts_say() -> None:
    texts = [f"{QUOTED}{n} times. Ask Anna {'very ' * n}soon." for n in range(12)]
    forgetful = TaggerNames(kept=0)
    alone = [forgetful.find([text])[0] for text in texts]
    together = forgetful.find(texts)
    places = [[(s.start, s.end, s.type) for s in spans] for spans in together]
    assert places == [[(s.start, s.end, s.type) for s in spans] for spans in alone]


def test_many_threads_share_one_tagger(names: TaggerNames) -> None:
    seen: list[list[str]] = []
    text = "please ring Fatima Haddad"
    workers = [threading.Thread(target=lambda: seen.append(_masked(names, text))) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert seen == [["Fatima Haddad"]] * 4


def test_weights_that_are_not_ours_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("labels.json", "tokenizer.json"):
        (tmp_path / name).write_bytes(tagger._WEIGHTS.joinpath(name).read_bytes())
    (tmp_path / "tagger.onnx").write_bytes(b"something else")
    monkeypatch.setattr(tagger, "_WEIGHTS", tmp_path)
    with pytest.raises(Refused, match=r"tagger\.onnx"):
        TaggerNames().find(["my name is Anna"])


def test_the_weights_stay_under_25_megabytes() -> None:
    folder = Path(str(tagger._WEIGHTS))
    assert sum(file.stat().st_size for file in folder.iterdir()) < 25_000_000


@given(st.text(max_size=3000))
def test_pieces_hold_every_character_that_is_no_blank_and_lead_back_to_it(text: str) -> None:
    covered: set[int] = set()
    for piece in segments(text):
        assert len(piece.text) <= LONGEST
        for at, char in enumerate(piece.text):
            there = text[piece.back(at)]
            assert there == char or (char == " " and there in "`~")  # marks of Markdown
            covered.add(piece.back(at))
    assert all(at in covered or char.isspace() or char == ">" for at, char in enumerate(text))


@given(st.text(max_size=60))
def test_every_token_has_a_shape_that_the_model_knows(text: str) -> None:
    words = [(at, at + 1) for at in range(len(text))]
    assert all(0 <= shape < SHAPES for shape in shapes(text, words))


_SHARED = TaggerNames()


def _never(*_: object) -> None:
    pytest.fail("read again")
