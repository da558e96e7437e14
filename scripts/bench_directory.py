"""Benchmark: how long a directory of people takes to compile, and a search of one text for them.

    python -m scripts.bench_directory [--people 10000] [--kb 10] [--rounds 20] [--full]

People and text are generated from a seed: a name every few lines, some in capitals, swapped or by
the first name alone. Times are processor times. The third line is one whole redaction: the rules
(with ``--full`` the tagger too), the directory, and an empty vault in memory.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from guardrails import RawText, Redactor
from guardrails.crypto.keys import DataKey
from guardrails.crypto.seal import Sealer
from guardrails.detect import build_detector, build_rule_detector
from guardrails.detect.directory import KnownPerson, KnownValues
from guardrails.identity.vault import EphemeralVaultStore, Vault
from guardrails.spans import Detector

_SEED = 7
_FIRST = "an bel cor da el fin ga ha io ka lo ma ni or pe ro sa ti vi zo".split()
_LAST = (
    "berg croft dale field ham ley man mor ner sen ski son stead ton vak well wick worth".split()
)
_PROSE = (
    "the printer on the third floor prints blank pages after the update and the queue is stuck "
    "please restart the spooler service then open the settings and check the driver version "
    "this may take a while we will call you back when the server has answered thanks regards"
).split()


def main() -> None:
    args = _arguments()
    rng = random.Random(_SEED)
    fields = [_person(rng, number) for number in range(args.people)]
    text = _text(rng, fields, args.kb * 1000)
    people = [_known(one) for one in fields]
    start = time.process_time()
    known = KnownValues.of_people(people)
    compiled = time.process_time() - start
    print(
        f"{args.people:,} people, {len(text) / 1000:.0f} kB; compiled in {compiled * 1e3:,.0f} ms"
    )
    print(
        f"searched {_timed(lambda: known.find(text), args.rounds)}; {len(known.find(text))} found"
    )
    detector = build_detector() if args.full else build_rule_detector()
    raw = RawText(text)
    _redactor(detector, known).redact(raw)
    print(f"redacted {_timed(lambda: _redactor(detector, known).redact(raw), args.rounds)}")


def _redactor(detector: Detector, known: KnownValues) -> Redactor:
    key = DataKey.fresh()
    return Redactor(detector, Vault(EphemeralVaultStore(), Sealer("bench", key), key), known)


def _timed(work: Callable[[], object], rounds: int) -> str:
    spent: list[float] = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        spent.append((time.process_time() - start) * 1e3)
    spent.sort()
    return f"in {spent[len(spent) // 2]:,.1f} ms (p50), {spent[int(len(spent) * 0.95)]:,.1f} (p95)"


def _person(rng: random.Random, number: int) -> dict[str, str]:
    first = "".join(rng.choices(_FIRST, k=2)).capitalize()
    last = "".join((*rng.choices(_FIRST, k=2), rng.choice(_LAST))).capitalize()
    return {
        "name": f"{first} {last}",
        "email": f"{first}.{last}{number}@directory.example".lower(),
        "phone": f"+44 20 7{number % 1000:03} {rng.randrange(10_000):04}",
        "username": f"{first[0]}{last}{number}".lower(),
        "employee_number": f"E-{number:06}",
    }


def _known(one: Mapping[str, str]) -> KnownPerson:
    return KnownPerson(
        name=RawText(one["name"]),
        email=RawText(one["email"]),
        phone=RawText(one["phone"]),
        username=RawText(one["username"]),
        employee_number=RawText(one["employee_number"]),
    )


def _text(rng: random.Random, people: Sequence[Mapping[str, str]], size: int) -> str:
    words: list[str] = []
    length = 0
    named = _mentions(rng, people)
    while length < size:
        word = next(named) if rng.random() < 1 / 40 else rng.choice(_PROSE)
        words.append(word if len(words) % 12 else f"{word}.\n")
        length += len(words[-1]) + 1
    return " ".join(words)[:size]


def _mentions(rng: random.Random, people: Sequence[Mapping[str, str]]) -> Iterator[str]:
    while True:
        name, *others = rng.choice(people).values()
        first, last = name.split()
        yield rng.choice([name, name.upper(), f"{last}, {first}", first, f"{first}'s", *others])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--kb", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--full", action="store_true", help="With the tagger, as the product does.")
    return parser.parse_args()


if __name__ == "__main__":
    main()
