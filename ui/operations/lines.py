"""What each operation does, in one line: help texts and docs are made from it.

It is a separate module, because help must not import an operation.
"""

from __future__ import annotations

LINES = {
    "ask": (
        "Answer a question from a tenant's documents, with citations and why each passage was "
        "found."
    ),
    "audit.judge": "Judge an output of the sample: five answers, by another person.",
    "audit.list": "List the forms of the monthly audit, those that are overdue first.",
    "audit.sample": "Draw a finished month's sample of AI outputs, or compute and compare it.",
    "audit.stats": "Count the answers of the audit by month.",
    "challenge.decide": "Take the second look that was asked for, and keep its outcome.",
    "challenge.list": "List challenges with the day on which each is due, overdue ones first.",
    "challenge.open": "Note that a person concerned challenges a released or rejected reply.",
    "documents.audience": "Set who may read documents: customers too, or agents only.",
    "documents.list": "List a tenant's documents with who may read each.",
    "draft": (
        "Draft cited replies, each with a brief for agents; each one waits in the queue for a "
        "person."
    ),
    "draft.batch": "Draft replies to many tickets, with a file of results that can be resumed.",
    "evidence.run": "Try each promise of a tenant's policy, and write a signed report.",
    "explain": "Explain a draft: passages, checks, writer, policy, and who decided about it.",
    "forget.document": (
        "Forget documents: rows, logs, free pages and vectors are erased from the disk."
    ),
    "forget.ticket": (
        "Forget a ticket, unredacted and redacted, with its drafts, decisions and replies."
    ),
    "frames.set": "Use your own words for a frame of replies, or the shipped ones again.",
    "frames.show": "Show the frames of replies: greeting, lead, close, in each language.",
    "gaps.list": "List questions that no document answered, grouped, most often asked first.",
    "ingest.upload": "Read an uploaded document; it replaces an earlier one of the same name.",
    "ingest": (
        "Read documents into a tenant's index; files deleted from the folder are removed from it."
    ),
    "injection.honest": (
        "Say that a suspicious span of a draft is honest; its sentence is not flagged again."
    ),
    "injection.list": "List the sentences that were called honest.",
    "injection.remove": "Let a sentence that was called honest be flagged again.",
    "ledger.show": "Show the last rows: hashes, counts, ids and fixed words, never text.",
    "ledger.anchor": "Write signed heads of ledgers to a file, to be kept elsewhere.",
    "ledger.export": "Export a ledger for an auditor, with signed heads.",
    "ledger.key": "Print the public key that verifies exports and anchors.",
    "ledger.verify": "Verify that no row was changed, dropped, moved, added or rolled back.",
    "library.audience": (
        "Set who may read documents of the library: customers too, or agents only."
    ),
    "library.forget": (
        "Forget documents of the library: rows, logs, free pages and vectors are erased."
    ),
    "library.ingest": (
        "Read documents into the library; values masked there can never be restored."
    ),
    "library.reindex": (
        "Rebuild the library's vectors of another model; the old ones answer until it is done."
    ),
    "library.show": "Show how much the library contains, and which tenants read it.",
    "member.add": "Give a user another role at a tenant.",
    "member.remove": "Remove a role at a tenant from a user.",
    "model.add": "Register a model that tenants may use; its key is never stored.",
    "model.check": "Ask a model a harmless question, and say in words what works.",
    "model.list": "List the models; the first is the one that the environment's settings describe.",
    "model.remove": "Remove a model that no tenant uses.",
    "model.usage": "Show the tokens and cost of each model, and what became of its texts.",
    "model.use": "Choose the model of a tenant's features, and limit its tokens.",
    "outbox.deliver": "Send the replies that are due to the webhook, each in its own request.",
    "outbox.list": "List released replies, oldest first.",
    "outbox.retry": "Make replies whose delivery was given up due again: one of them, or all.",
    "people.import": (
        "Declare a tenant's people, so that they are masked wherever they are written."
    ),
    "people.opt_in": "Take back that a person has opted out of AI.",
    "people.opt_out": "Note that a person has opted out of AI: nothing is written by AI for them.",
    "people.opt_outs": "List the people who have opted out of AI.",
    "policy.attest": "Vouch for a clause of the tenant's policy until a day; only an officer can.",
    "policy.attestations": (
        "List the clauses that an officer vouches for, and which of them are open."
    ),
    "privacy.pending": "Show which rules of a tenant become weaker, and when.",
    "privacy.show": (
        "Show what a tenant has promised, what becomes weaker, and what nobody vouches for."
    ),
    "policy.apply": "Put a tenant under a published policy, as the next version of its rules.",
    "policy.diff": "Compare rules: what becomes stricter, what weaker, and when it holds.",
    "policy.history": "List every version of a tenant's policy: who, when, and what it loosened.",
    "policy.show": "Show which policy is in force at a tenant, and what is pending.",
    "policy.trust_clock": "Agree to the clock of this machine after it was far off.",
    "redact": "Print a text with identity masked. Nothing is stored; a vault is only read.",
    "register.add": (
        "Register a place that text may go to, or let a tenant use one; its notice begins now."
    ),
    "register.end": "End an entry of the register, for one tenant or for all.",
    "register.list": "List the register of sub-processors: every place that may be reached.",
    "register.renew": "State what the operator of an entry has promised, as reviewed today.",
    "register.show": "Show an entry of the register, and whether a tenant may use it now.",
    "reindex": (
        "Rebuild the vectors of another embedding model; the old ones answer until it is done."
    ),
    "reply.write": "Write a reply by hand; it is redacted, checked and waits for a reviewer.",
    "review.approve": "Approve a draft as it is.",
    "review.edit": (
        "Replace the text to be sent; the new text is redacted, checked and waits for approval."
    ),
    "review.list": "List the drafts that wait for a decision or for release, oldest first.",
    "review.reject": "Reject a draft; it is kept and can never be released.",
    "review.release": "Restore identity in an approved reply and put it into the outbox.",
    "review.seen": "Confirm that you have read the messages that came after a draft was made.",
    "review.show": "Show what the model saw, what it said and what would be sent.",
    "review.stats": "Show acceptance, changes, time to decision, and what became of models' texts.",
    "session.end": "End every session of a user at once.",
    "summarise": "Summarise tickets; each summary is kept with its ledger row.",
    "summarise.batch": "Summarise many tickets, with a file of results that can be resumed.",
    "talk.begin": "Start a conversation with the knowledge base, or continue one.",
    "talk.leave": "End a conversation; its texts are dropped.",
    "talk.note": "Keep the last question of a conversation as a gap.",
    "talk.show": "Show a conversation, with identity restored.",
    "talk.stop": "Stop the answer that is being written.",
    "tenant.add": "Add a tenant under the strictest policy that works.",
    "tenant.list": "List the tenants of this home.",
    "tenant.set": (
        "Change rules of a tenant's policy; each change is a new version, recorded in the ledger."
    ),
    "tenant.show": "Show a tenant's policy and how much is stored for it.",
    "terms.add": ("Set that a word is always masked or stays readable; a secret is always masked."),
    "terms.leave": "Make the value of a placeholder in an open ticket or draft readable.",
    "terms.list": "List the words that are always masked or left readable.",
    "terms.masked": "Show the masked values of an open ticket or draft that may be left readable.",
    "terms.remove": "Remove the rule for a word, so that detection decides again.",
    "tickets.find": "Find tickets by number, word, requester or status, with identity restored.",
    "tickets.import": "Import tickets; existing ones are updated.",
    "tickets.import_file": "Import tickets from a file of any size on this machine.",
    "tickets.list": "List a tenant's tickets, redacted.",
    "tickets.show": "Show a ticket unredacted, to a person who is a member of its tenant.",
    "tickets.redact": (
        "Redact tickets again, all of them or some: after a term was added, or people were "
        "imported."
    ),
    "training.export": (
        "Write redacted tickets to a file for training, where the tenant's policy allows that."
    ),
    "user.add": ("Give a person a login and a role at a tenant; the password is asked for."),
    "user.link": "Let an account of the identity provider log a user in.",
    "user.list": "List users with their roles; with a tenant, the users of that tenant.",
    "user.own_password": "Change your own password; your other sessions end.",
    "user.password": "Set a user's password; the user's sessions end.",
    "user.remove": "Remove a user with all roles; the user's sessions end at once.",
    "user.reset_factor": (
        "Remove a user's second factor, after a device was lost; the user's sessions end."
    ),
    "user.show": "Show a user's roles, sessions and last login.",
}
