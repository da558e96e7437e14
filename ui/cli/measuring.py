"""``eval …``: measurements without a tenant or a home; figures on stdout, progress on stderr."""

from __future__ import annotations

import json as to_json
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli import screen
from ui.cli.options import Json

if TYPE_CHECKING:
    from assistant.settings import Settings
    from eval.abstention import Abstention, Share
    from eval.answers import AnswersReport
    from eval.clean import CleanFigures
    from eval.drafts import DraftsReport
    from eval.injection import InjectionReport
    from eval.privacy import PrivacyReport
    from eval.retrieval import RetrievalReport
    from guardrails.spans import Span
    from ui.operations.base import Progress


_RESAMPLES = 1000


class Baseline(StrEnum):
    """Detectors that can be measured for comparison."""

    PRESIDIO = "presidio"


class WriterName(StrEnum):
    """Writers that can be measured."""

    EXTRACTIVE = "extractive"
    MODEL = "model"


def privacy(
    *,
    data: Annotated[
        Path,
        typer.Option(help="JSON lines {text, spans: [{start, end, type}]}, or the same as .gz."),
    ],
    baseline: Annotated[
        Baseline | None, typer.Option(help="Also measure this detector, in the same run.")
    ] = None,
    json: Json = False,
) -> None:
    """Measure what redaction finds and misses on labelled texts."""
    from eval.privacy import measure, ratios, read_rows

    settings = settings_of_home()
    with _readable(data):
        rows = read_rows(data)
    screen.note(f"Masking {len(rows):,} texts.")
    report = measure(rows, _mask(settings), resamples=_RESAMPLES)
    figures = asdict(report)
    theirs = None
    if baseline is not None:
        from guardrails.detect import build_stock_detector

        screen.note("Masking them once more, with Presidio's defaults.")
        theirs = measure(rows, build_stock_detector().detect, resamples=_RESAMPLES)
        figures["baseline"] = {"name": baseline.value, **asdict(theirs)}
        figures["ratios"] = asdict(ratios(report, theirs))
    if json:
        typer.echo(to_json.dumps(figures, indent=2))
    else:
        _show_privacy(report, theirs)


def retrieval(
    *,
    corpus: Annotated[Path, typer.Option(help="JSON lines {_id, title, text}.")],
    queries: Annotated[Path, typer.Option(help="JSON lines {_id, text}.")],
    qrels: Annotated[
        Path, typer.Option(help="Judgements, tab-separated: query-id, corpus-id, score.")
    ],
    unanswerable: Annotated[
        Path | None, typer.Option(help="JSON lines of questions that the corpus does not answer.")
    ] = None,
    no_redaction: Annotated[
        bool, typer.Option("--no-redaction", help="Measure without redaction, for comparison.")
    ] = False,
    json: Json = False,
) -> None:
    """Measure whether questions find their answers, and are refused if there is none."""
    from assistant.bootstrap import ephemeral_redactor
    from assistant.parts import make_embedder, make_reranker
    from eval.retrieval import measure

    settings = settings_of_home()
    with screen.watching() as progress:
        report = measure(
            corpus,
            queries,
            qrels,
            unanswerable,
            redactor=ephemeral_redactor(settings, detect=not no_redaction),
            embedder=make_embedder(settings),
            progress=steps(progress),
            reranker=make_reranker(settings),
        )
    if json:
        typer.echo(to_json.dumps(report.to_json(), indent=2))
    else:
        _show_retrieval(report)


def injection(
    *,
    data: Annotated[
        Path | None, typer.Option(help="JSON lines {text, label, source}; 1 is an attack.")
    ] = None,
    clean: Annotated[
        list[Path] | None,
        typer.Option(help="A folder of honest documents: its flagged passages are counted."),
    ] = None,
    tickets: Annotated[
        list[Path] | None,
        typer.Option(help="An export of honest tickets: its flagged tickets are counted."),
    ] = None,
    json: Json = False,
) -> None:
    """Measure how many prompt injections are found, and how many harmless texts are flagged."""
    from assistant.bootstrap import ephemeral_redactor
    from assistant.errors import BadInput
    from assistant.parts import make_embedder, make_injection_detector
    from eval.clean import count_passages, count_tickets
    from eval.injection import measure, read_samples, redacting

    settings = settings_of_home()
    samples = read_samples(data) if data else []
    if not (data or clean or tickets):
        raise BadInput("Nothing is to be measured.", todo="Give --data, --clean or --tickets.")
    screen.note(f"Reading {len(samples):,} texts.")
    redactor = ephemeral_redactor(settings)
    find = make_injection_detector(settings, make_embedder(settings)).find_many
    report = measure(samples, redacting(redactor, find))
    most = settings.max_file_bytes
    counted = {str(each): count_passages(each, redactor, find, most) for each in clean or ()}
    counted |= {str(each): count_tickets(each, redactor, find) for each in tickets or ()}
    if json:
        parts = {name: each.to_json() for name, each in counted.items()}
        typer.echo(to_json.dumps(asdict(report) | {"clean": parts}, indent=2))
    else:
        _show_injection(report)
        _show_clean(counted)


def drafts(
    *,
    corpus: Annotated[Path, typer.Option(help="JSON lines {_id, title, text}.")],
    queries: Annotated[Path, typer.Option(help="JSON lines {_id, text, metadata: {answer}}.")],
    json: Json = False,
) -> None:
    """Measure whether drafts agree with their sources and with a person's answer."""
    from assistant.bootstrap import ephemeral_redactor
    from assistant.parts import make_embedder
    from assistant.search.learned.ranker import TrainedRanker
    from assistant.search.nearness import Nearness
    from assistant.writers.extractive import ExtractiveWriter
    from eval.drafts import measure

    settings = settings_of_home()
    embedder = make_embedder(settings)
    nearness = Nearness(embedder)
    with screen.watching() as progress:
        report = measure(
            corpus,
            queries,
            redactor=ephemeral_redactor(settings),
            embedder=embedder,
            writer=ExtractiveWriter(nearness=nearness),
            ranker=TrainedRanker(embedder),
            progress=steps(progress),
        )
    if json:
        typer.echo(to_json.dumps(asdict(report), indent=2))
    else:
        _show_drafts(report)


def answers(
    *,
    questions: Annotated[
        Path,
        typer.Option(help="JSON lines {_id, text, metadata: {source, kind, document, must, not}}."),
    ],
    corpus: Annotated[
        list[Path],
        typer.Option(help="Folder whose name is a question's source; may be given several times."),
    ],
    home: Annotated[
        Path | None,
        typer.Option(help="Folder to keep what was read, for the next run; else a temporary one."),
    ] = None,
    writer: Annotated[
        WriterName, typer.Option(help="The writer to measure; `model` asks the configured model.")
    ] = WriterName.EXTRACTIVE,
    json: Json = False,
) -> None:
    """Measure whether answers hold the sentences that they should, and are refused if none does."""
    from assistant.parts import Parts
    from eval.answers import measure

    settings = settings_of_home().model_copy(update={"writer": writer.value})
    with screen.watching() as progress:
        report = measure(
            questions, corpus, settings=settings, parts=Parts(), home=home, progress=steps(progress)
        )
    if json:
        typer.echo(to_json.dumps(asdict(report), indent=2))
    else:
        _show_answers(report)


def _show_clean(counted: Mapping[str, CleanFigures]) -> None:
    if counted:
        screen.table(
            ("honest texts of", "texts", "flagged", "in 1,000", "suspicious"),
            (
                (name, each.texts, each.flagged, each.per_thousand, each.suspicious)
                for name, each in counted.items()
            ),
        )
    for each in counted.values():
        for sentence in each.shown:
            screen.say(f"  “{sentence}”")


def _show_injection(report: InjectionReport) -> None:
    parts = [*report.by_source.items(), ("all", report)]
    screen.table(
        ("source", "texts", "attacks found", "harmless texts flagged"),
        (
            (name, each.texts, _percent(each.recall), _percent(each.false_alarm_rate))
            for name, each in parts
        ),
    )


def _show_drafts(report: DraftsReport) -> None:
    screen.table(
        ("figure", "value"),
        (
            ("drafts", report.drafts),
            ("refused", _percent(report.refused)),
            ("wholly grounded", _percent(report.grounded)),
            ("citations that hold", _percent(report.citation_precision)),
            ("words shared with the reference, F1", _percent(report.token_f1)),
            ("words of the reference that are said", _percent(report.answer_recall)),
            ("ms a draft, median", report.p50_ms),
        ),
    )


def _show_answers(report: AnswersReport) -> None:
    parts = [*report.by_source.items(), *report.by_kind.items(), ("all", report)]
    screen.table(
        ("questions", "asked", "must", "shown", "whole", "clean", "document", "words"),
        (
            (
                name,
                each.questions,
                _percent(each.must),
                _percent(each.must_shown),
                _percent(each.whole),
                _percent(each.clean),
                _percent(each.document),
                "not asked" if each.words_p50 is None else f"{each.words_p50:.0f}",
            )
            for name, each in parts
        ),
    )
    screen.say()
    screen.table(
        ("figure", "value"),
        (
            ("refused, rightly", _percent(report.refused.true)),
            ("refused, wrongly", _percent(report.refused.false)),
            ("ms a question, median", report.p50_ms),
            ("ms a question, 95 of 100", report.p95_ms),
        ),
    )


def _percent(share: float | None) -> str:
    return "not asked" if share is None else f"{share:.1%}"


def steps(progress: Progress | None) -> Callable[[str, int, int], None]:
    from ui.operations.base import Pace

    paces: dict[str, Pace] = {}

    def show(what: str, done: int, total: int) -> None:
        if progress is not None:
            progress(paces.setdefault(what, Pace(what)).at(done, total))

    return show


def settings_of_home() -> Settings:
    from assistant.bootstrap import stay_home
    from assistant.settings import load_settings

    settings = load_settings()
    stay_home(settings)
    return settings


def _mask(settings: Settings) -> Callable[[Sequence[str]], list[list[Span]]]:
    """Return the product's own path: the redactor, including its vault."""
    from assistant.bootstrap import ephemeral_redactor
    from guardrails import RawText
    from guardrails.spans import Span

    redactor = ephemeral_redactor(settings)

    def mask(texts: Sequence[str]) -> list[list[Span]]:
        return [
            [
                Span(each.start, each.end, each.placeholder.type, 1.0, each.recognizer)
                for each in redacted.masks
            ]
            for redacted in redactor.redact_many([RawText(text) for text in texts])
        ]

    return mask


@contextmanager
def _readable(path: Path) -> Generator[None]:
    """Report in one message what is wrong with a data file."""
    from assistant.errors import BadInput
    from eval.privacy import MalformedRow

    try:
        yield
    except MalformedRow as error:
        raise BadInput(f"{error}.") from None
    except UnicodeDecodeError:
        raise BadInput(f"{path} is not UTF-8 text.") from None
    except EOFError:
        raise BadInput(f"{path} ends in the middle.") from None
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror or error}.") from None


def _show_privacy(report: PrivacyReport, theirs: PrivacyReport | None) -> None:
    reports = [report] if theirs is None else [report, theirs]

    def share(name: str) -> list[str]:
        return [_with_bounds(each, name) for each in reports]

    screen.table(
        ("figure", "value", "Presidio's defaults")[: len(reports) + 1],
        (
            ("texts", *(each.texts for each in reports)),
            ("spans", *(each.spans for each in reports)),
            ("spans wholly masked", *share("fully_masked")),
            ("recall of characters", *share("char_recall")),
            ("precision of characters", *share("char_precision")),
            ("F2", *share("f2")),
            ("texts without identity left alone", *share("clean_left_alone")),
            ("kB a processor second", *(f"{each.kb_per_s:.1f}" for each in reports)),
            ("ms for 300 characters, median", *(f"{each.p50_ms:.1f}" for each in reports)),
            ("ms for 300 characters, 95 of 100", *(f"{each.p95_ms:.1f}" for each in reports)),
        ),
    )
    screen.say()
    screen.table(
        ("type", "spans", "wholly masked"),
        ((kind, each.n, f"{each.fully_masked:.1%}") for kind, each in report.by_type.items()),
    )


def _with_bounds(report: PrivacyReport, name: str) -> str:
    value = f"{getattr(report, name):.3f}"
    bounds = report.ci_95.get(name)
    return f"{value} ({bounds[0]:.3f} to {bounds[1]:.3f})" if bounds else value


def _show_retrieval(report: RetrievalReport) -> None:
    refusals = report.abstention.refusals
    screen.table(
        ("figure", "value"),
        (
            ("questions", report.queries),
            ("documents", report.documents),
            ("chunks", report.chunks),
            ("nDCG@10", f"{report.ndcg_at_10:.3f}"),
            ("first is right", f"{report.hit_at_1:.1%}"),
            ("one of five is right", f"{report.hit_at_5:.1%}"),
            ("recall@10", f"{report.recall_at_10:.1%}"),
            ("MRR@10", f"{report.mrr_at_10:.3f}"),
            ("refused, rightly", _refused(refusals.true)),
            (
                "refused, wrongly",
                _refused(refusals.false),
            ),
            ("ms a question, median", report.p50_ms),
            ("ms a question, 95 of 100", report.p95_ms),
        ),
    )
    if report.abstention.auc is not None:
        _show_cuts(report.abstention)


def _show_cuts(abstention: Abstention) -> None:
    screen.say()
    screen.table(
        ("at most so many answerable refused", "cut", "unanswerable refused"),
        (
            (
                f"{each.allowed:.0%}",
                f"{each.cut:.3f}",
                _refused(each.refusals.true),
            )
            for each in abstention.curve
        ),
    )
    screen.say()
    screen.table(
        ("source", "answerable", "refused, wrongly", "unanswerable", "refused, rightly"),
        (
            (
                name,
                each.answerable,
                _refused(each.refusals.false),
                each.unanswerable,
                _refused(each.refusals.true),
            )
            for name, each in sorted(abstention.by_source.items())
        ),
    )


def _refused(share: Share | None) -> str:
    if share is None:
        return "not asked"
    low, high = share.ci_95
    return f"{share.rate:.1%} ({low:.0%} to {high:.0%})"
