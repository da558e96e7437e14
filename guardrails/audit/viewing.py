"""What a person is shown: each view of unredacted text is a row of the ledger, written before it.

`guardrails.identity.permissions.show` refuses without an open view, so no text is shown of which
the ledger has no row. A view gathers what one operation shows, and ends in at most two rows:
``raw.viewed`` counts unredacted texts, ``identity.restored`` counts values put back.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from guardrails.errors import Refused

if TYPE_CHECKING:
    from guardrails.audit.ledger import Fact, Ledger

T = TypeVar("T")


@dataclass(slots=True)
class View:
    """What one person sees at one desk; ``about`` holds ids of ours by their kind (``ticket``)."""

    ledger: Ledger
    by: str
    about: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    raw: int = 0
    values: set[str] = field(default_factory=set[str])


class Views:
    """The views of one operation, ``where``; of a stream, each value is written once."""

    def __init__(self, where: str = "") -> None:
        self._where = where
        self._views: dict[tuple[int, str], View] = {}
        self._written: set[str] = set()

    def of(self, ledger: Ledger, by: str) -> View:
        """Return the view of the person with the user id ``by`` at the desk of ``ledger``."""
        return self._views.setdefault((id(ledger), by), View(ledger, by))

    @contextmanager
    def gathering(self) -> Generator[None]:
        """Gather the views inside, and write their rows when it ends without an error."""
        token = _views.set(self)
        try:
            yield
        finally:
            _views.reset(token)
        for view in self._views.values():
            self._write(view)
        self._views.clear()

    def _write(self, view: View) -> None:
        facts: dict[str, Fact] = {"by": view.by, "where": self._where, **_ids(view)}
        new = view.values - self._written
        if view.raw:
            view.ledger.append("raw.viewed", **facts, values=view.raw)
        if new:
            view.ledger.append("identity.restored", **facts, values=len(new))
        self._written |= new


_views: ContextVar[Views | None] = ContextVar("quietdesk_views", default=None)
_view: ContextVar[View | None] = ContextVar("quietdesk_view", default=None)


@contextmanager
def viewing(ledger: Ledger, by: str, **about: str) -> Generator[View]:
    """Open the view of the person with the user id ``by``; ``about`` are ids, as ``ticket``.

    Its rows are written when the operation around it ends, or here when there is none.
    """
    views = _views.get()
    if views is None:
        with Views().gathering(), viewing(ledger, by, **about) as view:
            yield view
        return
    view = views.of(ledger, by)
    for kind, key in about.items():
        view.about.setdefault(kind, set()).add(key)
    token = _view.set(view)
    try:
        yield view
    finally:
        _view.reset(token)


def recorded(where: str, pieces: Iterator[T]) -> Generator[T]:
    """Yield ``pieces``, each after the rows of what it shows; closing it closes ``pieces``."""
    views = Views(where)
    try:
        while True:
            with views.gathering():
                piece = next(pieces, None)
            if piece is None:
                return
            yield piece
    finally:
        if isinstance(pieces, Generator):
            pieces.close()


def count_raw() -> None:
    """Count an unredacted text in the open view. `Refused` if there is none."""
    _open_view().raw += 1


def count_restored(values: Iterable[str]) -> None:
    """Count restored values by their placeholders in the open view. `Refused` without one."""
    _open_view().values.update(values)


def _open_view() -> View:
    view = _view.get()
    if view is None:
        raise Refused(
            "Unredacted text was about to be shown without a row in the ledger.",
            safe="It was not shown.",
        )
    return view


def _ids(view: View) -> dict[str, Fact]:
    """Return the id of each kind, or how many when there are several."""
    return {
        **{kind: next(iter(ids)) for kind, ids in view.about.items() if len(ids) == 1},
        **{f"{kind}s": len(ids) for kind, ids in view.about.items() if len(ids) > 1},
    }
