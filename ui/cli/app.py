"""The tree of commands."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import typer

from ui.cli import (
    documents,
    forgetting,
    frames,
    injection,
    knowledge,
    leakage,
    ledger,
    library,
    measuring,
    models,
    outbox,
    review,
    serving,
    tenants,
    terms,
    tickets,
    users,
)
from ui.operations.lines import LINES

_HELP = """A support assistant that keeps confidences.

Customer identity is replaced by placeholders before anything else reads a text."""


def _group(help_text: str) -> typer.Typer:
    return typer.Typer(help=help_text, no_args_is_help=True)


def _command(group: typer.Typer, name: str, operation: str, command: Callable[..., None]) -> None:
    """Add the command of an operation; its help is the operation's line, then the docstring."""
    more = inspect.getdoc(command) or ""
    group.command(name, help=f"{LINES[operation]}\n\n{more}")(command)


def build() -> typer.Typer:
    """Return the whole command line."""
    top = typer.Typer(
        help=_HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
    )
    top.command("serve")(serving.serve)
    _command(top, "ingest", "ingest", knowledge.ingest)
    _command(top, "reindex", "reindex", tenants.reindex)
    _command(top, "ask", "ask", knowledge.ask)
    _command(top, "gaps", "gaps.list", knowledge.gaps)
    _command(top, "redact", "redact", knowledge.redact)
    _command(top, "summarise", "summarise", tickets.summarise)
    _command(top, "draft", "draft", tickets.draft)
    top.add_typer(_tenants(), name="tenant")
    top.add_typer(_library(), name="library")
    top.add_typer(_documents(), name="documents")
    top.add_typer(_models(), name="model")
    top.add_typer(_people(), name="people")
    top.add_typer(_terms(), name="terms")
    top.add_typer(_frames(), name="frames")
    top.add_typer(_users(), name="user")
    top.add_typer(_members(), name="member")
    top.add_typer(_tickets(), name="tickets")
    top.add_typer(_forget(), name="forget")
    top.add_typer(_review(), name="review")
    top.add_typer(_injection(), name="injection")
    top.add_typer(_outbox(), name="outbox")
    top.add_typer(_ledger(), name="ledger")
    top.add_typer(_eval(), name="eval")
    return top


def _tenants() -> typer.Typer:
    group = _group("Clients whose tickets and documents are kept apart.")
    _command(group, "add", "tenant.add", tenants.add)
    _command(group, "list", "tenant.list", tenants.list_all)
    _command(group, "show", "tenant.show", tenants.show)
    _command(group, "set", "tenant.set", tenants.change)
    return group


def _library() -> typer.Typer:
    group = _group("The provider's own runbooks, which tenants may read and never write.")
    _command(group, "ingest", "library.ingest", library.ingest)
    _command(group, "reindex", "library.reindex", library.reindex)
    _command(group, "show", "library.show", library.show)
    _command(group, "forget", "library.forget", library.forget)
    _command(group, "audience", "library.audience", library.audience)
    return group


def _documents() -> typer.Typer:
    group = _group("Documents of a tenant, and who may read them.")
    _command(group, "list", "documents.list", documents.list_all)
    _command(group, "audience", "documents.audience", documents.audience)
    return group


def _models() -> typer.Typer:
    group = _group("Language models: which there are, who uses which, and what it costs.")
    _command(group, "add", "model.add", models.add)
    _command(group, "list", "model.list", models.list_all)
    _command(group, "remove", "model.remove", models.remove)
    _command(group, "use", "model.use", models.use)
    _command(group, "check", "model.check", models.check)
    _command(group, "usage", "model.usage", models.usage)
    return group


def _people() -> typer.Typer:
    group = _group("People of a tenant, who are always masked.")
    _command(group, "import", "people.import", tenants.import_people)
    return group


def _terms() -> typer.Typer:
    group = _group("Words that are always masked, or left readable, for a tenant.")
    _command(group, "add", "terms.add", terms.add)
    _command(group, "remove", "terms.remove", terms.remove)
    _command(group, "list", "terms.list", terms.list_all)
    return group


def _frames() -> typer.Typer:
    group = _group("Words around what a reply quotes, in each language.")
    _command(group, "show", "frames.show", frames.show)
    _command(group, "set", "frames.set", frames.change)
    return group


def _users() -> typer.Typer:
    group = _group("People who may log in.")
    _command(group, "add", "user.add", tenants.add_user)
    _command(group, "list", "user.list", users.list_all)
    _command(group, "show", "user.show", users.show)
    _command(group, "remove", "user.remove", users.remove)
    _command(group, "password", "user.password", users.password)
    _command(group, "own-password", "user.own_password", users.own_password)
    _command(group, "end-sessions", "session.end", users.end_sessions)
    return group


def _members() -> typer.Typer:
    group = _group("Roles of users at a tenant.")
    _command(group, "add", "member.add", users.add_member)
    _command(group, "remove", "member.remove", users.remove_member)
    return group


def _tickets() -> typer.Typer:
    group = _group("Tickets of a tenant.")
    _command(group, "import", "tickets.import", tickets.import_file)
    _command(group, "list", "tickets.list", tickets.list_all)
    _command(group, "show", "tickets.show", tickets.show)
    _command(group, "redact", "tickets.redact", tickets.redact)
    return group


def _forget() -> typer.Typer:
    group = _group("Erase data for good, also from the disk.")
    _command(group, "document", "forget.document", forgetting.document)
    _command(group, "ticket", "forget.ticket", forgetting.ticket)
    return group


def _review() -> typer.Typer:
    group = _group("Drafted replies that wait for a person.")
    _command(group, "list", "review.list", review.list_waiting)
    _command(group, "show", "review.show", review.show)
    _command(group, "stats", "review.stats", review.stats)
    _command(group, "seen", "review.seen", review.seen)
    _command(group, "approve", "review.approve", review.approve)
    _command(group, "edit", "review.edit", review.edit)
    _command(group, "reject", "review.reject", review.reject)
    _command(group, "release", "review.release", review.release)
    return group


def _injection() -> typer.Typer:
    group = _group("Sentences that read like prompt injections and are honest.")
    _command(group, "honest", "injection.honest", injection.honest)
    _command(group, "list", "injection.list", injection.list_all)
    _command(group, "remove", "injection.remove", injection.remove)
    return group


def _outbox() -> typer.Typer:
    group = _group("Released replies.")
    _command(group, "list", "outbox.list", outbox.list_all)
    group.command("export")(outbox.export)
    _command(group, "deliver", "outbox.deliver", outbox.deliver)
    _command(group, "retry", "outbox.retry", outbox.retry)
    return group


def _ledger() -> typer.Typer:
    group = _group("The log of what was sent, received and decided, and its verification.")
    _command(group, "show", "ledger.show", ledger.show)
    _command(group, "verify", "ledger.verify", ledger.verify)
    return group


def _eval() -> typer.Typer:
    group = _group("Measure: redaction, retrieval, prompt injections, drafts, answers, leakage.")
    group.command("privacy")(measuring.privacy)
    group.command("retrieval")(measuring.retrieval)
    group.command("injection")(measuring.injection)
    group.command("drafts")(measuring.drafts)
    group.command("answers")(measuring.answers)
    group.command("leakage")(leakage.leakage)
    return group


app = build()
