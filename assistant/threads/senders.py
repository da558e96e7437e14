"""Tells mailboxes, companies, telephones and mail servers from persons, by name and address.

It reads a requester's ``Name <address>`` before redaction. A person who is taken for a mailbox is
greeted without a name, which does no harm.
"""

from __future__ import annotations

import re
from email.utils import parseaddr
from enum import StrEnum

_LONGEST = 400
_TELEPHONE = re.compile(r"\d(?:[\s()./-]*\d){4}")
_WORD = re.compile(r"[^\W\d_]+")
_PARTS = re.compile(r"[._+\-\d]+")
_NO_REPLY = re.compile(
    r"(?:no[._-]?reply|do[._-]?not[._-]?reply|dont[._-]?reply|nicht[._-]?antworten|"
    r"ne[._-]?pas[._-]?repondre|no[._-]?responder|non[._-]?rispondere|nao[._-]?responder|"
    r"niet[._-]?beantwoorden|nie[._-]?odpowiadaj|auto[._-]?(?:reply|mailer|response)|"
    r"newsletter|notifications?|bounces?)(?:[._+-].*)?"
)
_DAEMON = re.compile(r"(?:mailer[._-]?daemon|postmaster|mail[._-]?daemon)(?:[._+-].*)?")
_DAEMON_NAME = re.compile(
    r"mail(?:er)?[\s-]?(?:delivery[\s-](?:sub)?system|daemon)|postmaster", re.IGNORECASE
)
_SHARED = frozenset(
    "caller anonymous unknown visitor guest user customer client info infos information support "
    "helpdesk servicedesk service desk office backoffice reception receptionist frontdesk "
    "accounts accounting account payable receivable billing invoice invoices invoicing finance "
    "payroll sales marketing hr recruiting admin administrator administration it ict edv team "
    "department dept warehouse purchasing procurement logistics orders order shop store contact "
    "hello mail mailbox enquiries inquiries enquiry feedback press media security abuse "
    "webmaster hostmaster operations ops monitoring alerts system scanner printer fax voicemail "
    "anrufer unbekannt gast kunde kundin kundenservice kundendienst buchhaltung rechnung "
    "rechnungen empfang zentrale sekretariat vertrieb einkauf verwaltung personalabteilung "
    "personal lager kontakt bestellung bewerbung praxis kanzlei redaktion abteilung appelant "
    "inconnu accueil comptabilité comptabilite facturation secrétariat secretariat achats "
    "ventes direction équipe equipe service commande desconocido recepción recepcion "
    "contabilidad facturación facturacion administración administracion secretaría compras "
    "ventas almacén soporte equipo departamento pedidos sconosciuto segreteria contabilità "
    "contabilita amministrazione fatturazione acquisti vendite magazzino supporto assistenza "
    "ufficio reparto ordini beller onbekend receptie boekhouding administratie facturatie "
    "inkoop verkoop magazijn afdeling bestellingen secretariaat desconhecido receção recepção "
    "contabilidade faturação faturamento administração secretaria armazém suporte equipa equipe "
    "nieznany recepcja księgowość sekretariat administracja biuro dział magazyn sprzedaż "
    "zamówienia".split()
)
_COMPANY = frozenset(
    "ltd limited inc incorporated llc llp plc corp corporation company gmbh ag kg ohg ug mbh ev "
    "sarl sas sasu eurl sa scop bv nv vof srl srls spa snc lda ltda sl slu slne zoo foundation "
    "group holding holdings university school hospital clinic council ministry association "
    "institute bank church stadt gemeinde schule klinik verein école mairie hôpital "
    "ayuntamiento comune ospedale gemeente ziekenhuis hospital câmara".split()
)


class SenderKind(StrEnum):
    """Who a ticket's requester is; only a person is greeted by name.

    ``SHARED`` is a mailbox, a company or a telephone line. ``NO_REPLY`` reads no replies, and
    ``DAEMON`` is a mail server.
    """

    PERSON = "person"
    SHARED = "shared"
    NO_REPLY = "no-reply"
    DAEMON = "daemon"


def sender_kind(sender: str) -> SenderKind:
    """Return who ``sender`` is: a name, an address, or ``Name <address>``."""
    if _is_daemon(sender):
        return SenderKind.DAEMON
    if _NO_REPLY.fullmatch(_local(sender)):
        return SenderKind.NO_REPLY
    return SenderKind.SHARED if _is_shared(sender) else SenderKind.PERSON


def _is_shared(sender: str) -> bool:
    name, address = parseaddr(sender[:_LONGEST])
    name = name or ("" if "@" in sender else sender[:_LONGEST])
    words = [word.casefold() for word in _WORD.findall(name)]
    marks = {word.replace(".", "") for word in name.casefold().replace(",", " ").split()}
    if _TELEPHONE.search(name) or not _SHARED.isdisjoint(words) or not _COMPANY.isdisjoint(marks):
        return True
    local, _, domain = address.casefold().rpartition("@")
    if local and all(part in _SHARED for part in _PARTS.split(local) if part):
        return True
    company = "".join(words)
    return bool(company) and company in domain.replace("-", "").split(".")[:-1]


def _is_daemon(sender: str) -> bool:
    return bool(_DAEMON.fullmatch(_local(sender)) or _DAEMON_NAME.search(sender[:_LONGEST]))


def _local(sender: str) -> str:
    return parseaddr(sender[:_LONGEST])[1].rpartition("@")[0].casefold()
