"""Numbers that the world knows a person by: cards, accounts, ids, telephones, birth dates."""

# ruff: noqa: PLR2004, PLW0108 - the checks stand below the table; lengths and counts that the line itself explains

from __future__ import annotations

import re

import phonenumbers

from guardrails.detect.rule import Rule, run, words_before
from guardrails.spans import EntityType, Span


def find_accounts(text: str) -> list[Span]:
    """Return card, bank, national and telephone numbers, dates of birth and ages in ``text``."""
    return [*run(_RULES, text), *_cards(text), *_phones(text)]


_DATE = (
    r"(?:\d{1,4}[-/. ]\d{1,2}[-/. ]\d{2,4}"
    r"|\d{1,2}(?:st|nd|rd|th)?[ .-](?:of )?[A-Za-zäéû]{3,10}\.?,?[ -]\d{2,4}"
    r"|[A-Za-zäéû]{3,10}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4})"
)
_NATIONS = (
    "afghan|albanian|algerian|american|andorran|angolan|argentin(?:e|ian)|armenian"
    "|australian|austrian|azerbaijani|bahraini"
    "|bangladeshi|belarusian|belgian|bolivian|bosnian|brazilian|british|bruneian|bulgarian"
    "|burmese|cambodian|cameroonian"
    "|canadian|chilean|chinese|colombian|congolese|croatian?|cuban|cypriot|czech|danish"
    "|dominican|dutch|ecuador(?:ian|ean)"
    "|egyptian|emirati|eritrean|estonian|ethiopian|filipino|finnish|french|gabonese"
    "|georgian|german|ghanaian|greek"
    "|guatemalan|haitian|honduran|hungarian|icelandic|indian|indonesian|iranian|iraqi|irish"
    "|israeli|italian|ivorian|jamaican"
    "|japanese|jordanian|kazakh|kenyan|korean|kuwaiti|laotian|latvian|lebanese|liberian"
    "|libyan|lithuanian|macedonian"
    "|malaysian|maltese|mexican|moldovan|mongolian|moroccan|namibian|nepal(?:ese|i)"
    "|nicaraguan|nigerian|norwegian|omani"
    "|pakistani|palestinian|panamanian|paraguayan|peruvian|polish|portuguese|qatari"
    "|romanian|russian|rwandan|salvadoran"
    "|samoan|saudi|scottish|senegalese|serbian?|singaporean|slovak|slovenian?|somali"
    "|south african|spanish|sri lankan|sudanese"
    "|surinamese|swazi|swedish|swiss|syrian|taiwanese|tanzanian|thai|togolese|tunisian"
    "|turkish|ugandan|ukrainian|uruguayan"
    "|uzbek|venezuelan|vietnamese|welsh|yemeni|zambian|zimbabwean|greenlander"
)

_RULES = (
    Rule(
        "birth-date",
        EntityType.DATE_OF_BIRTH,
        re.compile(
            r"\b(?:born(?: on)?|d\.?o\.?b\.?|date of birth|birth ?date|birthday|geboren am"
            r"|née? le|nacid[oa] el)"
            rf"(?: is| was)?[ :=,(-]{{1,4}}(?:on )?(?P<x>{_DATE})(?![\w/])",
            re.IGNORECASE,
        ),
        0.9,
        ("born", "dob", "d.o.b", "birth", "geboren", "né", "nacid"),
    ),
    Rule(
        "age",
        EntityType.DEMOGRAPHIC,
        re.compile(
            r"\b\d{1,3}(?=[ -]?(?:years?[ -]old|y/?o\b|yrs? old|year[ -]olds?\b))", re.IGNORECASE
        ),
        0.7,
        ("y",),
    ),
    Rule(
        "age-turned",
        EntityType.DEMOGRAPHIC,
        re.compile(
            r"\b(?:just turned|will turn|'ll turn|turned|aged|my age is"
            r"|age:)[ ]{1,2}(?P<x>\d{1,3})\b(?![.:/,]\d|\s?(?:%|hours|days|minutes|times))",
            re.IGNORECASE,
        ),
        0.7,
        ("turn", "aged", "age"),
    ),
    Rule(
        "nationality",
        EntityType.DEMOGRAPHIC,
        re.compile(
            rf"\b(?P<x>(?:{_NATIONS})s?)\b(?!\s(?:language|keyboard|translation|locale"
            rf"|version|layout|text|characters?|letters?|and|or|,)"
            r"|[-/(,)])(?<!,)",
            re.IGNORECASE,
        ),
        0.5,
        accept=lambda word: len(word) > 3,
    ),
    Rule(
        "iban",
        EntityType.ACCOUNT_NUMBER,
        re.compile(r"(?<![\w-])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![\w-])"),
        0.95,
        accept=lambda value: _is_iban(value),
    ),
    Rule(
        "iban-in-context",
        EntityType.ACCOUNT_NUMBER,
        re.compile(
            r"\bIBAN(?: is|:| number| no\.?"
            r"| code)?[ :#]{1,3}(?P<x>[A-Z]{2}\d{2}(?: ?[A-Z0-9]{2,4}){3,9})\b",
            re.IGNORECASE,
        ),
        0.9,
        ("iban",),
    ),
    Rule(
        "account-in-context",
        EntityType.ACCOUNT_NUMBER,
        re.compile(
            r"\b(?:account|acct|a/c|routing|aba|sort code|bsb|customer|client"
            r"|member(?:ship)?|policy|invoice account|swift|bic"
            r"|loyalty|patient|medical record|mrn|insurance|konto|kundennummer|passport"
            r"|driver'?s? licen[cs]e|licen[cs]e plate)"
            r"(?: number| no\.?| nr\.?| num| code| id| #)?(?: is| was)?[ :#=]{1,3}"
            r"(?P<x>(?-i:[A-Z]{0,3}[- ]?\d(?:[ -]?[A-Z0-9]){4,22}))(?![\w-])",
            re.IGNORECASE,
        ),
        0.8,
        accept=lambda value: sum(c.isdigit() for c in value) >= 5,
    ),
    Rule(
        "us-ssn",
        EntityType.NATIONAL_ID,
        re.compile(r"(?<![\w.-])(?!000|666)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])"),
        0.85,
    ),
    Rule(
        "national-id-in-context",
        EntityType.NATIONAL_ID,
        re.compile(
            r"\b(?:ssn|social security|social insurance|national (?:id|insurance)|nino"
            r"|(?-i:NI)(?= n)|tax ?(?:id|payer id)|tin|itin|nhs|cpf|cnpj"
            r"|dni|nie|nif|pesel|personnummer|bsn|codice fiscale|steuer-?id|aadhaar"
            r"|pan card|passport|id card|identity card|ein|sin|hetu"
            r"|cpr|rodné číslo|oib|egn|cnp|avs|ahv|siret|siren|curp|rfc id)"
            r"(?: number| no\.?| nr\.?| code| #)?(?: is"
            r"| was)?[ :#=]{1,3}(?P<x>(?-i:(?=[A-Z0-9 ./-]{0,10}\d)[A-Z0-9]"
            r"(?:[ ./-]?[A-Z0-9]){5,18}))(?![\w])",
            re.IGNORECASE,
        ),
        0.85,
        accept=lambda value: sum(c.isdigit() for c in value) >= 5,
    ),
    Rule(
        "uk-nino",
        EntityType.NATIONAL_ID,
        re.compile(
            r"(?<!\w)(?!BG|GB|NK|KN|TN|NT"
            r"|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?!\w)"
        ),
        0.85,
    ),
)


def _is_iban(value: str) -> bool:
    """ISO 13616: the country and check digits moved to the end, letters as numbers, mod 97 is 1."""
    plain = value.replace(" ", "")
    if not 15 <= len(plain) <= 34:
        return False
    turned = plain[4:] + plain[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


_CARD = re.compile(r"(?<![\w.+/-])(?:\d[ -]?){11,18}\d(?![\w-]|\.\d)")
_CARD_CONTEXT = re.compile(
    r"\b(?:card|visa|mastercard|amex|american express|maestro|discover|cc|pan|debit"
    r"|credit)\b[^.\n]{0,40}$"
)


def _cards(text: str) -> list[Span]:
    spans: list[Span] = []
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        announced = _CARD_CONTEXT.search(words_before(text, match.start(), 60)) is not None
        shaped = digits[0] in "23456" and len(digits) >= 13 and not _is_stamp(match[0])
        if (shaped and _luhn(digits)) or (announced and len(digits) >= 12):
            spans.append(Span(*match.span(), EntityType.CREDIT_CARD, 0.9, "card"))
    return spans


def _is_stamp(value: str) -> bool:
    """A time such as 20240131101500, which one time in ten passes Luhn's check."""
    return re.match(r"20\d\d-?[01]\d-?[0-3]\d", value) is not None


def _luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    doubled = [sum(divmod(int(d) * 2, 10)) if i % 2 else int(d) for i, d in enumerate(digits[::-1])]
    return sum(doubled) % 10 == 0


_PHONE = re.compile(
    r"(?<![\w.:/$€£-])(?:\+|00)?\(?\d(?:[ ().\-/\u2013]{0,3}\d){5,15}(?:\s{0,2}(?:ext|extn"
    r"|extension|x)\.?\s{0,2}\d{1,6})?(?![\w:]|[.,]\d|-(?!(?i:office|fax|mobile|home|cell"
    r"|work))\w|\s?%)"
)
_PHONE_CONTEXT = re.compile(
    r"(?:phone|\btel\b|tel[.:]|telephone|mobile|mob\b|cell|fax|call|dial|ring|text|sms"
    r"|whatsapp|reach|answering at|number is|number:|my number"
    r"|messages? to|contact|office|home|work|direct|hotline|helpline|callback|call back"
    r"|ph\b|ph[.:]|telefon|handy|tél|teléfono|\bt:|\bm:|\bp:)"
    r"[^\n]{0,30}$|,\s?$"
)
_PHONE_AFTER = re.compile(
    r"\s?[-–(]?\s?(?:office|fax|mobile|home|cell|work|direct|tel|phone)", re.IGNORECASE
)
_EXTENSION = re.compile(
    r"\b(?:ext|extn|extension|x)\.?(?: number| no\.?)?[ :#]{0,2}(?P<x>\d{3,6})\b", re.IGNORECASE
)
_NO_PHONE = re.compile(
    r"\d{1,3}(?:\.\d{1,3}){3}.*|\d{4}-\d{2}-\d{2}.*|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"
    r"|\d{1,4}/\d{1,4}(?:/\d+)*|\d+(?:\.\d+){1,3}|\d{1,3}(?: \d{1,3}){0,2}|\d{5}(?:-\d{4})?"
    r"|(?:19|20)\d\d\s?[-–]\s?(?:19|20)\d\d"
)
_REGIONS = ("US", "GB", "DE", "FR", "ES", "IT", "AU", "NL", "SE", "CH")


def _phones(text: str) -> list[Span]:
    spans: list[Span] = []
    for match in _PHONE.finditer(text):
        value = match[0]
        digits = sum(char.isdigit() for char in value)
        if 7 <= digits <= 16 and not _NO_PHONE.fullmatch(value.strip()):
            before = words_before(text, match.start(), 45)
            announced = _PHONE_CONTEXT.search(before) is not None or _starts_line(
                text, match.start()
            )
            announced = announced or _PHONE_AFTER.match(text, match.end()) is not None
            if _is_phone(value, announced):
                spans.append(Span(*match.span(), EntityType.PHONE_NUMBER, 0.8, "phone"))
    spans.extend(
        Span(*match.span(), EntityType.PHONE_NUMBER, 0.75, "extension")
        for match in _EXTENSION.finditer(text)
        if match[0][0] not in "xX" or _PHONE_CONTEXT.search(words_before(text, match.start(), 45))
    )
    return spans


_FIELD = re.compile(r"(?:phone|tel|telephone|mobile|cell|fax|telefon)[ .:]*$", re.IGNORECASE)


def _starts_line(text: str, at: int) -> bool:
    """Tell whether the line before names the field: ``Phone:`` and below it the number."""
    line = text.rfind("\n", 0, at)
    return (
        line >= 0
        and not text[line:at].strip()
        and _FIELD.search(text, max(0, line - 12), line) is not None
    )


def _is_phone(value: str, announced: bool) -> bool:
    """A telephone's by its ``+``, by what is said of it, or by a format known somewhere."""
    if value.startswith("+"):
        return _is_valid(value, None) or announced
    separated = any(char in " ().-/–" for char in value.strip())
    if announced:
        return separated or value.startswith("0") or (len(value) >= 9 and _valid_anywhere(value))
    if not separated:
        return False
    grouped = re.fullmatch(
        r"\(\d{2,5}\) ?\d{2,4}[ -]?\d{2,4}(?:[ -]?\d{2,4})?|\d{3}[-.]\d{3}[-.]\d{4}"
        r"|0\d{1,4}[ /-]\d{3,4}[ -]?\d{3,5}(?:[ -]?\d{2,4})?",
        value.strip(),
    )
    return grouped is not None and (_valid_anywhere(value) or value.startswith("("))


def _valid_anywhere(value: str) -> bool:
    return any(_is_valid(value, region) for region in _REGIONS)


def _is_valid(value: str, region: str | None) -> bool:
    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_possible_number(number)
