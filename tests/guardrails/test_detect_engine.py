from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrails.detect import apply_replacements, build_rule_detector
from guardrails.detect.normal import normalise
from guardrails.detect.tagger.windows import windows
from guardrails.spans import Detector, EntityType, Span
from tests.guardrails.detecting import assert_hidden, blanked


def is_sorted_and_disjoint(spans: Sequence[Span], text: str) -> bool:
    edges = [edge for span in spans for edge in (span.start, span.end)]
    proper = all(span.start < span.end for span in spans)
    return proper and edges == sorted(edges) and all(0 <= edge <= len(text) for edge in edges)


MESSY = (
    "Hi, this is Amara Okafor at Silver Birch Timber, amara.okafor@silverbirch.example, "
    "SSN 219-09-9999, 1480 NW Harrison St, Suite 12, Portland, OR 97205; password is hunter7; "
    "postgres://app:Pl4net@10.1.2.3:5432/x Bearer ghp_q7RtV2mZx9Lw4KpB8sNd3HyF6cJg1TaEabcd"
)


def test_spans_are_sorted_disjoint_and_never_empty(detector: Detector, rules: Detector) -> None:
    for each in (detector, rules):
        assert is_sorted_and_disjoint(each.detect([MESSY])[0], MESSY)


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_gives_sorted_disjoint_spans(text: str) -> None:
    assert is_sorted_and_disjoint(build_rule_detector().detect([text])[0], text)


def test_every_text_of_a_batch_gets_its_own_answer(detector: Detector) -> None:
    texts = ["", "nothing here", MESSY, "call +46 70 174 06 05"]
    assert detector.detect(texts) == [detector.detect([text])[0] for text in texts]


def test_the_model_adds_to_the_rules_and_takes_nothing_away(
    detector: Detector, rules: Detector
) -> None:
    by_rules = {i for i, c in enumerate(blanked(rules, MESSY)) if c == "█"}
    by_both = {i for i, c in enumerate(blanked(detector, MESSY)) if c == "█"}
    assert by_rules <= by_both


def test_a_name_deep_in_a_very_long_text_is_found(detector: Detector) -> None:
    filler = "The quick brown fox jumps over the lazy dog. " * 500
    text = filler + "Yesterday Mikkel Rasmussen met Charlotte Beaumont in Lisbon. " + filler
    assert_hidden(detector, text, "Mikkel Rasmussen", "Charlotte Beaumont", "Lisbon")


@settings(deadline=None)
@given(st.text(alphabet="ab c\n", max_size=400), st.integers(20, 60))
def test_windows_cover_the_text_and_overlap(text: str, size: int) -> None:
    pieces = list(windows(text, size, 8))
    assert all(text[at : at + len(piece)] == piece for at, piece in pieces)
    covered = {i for at, piece in pieces for i in range(at, at + len(piece))}
    assert covered == set(range(len(text)))
    assert all(len(piece) <= size for _, piece in pieces)


def test_hidden_characters_and_wide_digits_hide_nothing(rules: Detector) -> None:
    assert_hidden(rules, "pass\u200bword is hun\u200bter7 now", "hun\u200bter7")
    assert_hidden(rules, "SSN ２１９-０９-９９９９", "２１９-０９-９９９９")
    assert_hidden(
        rules,
        "call\u00a0+46\u00a070\u00a0174\u00a006\u00a005",
        "+46\u00a070\u00a0174\u00a006\u00a005",
    )
    assert_hidden(rules, "Owner: Jose\u0301 Okafor", "Jose\u0301 Okafor")


@settings(deadline=None)
@given(st.text(max_size=200))
def test_normalised_text_maps_back_onto_the_original(text: str) -> None:
    normal = normalise(text)
    if normal.text:
        whole = normal.back(Span(0, len(normal.text), EntityType.PERSON, 1.0, "all"))
        assert 0 <= whole.start < whole.end <= len(text)


@st.composite
def cut_texts(draw: st.DrawFn) -> tuple[str, list[Span], list[str]]:
    text = draw(st.text(min_size=1, max_size=120))
    edges = draw(st.lists(st.integers(0, len(text)), max_size=24, unique=True).map(sorted))
    pairs = list(zip(edges[::2], edges[1::2], strict=False))
    spans = [Span(a, b, EntityType.PERSON, 0.9, "test") for a, b in pairs]
    return text, spans, [draw(st.text(max_size=12)) for _ in spans]


@settings(deadline=None)
@given(cut_texts())
def test_replacing_through_presidio_equals_a_splice(
    case: tuple[str, list[Span], list[str]],
) -> None:
    text, spans, values = case
    expected = text
    for span, value in reversed(list(zip(spans, values, strict=True))):
        expected = expected[: span.start] + value + expected[span.end :]
    assert apply_replacements(text, spans, values) == expected


def test_neighbours_of_one_type_keep_their_own_replacements() -> None:
    spans = [Span(0, 2, EntityType.PERSON, 0.9, "t"), Span(3, 5, EntityType.PERSON, 0.9, "t")]
    assert (
        apply_replacements("ab cd", spans, ["<PERSON_1>", "<PERSON_2>"]) == "<PERSON_1> <PERSON_2>"
    )


def test_more_or_fewer_replacements_than_spans_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        apply_replacements("ab", [Span(0, 1, EntityType.PERSON, 0.9, "t")], [])


def test_importing_detection_loads_neither_a_model_nor_presidio() -> None:
    heavy = "{'spacy', 'presidio_analyzer', 'presidio_anonymizer', 'torch', 'phonenumbers'}"
    code = f"import sys, guardrails.detect; print({heavy} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"


def test_the_first_text_is_read_without_loading_a_neural_library() -> None:
    code = (
        "import sys\nfrom guardrails.detect import build_detector\n"
        "assert build_detector().detect(['I am Priya Raman'])[0]\n"
        "print({'torch', 'transformers'} & set(sys.modules))\n"
        "import transformers, torch"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "a.",
        "1 ",
        "(1",
        "Aa ",
        "12 Aaa ",
        "password ",
        "token-",
        "key=",
        "`",
        "{{",
        "\\\\a",
        "http://a.",
        "a@",
        "-----BEGIN PRIVATE KEY-----\n",
        "eyJ",
        "<a ",
        "\n",
        ":",
        "aa:bb:",
        "Aa, ",
        "rue de la ",
        "LT-",
        "'",
        "Mr. ",
        f"token=example{'abcdefghij' * 9}1 ",
        f"password: your-{'abc-' * 20}key ",
    ],
)
def test_hostile_repetition_is_read_in_linear_time(rules: Detector, unit: str) -> None:
    text = (unit * 100_000)[:100_000]
    began = time.process_time()
    rules.detect([text])
    assert time.process_time() - began < 20


def test_detection_asks_the_network_for_nothing() -> None:
    code = (
        "import sys\n"
        "def refuse(event, args):\n"
        "    if event in ('socket.connect', 'socket.getaddrinfo', 'socket.sendto'):\n"
        "        raise SystemExit(event)\n"
        "sys.addaudithook(refuse)\n"
        "from guardrails.detect import build_detector\n"
        "text = 'Anna at a.b@nordwind.example, http://www.nordwind.example/, +46 70 174 06 05'\n"
        "print(len(build_detector().detect([text])[0]))\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert int(ran.stdout) >= 3
