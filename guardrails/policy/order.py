"""The orders of rules: which of two values is the stricter one.

Every order is a meet-semilattice: `Order.meet` is commutative, associative and idempotent, and
never weaker than either value. A rule names its order in the metadata of its field, and `meet` and
`weaker` walk a dataclass of rules by these names. Orders of several rules are products: two sets of
rules need not be comparable for their meet to exist.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import Field, dataclass, field, fields, is_dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")
_ORDER = "order"


@dataclass(frozen=True, slots=True)
class Order(Generic[T]):
    """One order: ``meet`` returns the stricter of two values; ``name`` is for people.

    ``strictest`` holds the strictest value of all, and is empty if there is none (a number of days
    has none) or if it depends on the type of the rule.
    """

    name: str
    meet: Callable[[T, T], T]
    strictest: tuple[T, ...] = ()

    def weaker(self, old: T, new: T) -> bool:
        """Return whether ``new`` loosens ``old`` in any respect."""
        return self.meet(old, new) != new


def rule(order: Order[T], default: T) -> T:
    """Return the field of a rule with its order and its default."""
    return field(default=default, metadata={_ORDER: order})


def order_of(rule_field: Field[Any]) -> Order[Any] | None:
    """Return the order of a rule's field; None for a group of rules."""
    return rule_field.metadata.get(_ORDER)


def group(make: Callable[[], T]) -> T:
    """Return the field of a group of rules, which is a dataclass of rules itself."""
    return field(default_factory=make)


def meet(one: T, two: T) -> T:
    """Return the stricter of two sets of rules, field by field."""
    found: dict[str, Any] = {}
    for each in fields(one):  # pyright: ignore[reportArgumentType] - a dataclass, by the callers
        a, b = getattr(one, each.name), getattr(two, each.name)
        order: Order[Any] | None = each.metadata.get(_ORDER)
        found[each.name] = order.meet(a, b) if order else meet(a, b)
    return type(one)(**found)


def weaker(old: object, new: object, path: str = "") -> tuple[str, ...]:
    """Return the paths (``review.reply.always``) of the rules that ``new`` loosens."""
    found: list[str] = []
    for each in fields(old):  # pyright: ignore[reportArgumentType] - a dataclass, by the callers
        here = f"{path}.{each.name}" if path else each.name
        a, b = getattr(old, each.name), getattr(new, each.name)
        order: Order[Any] | None = each.metadata.get(_ORDER)
        if order is None:
            found += weaker(a, b, here)
        elif order.weaker(a, b):
            found.append(here)
    return tuple(found)


def changed(old: object, new: object, path: str = "") -> tuple[tuple[str, Any, Any], ...]:
    """Return path, old and new value of each rule that differs."""
    found: list[tuple[str, Any, Any]] = []
    for each in fields(old):  # pyright: ignore[reportArgumentType] - a dataclass, by the callers
        here = f"{path}.{each.name}" if path else each.name
        a, b = getattr(old, each.name), getattr(new, each.name)
        if is_dataclass(a) and _ORDER not in each.metadata:
            found += changed(a, b, here)
        elif a != b:
            found.append((here, a, b))
    return tuple(found)


def ranked(*strictest_first: T) -> Order[T]:
    """Return the order of words, the strictest first."""
    rank = {word: at for at, word in enumerate(strictest_first)}
    return Order(
        "the stricter word", lambda a, b: min(a, b, key=rank.__getitem__), strictest_first[:1]
    )


def _common(a: frozenset[Any], b: frozenset[Any]) -> frozenset[Any]:
    return a & b


def _together(a: frozenset[Any], b: frozenset[Any]) -> frozenset[Any]:
    return a | b


def _common_or_any(a: frozenset[Any] | None, b: frozenset[Any] | None) -> frozenset[Any] | None:
    if a is None or b is None:
        return b if a is None else a
    return a & b


def _both(a: bool, b: bool) -> bool:
    return a and b


def _either(a: bool, b: bool) -> bool:
    return a or b


SMALLER: Order[Any] = Order("the smaller number", min)
LARGER: Order[Any] = Order("the larger number", max)
BOTH: Order[bool] = Order("allowed only if both allow it", _both, (False,))
EITHER: Order[bool] = Order("required if either requires it", _either, (True,))
COMMON: Order[frozenset[Any]] = Order("what both allow", _common, (frozenset[Any](),))
COMMON_OR_ANY: Order[Any] = Order(
    "what both allow; none named allows any", _common_or_any, (frozenset[Any](),)
)
TOGETHER: Order[frozenset[Any]] = Order("what either requires", _together)
