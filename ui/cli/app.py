"""The tree of commands."""

from __future__ import annotations

import typer

from ui.cli import (
    forgetting,
    knowledge,
    leakage,
    ledger,
    library,
    measuring,
    outbox,
    review,
    serving,
    tenants,
    terms,
    tickets,
)

_HELP = """A support assistant that keeps confidences.

Customer identity is replaced by placeholders before anything else reads a text."""


def _group(help_text: str) -> typer.Typer:
    return typer.Typer(help=help_text, no_args_is_help=True)


def build() -> typer.Typer:
    """Return the whole command line."""
    top = typer.Typer(
        help=_HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
    )
    top.command("serve")(serving.serve)
    top.command("ingest")(knowledge.ingest)
    top.command("reindex")(tenants.reindex)
    top.command("ask")(knowledge.ask)
    top.command("gaps")(knowledge.gaps)
    top.command("redact")(knowledge.redact)
    top.command("summarise")(tickets.summarise)
    top.command("draft")(tickets.draft)
    top.add_typer(_tenants(), name="tenant")
    top.add_typer(_library(), name="library")
    top.add_typer(_people(), name="people")
    top.add_typer(_terms(), name="terms")
    top.add_typer(_users(), name="user")
    top.add_typer(_tickets(), name="tickets")
    top.add_typer(_forget(), name="forget")
    top.add_typer(_review(), name="review")
    top.add_typer(_outbox(), name="outbox")
    top.add_typer(_ledger(), name="ledger")
    top.add_typer(_eval(), name="eval")
    return top


def _tenants() -> typer.Typer:
    group = _group("Clients whose tickets and documents are kept apart.")
    group.command("add")(tenants.add)
    group.command("list")(tenants.list_all)
    group.command("show")(tenants.show)
    group.command("set")(tenants.change)
    return group


def _library() -> typer.Typer:
    group = _group("The provider's own runbooks, which tenants may read and never write.")
    group.command("ingest")(library.ingest)
    group.command("reindex")(library.reindex)
    group.command("show")(library.show)
    group.command("forget")(library.forget)
    return group


def _people() -> typer.Typer:
    group = _group("People of a tenant, who are masked everywhere.")
    group.command("import")(tenants.import_people)
    return group


def _terms() -> typer.Typer:
    group = _group("Words that a tenant decides on: always masked, or left readable.")
    group.command("add")(terms.add)
    group.command("remove")(terms.remove)
    group.command("list")(terms.list_all)
    return group


def _users() -> typer.Typer:
    group = _group("People who may log in.")
    group.command("add")(tenants.add_user)
    return group


def _tickets() -> typer.Typer:
    group = _group("Tickets of a tenant.")
    group.command("import")(tickets.import_file)
    group.command("list")(tickets.list_all)
    group.command("show")(tickets.show)
    group.command("redact")(tickets.redact)
    return group


def _forget() -> typer.Typer:
    group = _group("Erase for good, from the disk too.")
    group.command("document")(forgetting.document)
    group.command("ticket")(forgetting.ticket)
    return group


def _review() -> typer.Typer:
    group = _group("Drafted replies that wait for a person.")
    group.command("list")(review.list_waiting)
    group.command("show")(review.show)
    group.command("approve")(review.approve)
    group.command("edit")(review.edit)
    group.command("reject")(review.reject)
    group.command("release")(review.release)
    return group


def _outbox() -> typer.Typer:
    group = _group("Released replies.")
    group.command("list")(outbox.list_all)
    group.command("export")(outbox.export)
    group.command("deliver")(outbox.deliver)
    return group


def _ledger() -> typer.Typer:
    group = _group("What left, what came back, and the proof that nobody changed it.")
    group.command("show")(ledger.show)
    group.command("verify")(ledger.verify)
    return group


def _eval() -> typer.Typer:
    group = _group("Measure: redaction, retrieval, prompt injections, drafts, leakage.")
    group.command("privacy")(measuring.privacy)
    group.command("retrieval")(measuring.retrieval)
    group.command("injection")(measuring.injection)
    group.command("drafts")(measuring.drafts)
    group.command("leakage")(leakage.leakage)
    return group


app = build()
