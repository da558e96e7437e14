"""The tree of commands."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping

import typer

from ui.cli import (
    attestations,
    audits,
    by_hand,
    challenges,
    documents,
    evidence,
    explain,
    forgetting,
    frames,
    injection,
    knowledge,
    leakage,
    ledger,
    library,
    measuring,
    models,
    opt_outs,
    outbox,
    policy,
    profiles,
    register,
    review,
    serving,
    tenants,
    terms,
    tickets,
    training,
    users,
)
from ui.operations.lines import LINES

_HELP = """A support assistant that keeps confidences.

Customer identity is replaced by placeholders before anything else reads a text."""

_ITSELF = ""
"""The name of the command that a group runs without another one."""
_Commands = Mapping[str, Callable[..., None]]
_TOP: _Commands = {
    "serve": serving.serve,
    "ingest": knowledge.ingest,
    "reindex": tenants.reindex,
    "ask": knowledge.ask,
    "gaps": knowledge.gaps,
    "redact": knowledge.redact,
    "summarise": tickets.summarise,
    "draft": tickets.draft,
    "explain": explain.explain,
}
_GROUPS: Mapping[str, tuple[str, _Commands]] = {
    "tenant": (
        "Clients whose tickets and documents are kept apart.",
        {
            "add": tenants.add,
            "list": tenants.list_all,
            "show": tenants.show,
            "set": tenants.change,
        },
    ),
    "library": (
        "The provider's own runbooks, which tenants may read and never write.",
        {
            "ingest": library.ingest,
            "reindex": library.reindex,
            "show": library.show,
            "forget": library.forget,
            "audience": library.audience,
        },
    ),
    "documents": (
        "Documents of a tenant, and who may read them.",
        {
            "list": documents.list_all,
            "audience": documents.audience,
        },
    ),
    "model": (
        "Language models: which there are, who uses which, and what it costs.",
        {
            "add": models.add,
            "list": models.list_all,
            "remove": models.remove,
            "use": models.use,
            "check": models.check,
            "usage": models.usage,
        },
    ),
    "register": (
        "Sub-processors: every place outside that may be reached, and what was promised.",
        {
            "add": register.add,
            "list": register.list_all,
            "show": register.show,
            "renew": register.renew,
            "end": register.end,
        },
    ),
    "training": (
        "Texts for training; by default nothing may be used.",
        {
            "export": training.export,
        },
    ),
    "people": (
        "People of a tenant, who are always masked, and their choice about AI.",
        {
            "import": tenants.import_people,
            "opt-out": opt_outs.out,
            "opt-in": opt_outs.back_in,
            "opt-outs": opt_outs.list_all,
        },
    ),
    "terms": (
        "Words that are always masked, or left readable, for a tenant.",
        {
            "add": terms.add,
            "remove": terms.remove,
            "list": terms.list_all,
        },
    ),
    "frames": (
        "Words around what a reply quotes, in each language.",
        {
            "show": frames.show,
            "set": frames.change,
        },
    ),
    "user": (
        "People who may log in.",
        {
            "add": tenants.add_user,
            "list": users.list_all,
            "show": users.show,
            "remove": users.remove,
            "password": users.password,
            "own-password": users.own_password,
            "reset-factor": users.reset_factor,
            "link": users.link,
            "end-sessions": users.end_sessions,
        },
    ),
    "member": (
        "Roles of users at a tenant.",
        {
            "add": users.add_member,
            "remove": users.remove_member,
        },
    ),
    "tickets": (
        "Tickets of a tenant.",
        {
            "import": tickets.import_file,
            "list": tickets.list_all,
            "show": tickets.show,
            "redact": tickets.redact,
        },
    ),
    "forget": (
        "Erase data for good, also from the disk.",
        {
            "document": forgetting.document,
            "ticket": forgetting.ticket,
        },
    ),
    "reply": (
        "Replies without AI.",
        {
            "write": by_hand.write,
        },
    ),
    "review": (
        "Drafted replies that wait for a person.",
        {
            "list": review.list_waiting,
            "show": review.show,
            "stats": review.stats,
            "seen": review.seen,
            "approve": review.approve,
            "edit": review.edit,
            "reject": review.reject,
            "release": review.release,
        },
    ),
    "audit": (
        "The monthly audit of AI outputs.",
        {
            "sample": audits.sample,
            "list": audits.list_all,
            "judge": audits.judge,
            "stats": audits.stats,
        },
    ),
    "challenge": (
        "Second looks that people concerned ask for.",
        {
            "open": challenges.open_one,
            "decide": challenges.decide,
            "list": challenges.list_all,
        },
    ),
    "injection": (
        "Sentences that read like prompt injections and are honest.",
        {
            "honest": injection.honest,
            "list": injection.list_all,
            "remove": injection.remove,
        },
    ),
    "outbox": (
        "Released replies.",
        {
            "list": outbox.list_all,
            "export": outbox.export,
            "deliver": outbox.deliver,
            "retry": outbox.retry,
        },
    ),
    "policy": (
        "Published privacy policies as rules and clauses, and the policy of a tenant.",
        {
            "lint": profiles.lint,
            "list": profiles.list_all,
            "clauses": profiles.clauses,
            "controls": profiles.controls,
            "schema": profiles.schema,
            "attest": attestations.attest,
            "attestations": attestations.attestations,
            "show": policy.show,
            "diff": policy.diff,
            "apply": policy.apply,
            "history": policy.history,
            "trust-clock": policy.trust_clock,
        },
    ),
    "ledger": (
        "The log of what was sent, received and decided, and its verification.",
        {
            "show": ledger.show,
            "verify": ledger.verify,
            "export": ledger.export,
            "anchor": ledger.anchor,
            "key": ledger.key,
        },
    ),
    "evidence": (
        "",
        {
            _ITSELF: evidence.evidence,
            "verify": evidence.verify,
        },
    ),
    "eval": (
        "Measure: redaction, retrieval, prompt injections, drafts, answers, leakage.",
        {
            "privacy": measuring.privacy,
            "retrieval": measuring.retrieval,
            "injection": measuring.injection,
            "drafts": measuring.drafts,
            "answers": measuring.answers,
            "leakage": leakage.leakage,
        },
    ),
}
"""Each group: its help line, and its commands, which are named like their operations.

The operation of ``user own-password`` is ``user.own_password``.
"""
_OPERATIONS = {
    "gaps": "gaps.list",
    "user end-sessions": "session.end",
}
"""The operations of commands that have another name."""


def build() -> typer.Typer:
    """Return the whole command line."""
    top = typer.Typer(
        help=_HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
    )
    _add(top, _TOP)
    for name, (line, commands) in _GROUPS.items():
        own = commands.get(_ITSELF)
        group = typer.Typer(
            help=line or None, no_args_is_help=own is None, invoke_without_command=own is not None
        )
        if own is not None:
            group.callback(help=_help(f"{name} run", own))(own)
        _add(group, commands, f"{name} ")
        top.add_typer(group, name=name)
    return top


def _add(group: typer.Typer, commands: _Commands, path: str = "") -> None:
    for name, command in commands.items():
        if name == _ITSELF:
            continue
        group.command(name, help=_help(f"{path}{name}", command))(command)


def operation_of(path: str) -> str:
    """Return the name of a command's operation; ``path`` is its words (``model add``)."""
    return _OPERATIONS.get(path, path.replace(" ", ".").replace("-", "_"))


def _help(path: str, command: Callable[..., None]) -> str:
    """Return the line of the command's operation, if it has one, and then the docstring."""
    parts = (LINES.get(operation_of(path)), inspect.getdoc(command))
    return "\n\n".join(part for part in parts if part)


app = build()
