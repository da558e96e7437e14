"""What can be asked of Quietdesk, by name: the same operations for the command line and the socket.

An operation takes a `Home`, arguments and a place for progress, and gives a result. Arguments and
results are JSON, because an operation may run in another process than the one that asked for it.
This is a door: `ForPerson.for_display` and `RedactedText.reveal` are called here and not before.
Modules here load no model and no database until an operation runs.
"""
