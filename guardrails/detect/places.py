"""Where somebody is: street addresses in several countries' orders, and towns by what is said.

An address is read forwards from its surest part, the street with its number: behind it come flat,
town, state, postal code and country, in lines or after commas, for as long as they look like it.
"""

# ruff: noqa: PLR2004 - lengths and counts that the line itself explains

from __future__ import annotations

import re
from collections.abc import Iterator

from guardrails.detect.lexicon import is_common, is_name, is_place, is_technical
from guardrails.spans import EntityType, Span


def find_places(text: str) -> list[Span]:
    """Return street addresses, postal codes and towns in ``text``."""
    return [*_streets(text), *_towns(text), *_codes(text), *_known(text)]


_L = r"[^\W\d_]"
_W = rf"(?:{_L}[\w'’.-]{{0,30}})"
_NO = r"\d{1,6}(?:[-/]\d{1,4})?(?:[ ]?[A-Za-z](?![\w]))?"
_EN_KIND = (
    r"(?:Street|St|Avenue|Ave|Av|Road|Rd|Drive|Dr|Lane|Ln|Boulevard|Blvd|Court|Ct|Place|Pl"
    r"|Square|Sq|Terrace|Ter|Tce|Way|Parkway|Pkwy|Highway|Hwy|Circle|Cir|Close|Crescent"
    r"|Cres"
    r"|Mews|Row|Hill|Gardens|Grove|Walk|Quay|Alley|Loop|Trail|Trl|Turnpike|Pike|Mall|Bridge"
    r"|Plaza|Freeway|Esplanade|Parade|Pde|Rise|View|Green|Park|Gate|Wharf|Heights|Ridge"
    r"|Crossing|Path|Run|Route|Rte|Dam|Mill|Junction|Point|Village|Meadows?|Island|Springs?"
    r"|Valley|Field)"
)
_PREFIX_KIND = (
    r"(?:rue|avenue|av\.|boulevard|bd\.?|blvd|place|chemin|ch\.|allée|allee|impasse|quai"
    r"|route|cours|square|faubourg|passage|sentier|voie"
    r"|calle|c/|c\.|avda\.?|avenida|plaza|paseo|camino|carrer|carretera|ctra\.?|ronda"
    r"|travesía|glorieta|urbanización|rambla|cuesta"
    r"|via|viale|v\.le|piazza|piazzale|corso|largo|vicolo|strada|contrada|localit[aà]|rua"
    r"|praça|travessa|estrada|alameda|rodovia|brisas"
    r"|ulica|ul\.|al\.|os\.|pl\.|aleja|trg|cesta|ulice|náměstí|nám\.|třída|nábřeží|calea"
    r"|str\.|strada|bulevardul|улица|ул\.|οδός|λ\.|am|an der|auf der|im|zur?|jalan|jl\.)"
)
_GLUED = (
    r"(?:stra(?:ß|ss)e|str\.|weg|platz|gasse|allee|damm|ufer|graben|steig|stieg|berg|feld"
    r"|wiese|zeile|siedlung|straat|laan|plein|gracht|kade"
    r"|dijk|steenweg|dreef|singel|vej|veg|vei|veien|vegen|gade|gata|gatan|gaten|vägen|väg"
    r"|stræde|plads|torget|torv|backen|stigen|gränd|allén|bakken"
    r"|toften|parken|vænget|marken|lunden|centret|katu|kuja|polku|puiestee|maantee|utca"
    r"|útja|sétány|ská|cká|ova|gränden|hagen|haugen|åsen|gürtel"
    r"|promenade|götu|braut|vegur|holt|hlíð|stígur|teigur|qqusinersuaq|torps?väg|tanya)"
)
_APART = (
    r"(?:tér|u\.|út|útja|utca|tee|tie|katu|puiestee|maantee|straat|laan|baan|hof|lei|kade"
    r"|plein|park|ring|gade|gate|gata|vei|vej|veg|väg|plads|plass|torg|torv"
    r"|aqq\.?|brautarholt|ulica|cesta|trg|mall|stræde|allé|alle|sétány|körút|krt\.|köz|sor)"
)
_UNIT = (
    r"(?:(?:Suite|Ste|Apartment|Apt|Appt|Unit|Flat|Floor|Fl|Room|Rm|Building|Bldg|Block"
    r"|Level|Lot|PO Box|P\.O\. Box|Dept|Wohnung|Etage|piso|int\.|lgh|dør"
    r"|bus)\.?[ ]?#?[ ]?\w{1,6}|#[ ]?\d{1,5}\w?"
    r"|\d{1,2}(?:st|nd|rd|th) floor)"
)
_DIRECTION = (
    r"(?:[NSEW]\.?|N\.?[EW]\.?|S\.?[EW]\.?|North|South|East|West|Upper|Lower|Old|New|Great|Little)"
)

_C = r"[A-ZÀ-ÞŠŽČĆĐŁŚŻÅÄÖØÆΑ-ΩА-Я][\w'’.-]{0,30}"
_JOIN = (
    r"(?:(?:de|du|des|la|le|les|el|los|las|del|della|dei|degli|di|do|da|dos|das|van|der|den|von"
    r"|vom|zum|the|of|et|e|y|i)[ ]|d['’]|l['’]){0,3}"
)
_RUN = rf"{_JOIN}{_C}(?:[ ]{_JOIN}{_C}){{0,4}}"
_SHORT_RUN = rf"{_JOIN}{_C}(?:[ ]{_JOIN}{_C}){{0,4}}?"

_STREETS = (
    # 401 W 3rd Ave · 1987 Diakou Street · 103 Cassidy Street
    (
        rf"(?:{_NO},? ){{1,2}}(?:{_DIRECTION} )?(?:(?:{_C}|\d{{1,3}}(?:st|nd|rd"
        rf"|th)) ){{1,4}}?{_EN_KIND}\b\.?(?: {_DIRECTION}\b)?(?! errors?)"
    ),
    # Popović Dam 41 · Bay Street 12
    rf"(?:{_C} ){{1,3}}?{_EN_KIND}\.? {_NO}\b(?! (?:minutes|hours|days|GB|MB))",
    rf"{_C} \d{{1,5}} {_C} {_EN_KIND}(?=[,\s>]{{1,6}}{_UNIT})",
    # 88 rue des Lilas · 62 Rue Gafsa
    rf"(?:{_NO},? (?:bis |ter )?){{1,2}}(?i:{_PREFIX_KIND})[ ]?{_RUN}(?:,? \d{{1,4}}\w?\b)?",
    # Via Tasso 129 · Rua Diadema 1903 · ul. Narewska 94 · Calle de Alcalá, 45
    rf"(?i:{_PREFIX_KIND})[ ]?{_SHORT_RUN},? (?:n[.°º] ?)?{_NO}",
    # Bahnhofstraße 12 · Erzsébet tér 19. · Västra Hamngatan 7
    rf"(?:{_C} ){{0,3}}?[A-ZÀ-ÞŠŽČĆĐŁŚŻÅÄÖØÆ](?:[^\W\d_]|['’-]){{1,25}}?{_GLUED} {_NO}\.?",
    rf"(?:{_C} ){{1,3}}?{_APART} {_NO}\.?",
    rf"\d{{1,5}}[a-z]?,? [A-ZÀ-ÞŠŽČĆĐŁŚŻÅÄÖØÆ](?:[^\W\d_]|['’-]){{2,25}}?{_GLUED}(?!\w)",
    r"[a-zäöüßåæø]{3,20}(?:stra(?:ß|ss)e|straat|gasse|gatan|vägen|veien|gata|vej) \d{1,4}[a-z]?\b",
    # any words and a number before "Suite 104"
    rf"(?:\d{{1,6}} )?(?:{_C} ){{0,4}}{_C},? {_NO}\.?(?=[,\s>]{{1,6}}{_UNIT})",
    rf"(?:{_NO} ){{1,2}}(?:{_C} ){{0,4}}{_C}(?=[,\s>]{{1,6}}{_UNIT})",
    (
        rf"the corner of (?:{_NO} )?{_C}(?: {_C}){{0,3}}?(?: {_NO})? (?:St\.? )?and {_C}"
        rf"(?: {_C}){{0,2}}(?: St\.?)?"
    ),
)
_BOXES = (
    (
        r"(?i:P\.? ?O\.? ?Box|Post Office Box|Postfach|Boîte Postale|B\.P\.|Apartado|Postboks"
        r"|Casella Postale|GPO Box) \d{1,7}"
    ),
    (
        r"PSC \d{1,5},? Box \d{1,6}|Unit \d{3,6},? Box \d{1,6}|US(?:S|CGC|NS"
        r"|NV) \w{2,20}(?: \w{2,20})?(?=\s{1,4}(?:APO|FPO|DPO))"
    ),
)
_STREET = tuple(re.compile(rf"(?<![\w@/.-]){pattern}") for pattern in _STREETS)
_BOX = tuple(re.compile(rf"(?<![\w@/.-]){pattern}") for pattern in _BOXES)
_LOWER = re.compile(
    rf"(?<![\w@/.-])(?:\d{{1,6}} ){{1,2}}(?:(?:{_W}) ){{1,3}}?(?:street|avenue|ave|road|rd"
    rf"|drive|lane|boulevard|blvd|court|square|terrace|highway)\b"
    rf"|(?<![\w@/.-])(?:\d{{1,6}},? ){{1,2}}(?:rue|avenue|boulevard|place|chemin|allée"
    rf"|impasse|quai|calle|via|rua|trg"
    rf"|cesta)[ ](?:{_W})(?: {_W}){{0,2}}?(?: \d{{1,4}})?(?=[,.\n]|$| apt| suite)"
)
_HINT = re.compile(r"\d")
_PLACED = re.compile(
    rf"""\b(?:lives?[ ](?:on|at)|living[ ](?:on|at)|located[ ]at|located[ ]on|located[ ]in
    |arrived[ ]at|address(?:es)?(?:[ ]is|[ ]was|[ ]to[ ]the[ ]same)?:?|meet(?:[ ](?:me
    |you))?[ ]at|stop[ ]at|send(?:[ ]\w+){{0,4}}[ ]to
        |deliver(?:ed)?[ ]to|ship(?:ped)?[ ]to|moved[ ]to|side[ ]of|station[ ]is[ ](?:on|at)
        |drops[ ]you[ ]off[ ]at|site[ ]at|office[ ](?:at|in)|based[ ]at|stays?[ ]at|corner[ ]of)
        \s{{1,3}}(?P<x>(?:{_NO}[ ,]{{1,2}}){{0,2}}
        [A-ZÀ-ÞŠŽČĆĐŁŚŻΑ-Ω]\w[\w'’.-]{{0,25}}(?:[ ]{_W}){{0,3}}?[ ,]{{1,2}}{_NO}\b)""",
    re.VERBOSE,
)


def _streets(text: str) -> Iterator[Span]:
    if not _HINT.search(text):
        return
    found = [
        match.span()
        for pattern in _STREET
        for match in pattern.finditer(text)
        if not _is_trade(match[0])
    ]
    found.extend(match.span() for pattern in _BOX for match in pattern.finditer(text))
    found.extend(match.span("x") for match in _PLACED.finditer(text))
    for start, end in found:
        yield Span(_left(text, start), _rest(text, end), EntityType.STREET_ADDRESS, 0.75, "address")


_FLAT_BEFORE = re.compile(r"\b(?:Flat|Apt|Apartment|Unit|Suite|Room)\.? \w{1,6}, ?(?:\d{1,6},? )?$")
_NUMBER_BEFORE = re.compile(r"(?<![\w.:/-])\d{1,6},?[ ]$")


def _left(text: str, start: int) -> int:
    """A flat, a house number or a postal code right before the street belongs to it."""
    if flat := _FLAT_BEFORE.search(text, max(0, start - 24), start):
        return flat.start()
    if before := _NUMBER_BEFORE.search(text, max(0, start - 9), start):
        return before.start()
    return start


def _is_trade(value: str) -> bool:
    """Tell whether ``value`` speaks of machines: ``Windows 10``, ``Storage Units 24``."""
    words = re.findall(r"[^\W\d_][\w'’-]*", value)
    return (
        any(is_technical(word) or word.lower() in _MEASURED for word in words)
        or words[0] in _MONTHS
    )


_MEASURED = frozenset(
    "version units unit gb mb tb error errors release level tier phase stage page chapter s"
    "ection figure table step fix port".split()
)
_MONTHS = frozenset(
    "January February March April May June July August September October November December".split()
)


_LINE = re.compile(r"[ \t]*,?[ \t]*\r?\n[>|\s]{0,6}")
_TOWN_LINE = re.compile(
    rf"(?:[A-Z]{{1,2}}-)?(?:\d{{3,6}}(?:[- ]\d{{2,4}})? )?[^\W\d_a-z]{{1,30}}(?:[\w'’./"
    rf"()-]{{0,30}})(?:[ ]{_W}"
    rf"|[ ]\([^()\n]{{2,20}}\)){{0,4}}(?:,? [A-Z]{{2,3}})?,?(?:[ ]\d{{4,6}}"
    rf"(?:-\d{{3,4}})?)?(?=[ \t]*(?:[\n,;?!]|$|\.(?:\s|$)))"
)
_POST = (
    r"(?:\d{5}-\d{4}|\d{4,6}|\d{3}[ ]\d{2}|\d{2}-\d{3}|\d{5}-\d{3}"
    r"|[A-Z]{1,2}\d[A-Z\d]?[ ]?\d[A-Z]{2}|[A-Z]\d[A-Z][ ]?\d[A-Z]\d|\d{4}[ ]?[A-Z]{2}"
    r"|[A-Z]{1,2}-\d{4,5})"
)
_PARTS = (
    re.compile(rf"[,\s>|]{{1,6}}{_UNIT}(?!\w)"),
    re.compile(r"[\s,]{1,4}(?:APO|FPO|DPO)[ ,]{1,2}(?:A[AEP])?(?:[ ]\d{5}(?:-\d{4})?)?"),
    re.compile(
        rf"[,\s]{{1,6}}{_POST}(?![\w.:%]\w)(?:[ ][A-ZÀ-Þ][\w'’-]{{1,30}}"
        rf"(?:[ ][A-ZÀ-Þ][\w'’-]{{1,30}}){{0,2}})?"
    ),
    re.compile(r"[, \n]{1,4}(?:[A-Z]{2}|nan)\b(?=[\s,.]|$)"),
)
_CAPPED = re.compile(
    r"(?P<gap>,?[ ]{1,2})(?P<x>(?:St\.|[A-ZÀ-ÞŠŽČĆĐŁŚŻÅÄÖØÆΑ-Ω][\w'’-]{0,30})(?:[ ]"
    r"(?:[A-ZÀ-ÞŠŽČĆĐŁŚŻÅÄÖØÆΑ-Ω][\w'’-]{0,30}|de|del|da|la|nad|am|an|der|upon|sur|et|i|u|v"
    r"|St\.|\([^()\n]{2,20}\))){0,4})"
)


def _rest(text: str, at: int) -> int:
    """Return where the address that has begun before ``at`` ends."""
    unit = False
    for _ in range(8):
        step = _unit_or_code(text, at)
        if step > at:
            unit, at = True, step
            continue
        step = _town(text, at, unit=unit)
        if step == at:
            break
        at = step
    return at


def _unit_or_code(text: str, at: int) -> int:
    for pattern in _PARTS:
        if match := pattern.match(text, at):
            return match.end()
    return at


def _town(text: str, at: int, *, unit: bool) -> int:
    if line := _LINE.match(text, at):
        town = _TOWN_LINE.match(text, line.end())
        if town and _is_town_line(town[0]):
            return town.end()
        return at
    if capped := _CAPPED.match(text, at):
        words = capped["x"].split()
        comma = capped["gap"].startswith(",")
        if (comma or unit) and not any(is_technical(w) for w in words) and _is_town(words):
            return capped.end()
    return at


def _is_town_line(line: str) -> bool:
    words = re.findall(r"[^\W\d_][\w'’-]*", line)
    if not words or len(words) > 5 or any(is_technical(word) for word in words):
        return False
    if words[0].lower() in _PROSE:
        return False
    lowers = [word for word in words if word[0].islower()]
    return all(word in _JOINS for word in lowers)


def _is_town(words: list[str]) -> bool:
    return words[0].lower() not in _PROSE and len(words[0]) > 1


_JOINS = frozenset(
    "de del della da di do la le les el los las of the and nad am an der den im in upon sur"
    " et i u v na pri ob und y e nan".split()
)
_PROSE = frozenset(
    """
    the a an my our your his her its this that these those please thanks thank hi hello dear
    is are was were i we you he she they it can could will would local contact call phone
    fax tel mobile email e-mail website name kind best regards sent from to ap channel
    """.split()
)

_CAPS = r"[A-ZÀ-ÞŠŽČĆĐŁŚŻÅÄÖØÆΑ-ΩА-Я][\w'’-]{1,30}"
_TOWN = re.compile(
    rf"""\b(?:I'm[ ]in|I[ ]am[ ]in|we[ ]are[ ]in|we're[ ]in|currently[ ]in|liv(?:e|es|ing|ed)[ ]in
    |based[ ]in|born[ ]in|grew[ ]up[ ]in|moved(?:[ ]here)?[ ](?:from|to)|originally[ ]from
    |am[ ]from|is[ ]from|'m[ ]from|come[ ]from
        |comes[ ]from|coming[ ]to|going[ ]to|travel(?:l?ing|led)?[ ]to|flew[ ]to|fly[ ]to
        |flying[ ]to|visit(?:ing|ed)?|trip[ ]to|arrived[ ](?:at|in)|returned[ ]to|university[ ]of
        |city[ ]of|town[ ]of|village[ ]of|north[ ]of|south[ ]of
        |east[ ]of|west[ ]of|near|mayor[ ]of|office[ ]in|branch[ ]in|site[ ]in
        |serving[ ](?:southern|northern|eastern|western)|morning[ ]from|conference[ ]in)
        [ ](?P<x>{_CAPS}(?:(?:[ ](?:de|del|da|la|u|nad|am|an[ ]der|upon|sur|of|and|do|dos|O'|v
            |na)(?=[ ][A-Z]))?[ ]{_CAPS}){{0,3}}|[A-ZÀ-Þ]{{3,20}})""",
    re.VERBOSE,
)
_NATIVE_AFTER = re.compile(
    r"(?P<x>^[A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ][\w'’-]+){0,2}) was (?:super )?fun to visit", re.MULTILINE
)


def _towns(text: str) -> Iterator[Span]:
    for match in _TOWN.finditer(text):
        words = match["x"].split()
        technical = any(is_technical(word) for word in words)
        if not technical and not (len(words) == 1 and is_common(words[0])):
            yield Span(*match.span("x"), EntityType.LOCATION, 0.55, "town-in-context")


_ZIP = re.compile(
    rf"\bin (?:{_CAPS}(?: (?:de|del|do|da|la) | )){{1,4}}(?P<after>(?!(?:19"
    rf"|20)\d\d\b){_POST})(?![\w.])|\b(?:zip(?: ?code)?|post(?:al)? ?code|postcode|plz|cap"
    rf"|code postal)(?: is|:)?[ :#]{{1,3}}(?P<x>{_POST})(?!\w)"
    rf"|(?<![\w'’-])[A-Z][\w'’-]{{1,30}},? [A-Z]{{2}} (?P<us>\d{{5}}(?:-\d{{4}})?)(?!\w)"
    r"|(?<![\w-])(?P<uk>[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2})(?!\w)",
    re.IGNORECASE,
)


def _codes(text: str) -> Iterator[Span]:
    for match in _ZIP.finditer(text):
        kind = match.lastgroup
        if kind is None or (kind != "x" and match[kind] != match[kind].upper()):
            continue
        if kind == "after" and _is_trade(match[0]):
            continue
        if kind == "us" and not re.search(r",? [A-Z]{2} \d", match[0]):
            continue
        yield Span(*match.span(kind), EntityType.STREET_ADDRESS, 0.7, "postal-code")


_CAPITALISED = re.compile(rf"(?<![\w@./\\#-]){_CAPS}(?:(?: (?:of|and|the|de|da))? {_CAPS}){{0,3}}")


def _known(text: str) -> Iterator[Span]:
    """Countries, states and large cities, the longest run of words first."""
    for match in _CAPITALISED.finditer(text):
        words = list(re.finditer(r"\S+", match[0]))
        at = 0
        while at < len(words):
            for stop in range(len(words), at, -1):
                start, end = words[at].start(), words[stop - 1].end()
                phrase = match[0][start:end].rstrip("'’")
                if (
                    is_place(phrase.removesuffix("'s"))
                    and not is_technical(phrase)
                    and not is_common(phrase)
                ):
                    phrase = phrase.removesuffix("'s")
                    yield Span(
                        match.start() + start,
                        match.start() + start + len(phrase),
                        EntityType.LOCATION,
                        0.5,
                        "place-listed",
                    )
                    at = stop - 1
                    break
            at += 1


def is_person_like(phrase: str) -> bool:
    """Tell whether every word of ``phrase`` may be a person's name."""
    return all(is_name(word) for word in phrase.split())
