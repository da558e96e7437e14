"""What each operation does, in one line: help texts and docs are made from it.

A module of its own, because help must not import an operation.
"""

from __future__ import annotations

LINES = {
    "ask": (
        "Answer a question from a tenant's documents, with citations and why each passage was "
        "found."
    ),
    "draft": "Draft cited replies; each one waits in the queue for a person.",
    "draft.batch": "Draft replies to many tickets, with a file of results that can be resumed.",
    "forget.document": (
        "Forget documents: rows, logs, free pages and vectors are erased from the disk."
    ),
    "forget.ticket": (
        "Forget a ticket as it came and as it was redacted, its drafts, decisions and replies."
    ),
    "gaps.list": "List what was asked in vain, like questions together, most often asked first.",
    "ingest.upload": "Read an uploaded document; it replaces an earlier one of the same name.",
    "ingest": (
        "Read documents into a tenant's index; what is gone from the folder goes from the index."
    ),
    "ledger.show": "Show the last rows: hashes, counts, ids and closed words, never text.",
    "ledger.verify": (
        "Prove that no row was changed, dropped, moved or added; ends with 4 when one was."
    ),
    "library.forget": (
        "Forget documents of the library: rows, logs, free pages and vectors are erased."
    ),
    "library.ingest": ("Read documents into the library; what is masked there is masked for good."),
    "library.reindex": (
        "Replace the library's vectors that another model made; the old ones answer meanwhile."
    ),
    "library.show": "Show how much the library holds, and who reads it.",
    "member.add": "Give a user a further role at a tenant.",
    "member.remove": "Take a role at a tenant away from a user.",
    "outbox.deliver": "Post what is due to the webhook, each reply on its own.",
    "outbox.list": "List released replies, oldest first.",
    "outbox.retry": "Make replies that were given up due again: one of them, or all.",
    "people.import": (
        "Declare a tenant's people, so that they are masked wherever they are written."
    ),
    "redact": "Print a text with identity masked. Keeps nothing; with a tenant it only looks up.",
    "reindex": (
        "Replace the vectors that another model made; the old ones answer until all are replaced."
    ),
    "review.approve": "Approve a draft as it is.",
    "review.edit": (
        "Replace what will be sent; the new words are redacted, checked and wait for approval."
    ),
    "review.list": "List what waits for a decision or for its release, oldest first.",
    "review.reject": "Reject a draft; it is kept and can never be released.",
    "review.release": "Put identity back into an approved reply and place it in the outbox.",
    "review.show": "Show what the model saw, what it said and what would be sent.",
    "session.end": "End every session of a user at once.",
    "summarise": "Summarise tickets; each summary is kept with its ledger row.",
    "summarise.batch": "Summarise many tickets, with a file of results that can be resumed.",
    "talk.begin": "Begin a conversation with the knowledge base, or go on with one.",
    "talk.leave": "Leave a conversation: it is forgotten.",
    "talk.note": "Keep the last question of a conversation as a gap.",
    "talk.show": "Show a conversation, with identity put back.",
    "talk.stop": "Stop the answer that is being written.",
    "tenant.add": "Add a tenant under the strictest policy that works.",
    "tenant.list": "List the tenants of this home.",
    "tenant.set": (
        "Change rules of a tenant's policy; each change is a new version of it, in the ledger."
    ),
    "tenant.show": "Show a tenant's policy and how much is kept about it.",
    "terms.add": ("Decide that a word is always masked, or stays readable; a secret stays masked."),
    "terms.leave": "Leave readable what a placeholder of an open ticket or draft stands for.",
    "terms.list": "List the words that were decided on.",
    "terms.masked": "Show what is masked in an open ticket or draft, and could be left readable.",
    "terms.remove": "Leave a word to detection again.",
    "tickets.find": "Find tickets by number, word, requester or status, with identity put back.",
    "tickets.import": "Import tickets; those that are there already are updated.",
    "tickets.import_file": "Import tickets from a file of this machine, whatever its size.",
    "tickets.list": "List a tenant's tickets, redacted.",
    "tickets.show": "Show a ticket as it came, to a person who is a member of its tenant.",
    "tickets.redact": (
        "Redact tickets again, all of them or some: after a term was added, or people were "
        "imported."
    ),
    "user.add": ("Give a person a login and a role with a tenant; the password is asked for."),
    "user.list": "List users with their roles; with a tenant, the users of that tenant.",
    "user.own_password": "Change your own password; your other sessions end.",
    "user.password": "Set a user's password; the user's sessions end.",
    "user.remove": "Remove a user with all roles; the user's sessions end at once.",
    "user.show": "Show a user's roles, sessions and last login.",
}
