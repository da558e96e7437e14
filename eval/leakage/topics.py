"""The topics of the planted tickets and documents; the words contain no identity."""

from __future__ import annotations

from dataclasses import dataclass

from guardrails.spans import EntityType


@dataclass(frozen=True, slots=True)
class Topic:
    """A problem, how a requester describes it, and a runbook's steps."""

    title: str
    trouble: str
    steps: tuple[str, ...]


TOPICS = (
    Topic(
        "Printer prints blank pages",
        "The printer prints blank pages since this morning.",
        ("Open the printer queue and restart the spooler service.", "Print a test page."),
    ),
    Topic(
        "VPN stops at 98 percent",
        "The VPN client stops at 98 percent and then gives up.",
        ("Remove the virtual network adapter.", "Install the VPN client again as administrator."),
    ),
    Topic(
        "Mailbox is full",
        "My mailbox is full and nobody can write to me.",
        ("Switch on the online archive of the mailbox.", "Run the managed folder assistant."),
    ),
    Topic(
        "Scanner loses its connection",
        "The handheld scanner loses its connection in the far aisle.",
        ("Pin the scanner to the five gigahertz band.", "Renew the certificate of the scanner."),
    ),
    Topic(
        "Backup job ends with a warning",
        "The nightly backup job ends with a warning about a snapshot.",
        ("Delete the stale snapshot of the backup job.", "Start the backup job by hand."),
    ),
    Topic(
        "Laptop does not wake up",
        "The laptop does not wake up when its lid is opened.",
        ("Update the firmware of the laptop.", "Switch off fast startup in the power options."),
    ),
    Topic(
        "Shared drive is missing",
        "The shared drive is missing after I changed my password.",
        ("Clear the stored credentials.", "Map the shared drive again at the next logon."),
    ),
    Topic(
        "Calendar shows the wrong time",
        "Meetings in the calendar show the wrong time since the clocks changed.",
        ("Set the time zone of the mailbox.", "Restart the calendar service on the phone."),
    ),
)

DECLARED = {
    EntityType.PERSON: (
        "Please keep {v} in the loop.",
        "It was {v} who saw it first.",
        "{v} agrees.",
    ),
    EntityType.EMAIL_ADDRESS: ("Write to {v} about it.", "Copied: {v}", "Answers go to {v} only."),
    EntityType.PHONE_NUMBER: ("Call {v} after lunch.", "The number is {v} until Friday."),
    EntityType.USERNAME: ("The account {v} is locked.", "Signed in as {v} it works."),
    EntityType.EMPLOYEE_ID: ("The badge says {v}.", "Charge it to {v}, please."),
    EntityType.HOSTNAME: ("It happens on {v} only.", "We restarted {v} twice."),
    EntityType.SERIAL_NUMBER: ("The sticker reads {v}.", "Device {v} is under warranty."),
}
"""Sentences for declared values; not all of them give a detector a hint."""

UNDECLARED = {
    EntityType.PERSON: (
        "I spoke to {v} about this yesterday.",
        "My colleague {v} has the same trouble.",
        "Regards,\n{v}",
    ),
    EntityType.EMAIL_ADDRESS: ("You can reach me at {v} as well.", "Please forward it to {v}."),
    EntityType.PHONE_NUMBER: ("Call me on {v}.", "My mobile is {v}, after six."),
    EntityType.HOSTNAME: ("The server {v} does not answer.", "Event log of {v}: service stopped."),
    EntityType.USERNAME: ("My user name is {v}.", "Login failed for user {v}."),
    EntityType.SERIAL_NUMBER: ("Serial number: {v}", "The laptop with serial {v} is affected."),
    EntityType.EMPLOYEE_ID: ("My employee number is {v}.", "Employee ID {v}, second shift."),
    EntityType.STREET_ADDRESS: ("Send the replacement to {v}.", "Our new office is at {v}."),
    EntityType.ORGANIZATION: ("We do this for {v} every month.", "The customer {v} is waiting."),
    EntityType.IP_ADDRESS: ("Its address is {v}.", "No ping from {v} since noon."),
    EntityType.MAC_ADDRESS: ("The MAC address is {v}.", "DHCP gives nothing to {v}."),
    EntityType.CREDIT_CARD: ("I paid with card {v}.", "Card number {v} was charged twice."),
    EntityType.ACCOUNT_NUMBER: ("The refund goes to IBAN {v}.", "Our account: {v}"),
    EntityType.NATIONAL_ID: ("My social security number is {v}.", "SSN {v} is on the form."),
    EntityType.DATE_OF_BIRTH: ("I was born on {v}.", "Date of birth: {v}"),
    EntityType.SECRET: ("The password is {v}", "I set the API key to {v} for now.", "pwd={v}"),
}
"""Sentences for undeclared values, as people write them."""

AGAIN = (
    "As said above, {v} is the one.",
    "It ends with /var/spool/{v}/today.csv every time.",
    "Tagged v2-{v}-final since then.",
)
"""Sentences that repeat a value without a hint of its type, some as if it were a thing."""

A_THING = "Branch feature/{v} has the fix."
