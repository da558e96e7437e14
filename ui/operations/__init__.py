"""The named operations of Quietdesk; the command line, the socket and the page call the same ones.

An operation takes a `Home`, a caller, arguments and a callback for progress, and returns a result.
Arguments and results are JSON, because an operation may run in another process than its caller.
Texts leave the program here: no code below calls `ForPerson.for_display` or `RedactedText.reveal`.
Modules here load no model and no database until an operation runs.
"""
