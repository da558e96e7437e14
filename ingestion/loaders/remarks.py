"""The phrases by which headings and remarks say that a text is for agents only.

They are in the languages of our reply frames: English, German, French, Spanish, Italian, Dutch and
Portuguese. A phrase must be a whole line or heading, or lead a line and end in a colon; only the
plainest sentences (`ANYWHERE`) count within a paragraph.
"""

from __future__ import annotations

import re

_STAFF = (
    r"(?:(?:support|it|help ?desk|service ?desk|desk)[ -]?)?"
    r"(?:agents?|staff|technicians?|engineers?|employees?|operators?|analysts?|admins?|"
    r"administrators?|colleagues|team(?: members)?|support|help ?desk|service ?desk|insiders|"
    r"(?:tier|level|l)[ -]?[23]|(?:second|third|2nd|3rd)[ -](?:line|level))"
)
_CUSTOMER = (
    r"(?:any ?(?:body|one) outside|customers?|clients?|requesters?|end[ -]users?|the public|"
    r"users?|callers?|outsiders)"
)
_OUTSIDE = r"(?:any ?(?:body|one) outside|customers?|clients?|requesters?|end[ -]users?|the public)"
_GIVE = (
    r"(?:share|send|forward|show|tell|give|disclose|reveal|pass|publish|hand|mention|quote|"
    r"communicate|distribute)"
)

_PART = r"(?:page|section|part|article|document|text|chapter|runbook|guide|note|information)"
LINES = "|".join(
    (
        # English
        rf"(?:this {_PART} is )?(?:an |for )?internal(?: (?:{_PART}|use|purposes))?(?: only)?",
        r"strictly internal|keep (?:this |it )?internal|private notes?",
        r"not for (?:external|public)(?: use| distribution)?|(?:not|non)[ -]?public",
        r"not (?:customer|client|public)[ -]?facing|not for distribution",
        r"do not (?:distribute|publish)|for your eyes only|for internal distribution(?: only)?",
        rf"{_STAFF}(?:['’]s?|s['’])? (?:notes?|remarks?)",
        rf"only {_STAFF} (?:may|can|should) (?:read|see|use|open) (?:this|it)",
        (
            r"internal(?: (?:use|eyes|only|notes?|information|info|details|remarks?|comments?|"
            r"instructions|procedure|steps|documentation|document|section|part|page|runbook))*"
        ),
        (
            rf"(?:this {_PART} is )?(?:strictly )?(?:for )?(?:the |our )?{_STAFF}(?:['’]s?)?"
            rf"(?: use| eyes)?[ -]only(?: {_PART})?"
        ),
        rf"only (?:for|visible to) (?:our |the )?{_STAFF}",
        rf"(?:restricted|visible|available|limited) (?:only )?to (?:our |the )?{_STAFF}(?: only)?",
        r"(?:strictly |company |highly )?confidential",
        r"vertraulich|confidentiel|confidencial|vertrouwelijk",
        r"for internal (?:use|purposes|eyes)(?: only)?",
        (
            r"(?:this (?:page|section|part|article|document|text) is )?not (?:meant |intended )?"
            rf"for (?:the )?{_CUSTOMER}"
        ),
        # German
        r"(?:nur )?intern(?:e[rsn]? (?:notiz|notizen|hinweise?|anmerkung|bereich|teil|gebrauch))?",
        r"streng intern|alleen intern|strikt intern|riservato|uso exclusivo interno",
        r"(?:nur )?für (?:den )?internen gebrauch|nur zum internen gebrauch",
        (
            r"nur für (?:unsere |die |den |das )?(?:mitarbeiter(?:innen|/innen|:innen)?|techniker|"
            r"agenten|support|personal|team|kollegen|administratoren|admins)"
        ),
        r"nicht für (?:die |den |unsere )?kund(?:en|innen)(?: bestimmt)?",
        # French
        r"(?:à )?(?:usage |note |notes |document |information )?interne(?: uniquement| seulement)?",
        (
            r"réservé(?:e|s|es)? (?:à l['’]|au |aux |à )"
            r"(?:usage interne|personnel|techniciens?|agents?|support|équipe|assistance)"
        ),
        r"(?:pas|non destiné|ne pas diffuser) (?:pour|aux|à) (?:les |nos )?clients",
        # Spanish
        r"(?:para |de )?(?:uso|nota|notas|documento|información) intern[oa]s?",
        (
            r"interno|s[oó]lo (?:para )?(?:el |los )?"
            r"(?:personal|t[eé]cnicos|agentes|uso interno|empleados|soporte)"
        ),
        r"no (?:es |apto )?para (?:los )?clientes",
        # Italian
        r"(?:per |ad |a )?(?:uso|nota|note|documento) intern[oae]",
        (
            r"(?:solo per|riservato (?:a|ai|al|agli)) (?:il |i |gli )?"
            r"(?:personale|tecnici|agenti|operatori|uso interno|dipendenti|supporto)"
        ),
        r"non (?:destinato |adatto )?(?:per i|ai|a) clienti",
        # Dutch
        (
            r"(?:\w+ )?(?:alleen |uitsluitend )?(?:voor )?"
            r"interne? (?:gebruik|notities?|informatie)"
        ),
        (
            r"(?:alleen|uitsluitend) voor (?:onze |de |het )?"
            r"(?:medewerkers|technici|agenten|personeel|support|beheerders|collega['’]?s)"
        ),
        r"niet voor klanten(?: bestemd)?",
        # Portuguese
        (
            r"(?:apenas|somente|s[oó]|exclusivo) (?:para |de )?(?:o |os |a )?"
            r"(?:uso interno|pessoal|t[eé]cnicos|agentes|funcion[aá]rios|equip[ae]|suporte)"
        ),
        r"n[aã]o (?:é |se destina )?(?:para|a) (?:os )?clientes",
    )
)
ANYWHERE = re.compile(
    "|".join(
        (
            r"\b(?:for )?internal use only\b",
            r"\bfor agents(?:['’])?(?: eyes)? only\b",
            (
                rf"\b(?:do not|don['’]t|never|must not|may not|not to be|should not be|must not be|"
                rf"should never be)\W+(?:\w+\W+){{0,2}}?{_GIVE}(?:d|ed|n)?\b"
                rf"(?:\W+\w+){{0,4}}?\W+(?:with|to|from)?\W*(?:the |our |any |a )?{_OUTSIDE}\b"
            ),
            (
                rf"\b(?:the |our )?{_OUTSIDE} (?:must|should|may) (?:never|not) "
                r"(?:learn|see|know|read|hear|receive|get|be told)\b"
            ),
            rf"\bkeep (?:this|it) (?:internal|(?:away )?from (?:the |our )?{_OUTSIDE})\b",
            r"\bkunden (?:dürfen|sollen) (?:\w+ ){0,2}nicht (?:sehen|lesen|erfahren|wissen)\b",
            (
                r"\bnicht (?:an|mit|den) (?:die |den |unsere[n]? )?kunden "
                r"(?:weitergeben|weiterleiten|senden|schicken|teilen|mitteilen|zeigen)\b"
            ),
            (
                r"\bne (?:pas|jamais) "
                r"(?:partager|communiquer|transmettre|divulguer|envoyer|montrer)"
                r"(?: \w+){0,2} (?:avec|aux?) (?:les |nos )?clients?\b"
            ),
            (
                r"\bno (?:compartir|enviar|mostrar|comunicar|revelar)(?: \w+){0,2} "
                r"(?:con|a) (?:los |el )?clientes?\b"
            ),
            (
                r"\bnon (?:condividere|inviare|mostrare|comunicare|divulgare)(?: \w+){0,2} "
                r"(?:con|ai|a|al) (?:i |il )?client[ei]\b"
            ),
            r"\bniet (?:delen|gedeeld)(?: \w+){0,2} met (?:de |onze )?klant(?:en)?\b",
            r"\bniet met (?:de |onze )?klant(?:en)? delen\b",
            (
                r"\bn[aã]o (?:compartilhar|partilhar|enviar|mostrar|divulgar|comunicar)"
                r"(?: \w+){0,2} "
                r"(?:com|aos?|a) (?:os |o )?clientes?\b"
            ),
        )
    ),
    re.IGNORECASE,
)
_MARKS = r"[\s>*_#=~`|!:;.,()\[\]{}<>«»“”\"'’\-–—•⚠️🔒🚫️]"
WHOLE = re.compile(rf"{_MARKS}*(?:(?:note|warning|caution|hint|tip|important|attention|"
                    rf"achtung|hinweis|attention|atención|attenzione|let op|atenção)\b{_MARKS}+)?"
                    rf"(?:{LINES}){_MARKS}*$", re.IGNORECASE)  # fmt: skip
LEADS = re.compile(rf"{_MARKS}*(?:{LINES})\s*(?:[*_\])]+\s*)?(?:[:–—]|\s-\s)", re.IGNORECASE)
OPENS = re.compile(rf"\s*[>*_#\s]*[(\[](?:{LINES})[)\]]", re.IGNORECASE)
TO_STAFF = re.compile(
    r"(?:notes? |information |hints? )?for (?:the |our )?"
    r"(?:agents|technicians|support(?: staff| team)?|(?:service|help) ?desk|desk|colleagues)[:.]?",
    re.IGNORECASE,
)
BEGINS = re.compile(
    r"internal (?:notes?|only|use|procedures?|steps?|remarks?|instructions?)\b", re.IGNORECASE
)
BRACKETED = re.compile(rf"[(\[](?:{LINES})[)\]]", re.IGNORECASE)
ENDS = re.compile(rf"[–—:|]\s*(?:{LINES}){_MARKS}*$|\s-\s+(?:{LINES}){_MARKS}*$", re.IGNORECASE)
STATED = re.compile(
    r"^[\s>*_#|\-]*(?:audience|visibility|classification|sensitivity|distribution|"
    r"zielgruppe|sichtbarkeit|público|pubblico|doelgroep|visibilité)[\s*_|]*[:=|]"
    r"[\s*_|]*(?P<value>[^|*_]{2,40}?)[\s*_|.]*$",
    re.IGNORECASE,
)
