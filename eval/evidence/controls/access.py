"""Access: who may call what, what was shown is written down, and how people log in."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from json import loads
from typing import Any, LiteralString

from assistant.adapters.records import factors
from assistant.adapters.records.accounts import Accounts
from assistant.adapters.records.throttle import Throttle
from assistant.bootstrap import Home
from assistant.errors import NotPermitted, StorageTrouble
from assistant.model import Membership, Role, Session, User, WaitsFor, people
from eval.evidence.control import Control, Off, Seen, same
from eval.evidence.material import TICKET
from eval.evidence.switches import replaced
from eval.evidence.twin import PASSWORD, Twin
from guardrails.audit.ledger import Ledger
from guardrails.audit.viewing import Views
from guardrails.crypto import second_factor
from guardrails.identity.permissions import Right
from guardrails.policy import Access, Policy
from guardrails.policy.words import SecondFactor

_READERS = frozenset({Role.AGENT, Role.REVIEWER, Role.OFFICER})
_RESPONSIBLE = frozenset({Role.REVIEWER, Role.OFFICER, Role.ADMIN})

# Roles

_BEYOND = "operations that a role was let into beside the matrix"
_REFUSED = "operations of the matrix that a role was refused"
_NO_SEAT = "operations that a person without a seat was let into"
_RAW = "roles to whom an unredacted ticket was shown against the rules"
_NAMES = "roles to whom a name was shown against the rules"
_NARROW = Access(
    read_raw=frozenset({Role.OFFICER}),
    restore=frozenset(),
    release=frozenset(),
    erase=frozenset({Role.OFFICER}),
    policy=frozenset({Role.OFFICER}),
)
"""The rules that a twin is narrowed to: each takes a right from a role that has it by default."""


def _roles(twin: Twin) -> Generator[Seen]:
    yield from _matrix(twin, twin.rules.access)
    strangers = [None, "nobody", *(twin.login(role, twin.neighbour) for role in Role)]
    let_in = [
        (operation, login)
        for operation in twin.doors.matrix()
        for login in strangers
        if twin.doors.admits(twin.home, operation, twin.tenant, login)
    ]
    yield same(_NO_SEAT, 0, len(let_in))
    yield from _sights(twin, twin.rules.access)
    rules = replace(twin.rules, access=_NARROW)
    twin.home.set_policy(twin.tenant, Policy(rules=rules))
    held = twin.home.tenant(twin.tenant).policy.rules.access
    yield from _matrix(twin, held)
    yield from _sights(twin, held)


def _matrix(twin: Twin, access: Access) -> Iterator[Seen]:
    beyond = refused = 0
    for operation, gate in twin.doors.matrix().items():
        named = people.allowed(access, gate.right) if gate.right else frozenset(Role)
        for role in Role:
            means = {role, Role.AGENT} if role is Role.REVIEWER else {role}
            may = role in gate.roles and bool(means & named)
            let_in = twin.doors.admits(twin.home, operation, twin.tenant, twin.login(role))
            beyond += let_in and not may
            refused += may and not let_in
    yield same(_BEYOND, 0, beyond)
    yield same(_REFUSED, 0, refused)


def _sights(twin: Twin, access: Access) -> Iterator[Seen]:
    raw = _shown(twin, "tickets.show", access.read_raw, reference=TICKET)
    yield same(_RAW, 0, raw)
    yield same(_NAMES, 0, _shown(twin, "tickets.find", access.restore))


def _shown(twin: Twin, operation: str, named: frozenset[Role], **args: str) -> int:
    """Count the roles that see the ticket's person and may not, or may and do not."""
    wrong = 0
    for role in Role:
        means = {role, Role.AGENT} if role is Role.REVIEWER else {role}
        said = twin.attempt(operation, role=role, **args).said
        may = role in _READERS and bool(means & named)
        wrong += (twin.material().requester in said) is not may
    return wrong


def _watch_roles(home: Home, slug: str) -> Iterator[Seen]:
    access = home.tenant(slug).policy.rules.access
    yield same("roles that may erase, at least one", expected=True, found=bool(access.erase))


def _everybody_may() -> AbstractContextManager[None]:
    return replaced((Membership, "may", _yes))


def _rules_ignored() -> AbstractContextManager[None]:
    def nothing(_held: frozenset[Role], _access: Access) -> frozenset[Right]:
        return frozenset()

    return replaced((people, "_barred", nothing))


# Views and restores

_VIEWS = "unredacted texts that rows of the ledger count, of one ticket"
_WHO = "rows about what was shown that name the person by user id"
_LISTED = "rows for a list with restored names"
_DRAFTED = "rows for a draft with restored names, with its id"
_UNWRITTEN = "texts shown while the ledger cannot be written"


def _logged(twin: Twin) -> Generator[Seen]:
    access = twin.rules.access
    viewer, restorer = _reader(access.read_raw), _reader(access.restore)
    if viewer:
        before = _rows(twin)
        shown = twin.perform("tickets.show", role=viewer, reference=TICKET)
        rows = _since(twin, before, "raw.viewed")
        texts = 2 + 2 * len(shown["turns"])  # subject, requester; author and text of each message
        yield same(_VIEWS, texts, sum(facts["values"] for _, facts in rows), _numbers(rows))
        ids = {twin.home.accounts.memberships(twin.login(viewer))[0].user.id}
        yield same(_WHO, 1, sum(facts["by"] in ids for _, facts in rows), _numbers(rows))
        yield same(_UNWRITTEN, 0, _while_broken(twin, "tickets.show", viewer, reference=TICKET))
    if restorer:
        yield from _restored(twin, restorer)


def _restored(twin: Twin, role: Role) -> Iterator[Seen]:
    before = _rows(twin)
    twin.perform("tickets.find", role=role)
    rows = _since(twin, before, "identity.restored")
    yield same(_LISTED, 1, len(rows), _numbers(rows))
    written = twin.perform("draft", references=[TICKET])["written"]
    for draft in written:
        before = _rows(twin)
        twin.perform("review.show", role=role, draft=draft["id"])
        rows = _since(twin, before, "identity.restored")
        mine = [each for each in rows if each[1].get("draft") == draft["id"]]
        yield same(_DRAFTED, 1, len(mine), _numbers(rows))
    yield same(_UNWRITTEN, 0, _while_broken(twin, "tickets.find", role))


def _reader(named: frozenset[Role]) -> Role | None:
    return next((role for role in Role if role in named & _READERS), None)


_Facts = tuple[int, dict[str, Any]]


def _rows(twin: Twin) -> int:
    return max((row.number for row in twin.desk.ledger.rows()), default=0)


def _since(twin: Twin, after: int, kind: str) -> list[_Facts]:
    found = twin.desk.ledger.rows(after)
    return [(row.number, loads(row.body)) for row in found if row.kind == kind]


def _numbers(rows: list[_Facts]) -> list[int]:
    return [number for number, _ in rows]


def _while_broken(twin: Twin, operation: str, role: Role, **args: str) -> int:
    """Return how many texts an operation shows while no row can be written."""

    def broken(*_of: object, **_and: object) -> None:
        raise StorageTrouble("The ledger cannot be written.")

    with replaced((Ledger, "append", broken)):
        told = twin.attempt(operation, role=role, **args)
    return 0 if told.refused else told.said.count(twin.material().requester)


def _watch_logged(home: Home, slug: str) -> Iterator[Seen]:
    rows = [
        (row.number, loads(row.body))
        for row in home.desk(slug).ledger.rows()
        if row.kind in ("raw.viewed", "identity.restored")
    ]
    unnamed = [number for number, facts in rows if not facts.get("by")]
    yield same("rows about what was shown that name nobody", 0, len(unnamed), unnamed)


def _no_rows() -> AbstractContextManager[None]:
    def nothing(_self: Views, _view: object) -> None:
        return None

    return replaced((Views, "_write", nothing))


# Logging in

_ADDRESS, _ELSEWHERE = "192.0.2.7", "198.51.100.9"  # of documentation (RFC 5737)
_WITHOUT = "logins without the code of a second factor"
_WRONG = "logins with a wrong or an old code"
_TWICE = "logins with a code that was used"
_RIGHT = "a login with a right code"
_UNENROLLED = "people who must have a second factor, have none and were let in"
_IDLE = "sessions that outlived their idle time"
_GUESSED = "logins after too many failures from one address"
_COLLEAGUE = "the same login from another address"


def _logins(twin: Twin) -> Generator[Seen]:
    login = twin.login(Role.REVIEWER)
    yield same(_UNENROLLED, 0, _unenrolled(twin))
    user = twin.home.accounts.memberships(login)[0].user
    code = _enrolled(twin, user)

    def enters(code: str, address: str = "") -> bool:
        return twin.doors.enters(twin.home, login, PASSWORD, code, address)

    yield same(_WITHOUT, 0, int(enters("")))
    old = code(twin.clock() - timedelta(minutes=10))
    yield same(_WRONG, 0, sum(enters(each) for each in ("000000", old)))
    now = code(twin.clock())
    yield same(_RIGHT, expected=True, found=enters(now))
    yield same(_TWICE, 0, int(enters(now)))
    yield from _idle(twin, user)
    yield from _guesses(twin, login)


def _unenrolled(twin: Twin) -> int:
    """Return how many roles enter without the second factor that the rules ask of them."""
    must = _must(twin.rules.access.login.second_factor)
    return sum(twin.doors.enters(twin.home, twin.login(role), PASSWORD, "", "") for role in must)


def _must(rule: SecondFactor) -> frozenset[Role]:
    every = {SecondFactor.ALL: frozenset(Role), SecondFactor.REVIEWERS: _RESPONSIBLE}
    return every.get(rule, frozenset())


def _enrolled(twin: Twin, user: User) -> Callable[[datetime], str]:
    """Set up a second factor; return its code at a time, as an app shows it."""
    held = twin.home.accounts.factors
    secret = second_factor.unwritten(held.begin(user).secret)

    def code(at: datetime) -> str:
        return second_factor.code_at(secret, at)

    held.confirm(user, code(twin.clock()))
    twin.clock.forward(minutes=1)
    return code


def _idle(twin: Twin, user: User) -> Iterator[Seen]:
    accounts, minutes = twin.home.accounts, twin.rules.access.login.idle_minutes
    token = accounts.open_session(user, 24, minutes)
    twin.clock.forward(minutes=minutes + 1)
    yield same(_IDLE, 0, int(accounts.session_user(token) is not None))


def _guesses(twin: Twin, login: str) -> Iterator[Seen]:
    accounts = twin.home.accounts

    def right(address: str) -> bool:
        try:
            return accounts.authenticate(login, PASSWORD, address) is not None
        except NotPermitted:
            return False

    for _ in range(twin.rules.access.login.failures):
        accounts.authenticate(login, "a guess", _ADDRESS)
    yield same(_GUESSED, 0, int(right(_ADDRESS)))
    yield same(_COLLEAGUE, expected=True, found=right(_ELSEWHERE))


def _watch_logins(home: Home, slug: str) -> Iterator[Seen]:
    must = _must(home.tenant(slug).policy.rules.access.login.second_factor)
    held = [
        account
        for account in home.accounts.users.list()
        for each in account.memberships
        if each.tenant == slug and each.roles & must and not account.second_factor
    ]
    what = "sessions of people who must have a second factor and have none"
    yield same(what, 0, sum(each.sessions for each in held))


def _any_code() -> AbstractContextManager[None]:
    def any_code(_self: factors.SqlFactors, _user: User, code: str) -> bool:
        return bool(code)

    return replaced((factors.SqlFactors, "check", any_code))


def _codes_again() -> AbstractContextManager[None]:
    return replaced((factors, "_use", _yes))


def _never_idle() -> AbstractContextManager[None]:
    def known(_self: Accounts, _token: str) -> Session:
        return Session(User("", ""), WaitsFor.NOTHING)

    return replaced((Accounts, "session", known))


def _no_throttle() -> AbstractContextManager[None]:
    def nothing(_self: Throttle, _login: str, _address: str) -> None:
        return None

    return replaced((Throttle, "check", nothing))


def _yes(*_of: object) -> bool:
    return True


def _off(patch: Callable[[], AbstractContextManager[None]], sees: LiteralString) -> Off:
    return Off(patch, sees)


CONTROLS = (
    Control(
        "access.roles",
        "Each role calls what the matrix and the tenant's rules give it, and nothing else.",
        _roles,
        _watch_roles,
        {"roles": _off(_everybody_may, _BEYOND), "rules": _off(_rules_ignored, _RAW)},
    ),
    Control(
        "access.restore-logged",
        "Each view of unredacted text and each restored name is a row of the ledger.",
        _logged,
        _watch_logged,
        {"rows": _off(_no_rows, _VIEWS), "rows of restores": _off(_no_rows, _LISTED)},
    ),
    Control(
        "access.login",
        "A login needs its second factor, ends when idle; guessing locks out no colleague.",
        _logins,
        _watch_logins,
        {
            "code": _off(_any_code, _WRONG),
            "code used once": _off(_codes_again, _TWICE),
            "idle time": _off(_never_idle, _IDLE),
            "waiting after failures": _off(_no_throttle, _GUESSED),
        },
    ),
)
