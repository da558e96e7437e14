"""What an operation is: a name, who may call it, its arguments, its result, and a function."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from ui.operations.emits import EMITS, Emits
from ui.operations.lines import LINES

if TYPE_CHECKING:
    from assistant.bootstrap import Home
    from ui.operations.callers import Caller
    from ui.operations.needs import Needs


class Shape(BaseModel):
    """JSON with a known shape; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class NoArgs(Shape):
    """No arguments."""


class TenantArgs(Shape):
    """Arguments of an operation on one tenant."""

    tenant: str


class Credential(Shape):
    """A login with its factors, as they travel beside the arguments of an operation.

    ``code`` is of the person's second factor, empty for a person without one.
    """

    login: str
    password: str = Field(repr=False)
    code: str = Field(default="", repr=False)


class Step(Shape):
    """The progress of an operation; None means unknown. It never contains customer text."""

    what: str
    done: int
    total: int | None = None
    per_second: float | None = None
    seconds_left: float | None = None


Progress = Callable[[Step], None]
"""Called with each step. It may raise, which stops the operation between two steps."""


class Pace:
    """Makes steps with the rate and the time left, measured since its construction."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._since = time.monotonic()

    def at(self, done: int, total: int) -> Step:
        """Return the step after ``done`` of ``total`` things."""
        spent = max(time.monotonic() - self._since, 1e-6)
        left = spent / done * (total - done) if done else None
        return Step(
            what=self._what,
            done=done,
            total=total,
            per_second=done / spent if done else None,
            seconds_left=left,
        )


ArgsT = TypeVar("ArgsT", bound=Shape)
ResultT = TypeVar("ResultT", bound=Shape)


@dataclass(frozen=True, slots=True)
class Operation(Generic[ArgsT, ResultT]):
    """One named operation.

    ``needs`` says who may call it. With ``takes_turn`` (or if the function returns True for the
    arguments) it takes the tenant's turn: one such operation runs at a time for each tenant. With
    ``local_only`` it reads or writes a path of this machine, so the page may not call it. With
    ``stream`` its result can also be read in pieces, each of which is the whole result so far.
    """

    name: str
    args: type[ArgsT]
    result: type[ResultT]
    run: Callable[[Home, Caller, ArgsT, Progress], ResultT]
    needs: Needs
    takes_turn: Callable[[ArgsT], bool] | bool = False
    local_only: bool = False
    stream: Callable[[Home, Caller, ArgsT, Progress], Iterator[ResultT]] | None = None

    @property
    def line(self) -> str:
        """Return what it does, in one line."""
        return LINES[self.name]

    @property
    def emits(self) -> Emits:
        """Return the most telling thing that its result, or what it sends, can hold."""
        return EMITS[self.name]

    @property
    def streams(self) -> bool:
        """Return whether its result comes in pieces."""
        return self.stream is not None


def silent(_step: Step) -> None:
    """Ignore a step, for callers that show no progress."""
