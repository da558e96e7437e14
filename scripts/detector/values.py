# ruff: noqa: E501, PLR2004 - tables of words, and the odds of drawing them
"""The values for the slots of templates, by the name of the slot.

A slot is ``{kind}``; `SLOTS` maps it to the label of its values. A slot whose label is ``None`` is
noise that must stay readable: versions, error codes, Kubernetes objects.
"""

from __future__ import annotations

import random
import string
import uuid
from collections.abc import Callable
from functools import cache

from faker import Faker

from scripts.detector.people import People, Person, ascii_of
from scripts.detector.places import LOCALES, Places
from scripts.detector.technical import Technical

_SITE = "LON NYC BER PAR MAD MIL AMS STO OSL HEL WAW PRG BUD SYD SIN TOK HKG DUB EDI MAN LDS BHM CHI DAL ATL SEA SFO BOS DEN PHX HQ BWD HAL PCU VEG NTH STH".split()
_ROLE = "SRV SQL FS FILE DC DHCP DNS WEB APP MAIL EXCH PRINT PRN BKP NAS ESX HV VM RDS TS CTX SAP ERP CRM LOG MON JUMP PROXY FW VPN GW SW AP DB TEST DEV PROD KIOSK POS SCAN".split()
_WORDS = "tiger mango river pencil rocket silver dragon monkey sunshine autumn winter summer spring coffee banana orange purple yellow castle garden window guitar piano football cricket hockey shadow thunder lightning pepper cookie chocolate butterfly mountain ocean island forest bridge marble copper velvet harbor lantern pumpkin biscuit falcon hedgehog trumpet saddle ladder pocket wallet breeze meadow candle".split()
_VERBAL = "anchor apron badger ballast barnacle bellows bramble buckle canteen carbon cider cobble compass cork cricket cutlass daffodil dapple ember ferret fiddle flint frost gannet gazelle ginger glider gravel hammock hazel heron hinge jasper juniper kettle ladle lichen lobster locket magpie mallet mast mint mosaic nettle nutmeg oyster paddle parrot pebble plover quartz quilt rafter raven rudder saffron sandal siphon skillet spanner sparrow spindle stencil tassel teapot thimble thistle trellis turnip velcro walnut whistle willow zipper"
_JOBS = "teacher nurse accountant electrician plumber librarian paralegal pharmacist software engineer|bus driver|sales manager|civil engineer|dental hygienist|web developer|fire fighter|financial analyst|truck driver|social worker|marketing coordinator|radiologist|veterinary technician|court clerk|machine operator|chief executive|warehouse supervisor|data scientist".split(
    "|"
)
_NATIONS = "American British Canadian Australian Irish Scottish Welsh English French German Austrian Swiss Dutch Belgian Spanish Portuguese Italian Greek Turkish Polish Czech Slovak Slovenian Croatian Serbian Hungarian Romanian Bulgarian Ukrainian Russian Finnish Swedish Norwegian Danish Icelandic Estonian Latvian Lithuanian Indian Pakistani Bangladeshi Nepalese Chinese Japanese Korean Vietnamese Thai Filipino Indonesian Malaysian Egyptian Moroccan Tunisian Algerian Nigerian Ghanaian Kenyan Ethiopian Somali Ugandan Zambian Mexican Cuban Brazilian Argentinian Chilean Colombian Peruvian Bolivian Ecuadorean Paraguayan Uruguayan Venezuelan Jamaican Haitian Israeli Palestinian Lebanese Syrian Iraqi Iranian Saudi Yemeni Omani Kuwaiti Bruneian Surinamese Maltese Cypriot Albanian Bosnian Macedonian Georgian Armenian Azerbaijani Kazakh Uzbek Afghan Mongolian Tibetan Muslim Christian Jewish Hindu Buddhist Sikh Catholic Protestant Shia Sunni Democrat Republican Greenlander".split()
_MAIL = "gmail.com outlook.com hotmail.com yahoo.com icloud.com gmx.de web.de proton.me aol.com live.co.uk mail.ru".split()
_SIGNS = "!@#$%^&*?-_+="


class Values:
    """Fills slots; the same seed fills them the same way."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.people = People(rng)
        self.places = Places(rng)
        self.technical = Technical(rng)

    def fill(self, slot: str) -> tuple[str, str | None]:
        """Return a value for ``slot`` and its label."""
        label, maker = SLOTS[slot]
        return maker(self), label

    def _word(self, alphabet: str, length: int) -> str:
        return "".join(self.rng.choices(alphabet, k=length))

    def digits(self, length: int) -> str:
        """Return ``length`` digits."""
        return self._word(string.digits, length)

    def person(self) -> str:
        return self.people.write(self.people.draw())

    def given(self) -> str:
        return self.people.case(self.people.draw().given)

    def family(self) -> str:
        return self.people.case(self.people.draw().family)

    def full(self) -> str:
        person = self.people.draw()
        return self.people.case(f"{person.given} {person.family}")

    def organisation(self) -> str:
        return self.places.organisation(self.people.draw(), self.people.draw())

    def known_domain(self) -> str:
        return self.places.domain(self.organisation())

    def username(self) -> str:
        r, p = self.rng, self.people.draw()
        g, f = _login(p)
        core = r.choice(
            (
                f"{g}.{f}", f"{g}.{f}", f"{g[0]}{f}", f"{g[0]}{f}", f"{g[0]}.{f}", f"{f}{g[0]}", f"{g}_{f}", f"{g}{f[0]}",
                f"{f}{r.randrange(1, 99)}", f"{f[:5]}{g[:2]}", f"{g}{r.randrange(1, 99):02}", f"{f}.{g}", f"{g}-{f}", f"{f}",
                f"{r.choice('uxkpn')}{self.digits(r.choice((5, 6, 7)))}", f"{f[:4]}{self.digits(2)}", f"{g[:3]}{f[:3]}", f"{f[:6]}_{g[0]}",
            )
        )  # fmt: skip
        roll = r.random()
        if roll < 0.18:
            word = r.choice(
                (
                    f,
                    g,
                    r.choice(
                        "backup sql deploy scan print sync monitor jenkins ldap sap veeam crm web build report batch".split()
                    ),
                )
            )
            return (
                r.choice(
                    (
                        "svc_",
                        "svc-",
                        "svc.",
                        "sa_",
                        "adm_",
                        "adm-",
                        "a-",
                        "admin.",
                        "srv_",
                        "da-",
                        "ext_",
                        "ext-",
                        "t1_",
                    )
                )
                + word
            )
        if roll < 0.28:
            return f"{r.choice(('CORP', 'AD', 'EMEA', 'corp', ascii_of(p.family).upper()[:6] or 'CORP', 'INTRANET', 'HQ'))}\\{core}"
        return core.upper() if roll < 0.31 else core

    def handle(self) -> str:
        r, p = self.rng, self.people.draw()
        g, f = _login(p)
        return "@" + r.choice(
            (
                f"{g}{f}",
                f"{g}_{f}",
                f"{f}{self.digits(2)}",
                f"the{g}",
                f"{g}{self.digits(3)}",
                f"real{f.title()}",
                f"{g.title()}{f.title()}",
            )
        )

    def email(self) -> str:
        r, p = self.rng, self.people.draw()
        g, f = _login(p)
        local = r.choice(
            (
                f"{g}.{f}",
                f"{g[0]}{f}",
                f"{g}{f}",
                f"{f}{r.randrange(99)}",
                f"{g}_{f}",
                f"{g}",
                f"{g.title()}{f.title()}",
                f"{g}.{f}+it",
                "accounts",
                "helpdesk",
                "payroll",
            )
        )
        host = r.choice(_MAIL) if r.random() < 0.3 else self.known_domain()
        return f"{local}@{host}"

    def hostname(self) -> str:
        r = self.rng
        site, role, n = r.choice(_SITE), r.choice(_ROLE), r.randrange(1, 40)
        g, f = _login(self.people.draw())
        alnum = string.ascii_uppercase + string.digits
        forms = (
            lambda: f"{site}-{role}{n:02}", lambda: f"{site}-SRV-{role}{n:02}", lambda: f"{site}{role}{n:02}", lambda: f"{site}-{role}-{n:03}",
            lambda: f"LT-{f[:6].upper()}-{self.digits(3)}", lambda: f"{r.choice(('PC', 'WS', 'NB', 'LAP', 'DT', 'LT', 'WKS', 'TAB', 'MAC', 'VDI'))}-{self._word(alnum, r.choice((5, 6, 7)))}",
            lambda: f"{r.choice(('DESKTOP', 'LAPTOP'))}-{self._word(alnum, 7)}", lambda: f"DESKTOP-{self._word(alnum, 7)}", lambda: f"WIN-{self._word(alnum, 11)}",
            lambda: f"{g}s-{r.choice(('macbook', 'MacBook-Pro', 'mbp', 'iMac', 'iphone', 'laptop'))}", lambda: f"{g.title()}s-{r.choice(('MacBook-Pro', 'MacBook-Air', 'iMac', 'iPad'))}.local",
            lambda: f"{role.lower()}{n:02}.corp.{self.known_domain()}", lambda: f"{role.lower()}{n:02}.{site.lower()}.{self.known_domain()}",
            lambda: f"{role.lower()}-{n}.{r.choice(('int', 'internal', 'ad', 'corp', 'lan', 'prod'))}.{self.known_domain()}", lambda: f"{role.lower()}{n:02}.{self.known_domain()}",
            lambda: f"{role.lower()}-{r.choice(('prod', 'stage', 'dev', 'test', 'db'))}-{n:02}", lambda: f"{site.lower()}{role.lower()}{n:02}", lambda: f"srv{role.lower()}{n:02}",
            lambda: f"{r.choice(('PRN', 'PRT', 'MFP', 'AP', 'SW', 'FW', 'CAM'))}-{site}-{n:02}", lambda: f"{r.choice(('PRN', 'AP'))}-{r.randrange(1, 9)}F-{r.choice(('HP', 'EAST', 'WEST', 'LOBBY'))}{n:02}",
            lambda: f"{r.choice('apollo zeus hermes thor odin atlas titan phoenix merlin gandalf saturn pluto orion vega kestrel'.split())}{n:02}", lambda: f"{r.choice('apollo zeus hermes thor odin atlas titan phoenix merlin'.split())}.{self.known_domain()}",
            lambda: f"worker-{n:02}.{r.choice(('prod', 'stage'))}.{self.known_domain()}", lambda: f"{f[:4].upper()}-{r.choice(('LT', 'PC', 'NB', 'SURF'))}{self.digits(2)}", lambda: f"{r.choice(('W', 'N', 'L', 'D'))}{self.digits(6)}",
            lambda: f"{site}W{self.digits(5)}", lambda: f"{f[:6].upper()}-PC", lambda: f"vm-{role.lower()}-{site.lower()}-{n:02}", lambda: f"db{n}.{r.choice(('internal', 'local', 'corp', 'lan'))}",
            lambda: f"{r.choice(('ap', 'sw', 'fw', 'gw', 'cam'))}-{r.choice(('hq', site.lower(), '3f'))}-{r.choice(('east', 'west', '2f', 'core', 'lobby', 'dmz'))}{r.choice(('', f'-{n:02}'))}", lambda: f"{r.choice(('kube', 'k8s', 'web', 'node', 'worker', 'master'))}-{r.choice('wmabc')}-{n:02}",
            lambda: f"{r.choice(('NAS', 'SAN', 'DC', 'FS', 'ESX', 'SRV'))}-{r.choice((site, 'HQ', 'OLD', 'DR', 'BKP'))}", lambda: f"{r.choice((role, site))}-{r.choice(('LOAN', 'FARM', 'POOL', 'SPARE', 'TRAIN', 'EXAM', 'FRONT'))}-{r.choice((f'{n:02}', str(n)))}", lambda: f"{role}-{n}", lambda: f"{role}{n:02}",
            lambda: f"{r.choice(('old', 'new', 'bkp', 'test', 'lab', 'fallback'))}{r.choice(('nas', 'dc', 'mail', 'sql', 'web', 'print'))}", lambda: f"{r.choice(('idp', 'radius', 'syslog', 'jump', 'proxy', 'mx', 'ns', 'ntp', 'relay'))}{r.randrange(1, 5)}", lambda: f"{r.choice(('esx', 'hv', 'pve', 'xen'))}{n:02}-{r.choice(('mgmt', 'ilo', 'ipmi', 'bmc'))}",
            lambda: f"{role}-{r.choice(('PRD', 'PROD', 'TST', 'DEV', 'DR'))}-{n:02}", lambda: f"vm-{r.choice(('finapp', 'crm', 'build', 'report', 'license'))}-{n:02}", lambda: f"{f[:8].capitalize()}-{r.choice(('PC', 'Laptop', 'Desktop', 'NB'))}", lambda: f"{role}{r.choice(('PRD', 'PROD', 'TEST'))}{n:02}",
            lambda: f"ip-10-{n}-{r.randrange(255)}-{r.randrange(255)}.{r.choice(('eu-west-1', 'us-east-2'))}.compute.internal",
        )  # fmt: skip
        text = r.choice(forms)()
        return text.lower() if r.random() < 0.15 else text

    def phone(self) -> str:
        r = self.rng
        roll = r.random()
        if roll < 0.35:
            return r.choice(_fakes("phone_number"))
        if roll < 0.5:
            return f"{r.choice(('ext.', 'ext', 'x', 'extension', 'Ext.', 'ext:'))} {self.digits(r.choice((3, 4, 4, 5)))}"
        head = r.choice(
            (
                "+44 ",
                "+1 ",
                "+49 ",
                "+33 ",
                "+34 ",
                "+39 ",
                "+91 ",
                "+61 ",
                "0",
                "0",
                "00",
                "(0",
                "",
                "+358 ",
                "+420 ",
                "+65 ",
            )
        )
        shape = r.choice(
            (
                "### ### ####",
                "## #### ####",
                "#### ######",
                "##-##-##-##",
                "### ####",
                "###-###-####",
                "## ## ## ##",
                "(###) ###-####",
                "###.###.####",
                "##########",
                "### ## ## ##",
                "#### ## ## ##",
                "##) #### ####",
                "(##) ####-####",
                "### ### ###",
                "## ### ####",
            )
        )
        if head == "(0":
            shape = "##) #### ####"
        elif shape[0] == "(" or ")" in shape:
            head, shape = "", shape if shape[0] == "(" else "(###) ###-####"
        text = head + "".join(r.choice("123456789") if c == "#" else c for c in shape)
        return (
            f"{text} {r.choice(('ext', 'x', 'ext.'))} {self.digits(3)}"
            if r.random() < 0.06
            else text
        )

    def ip(self) -> str:
        r = self.rng
        roll = r.random()
        if roll < 0.5:
            return ".".join(str(r.randrange(1, 255)) for _ in range(4))
        if roll < 0.7:
            return r.choice(
                (
                    f"10.{r.randrange(255)}.{r.randrange(255)}.{r.randrange(1, 255)}",
                    f"192.168.{r.randrange(255)}.{r.randrange(1, 255)}",
                    f"172.{r.randrange(16, 31)}.{r.randrange(255)}.{r.randrange(1, 255)}",
                )
            )
        if roll < 0.85:
            return ":".join(f"{r.randrange(1, 65535):x}" for _ in range(8))
        return f"{r.choice(('fe80', '2001:db8', 'fd00', '2a02:8071'))}::{r.randrange(1, 65535):x}:{r.randrange(1, 65535):x}"

    def mac(self) -> str:
        r = self.rng
        parts = [f"{r.randrange(256):02x}" for _ in range(6)]
        text = (
            r.choice((":", "-")).join(parts)
            if r.random() < 0.85
            else ".".join("".join(parts)[i : i + 4] for i in (0, 4, 8))
        )
        return text.upper() if r.random() < 0.5 else text

    def serial(self) -> str:
        r, alnum = self.rng, string.ascii_uppercase + string.digits
        return r.choice((
            lambda: self._word(alnum, 7), lambda: self._word(alnum, 10), lambda: self._word(alnum, 12), lambda: f"{r.choice(('PF', 'MP', 'R9', 'PC', 'CN', 'MXL', '5CG', 'C02', 'FVF', 'FTX', 'FGT', 'VNB', 'SG', 'CZC'))}{self._word(alnum, 7)}",
            lambda: f"{r.choice('ABCDEFGHJKLMNPQRSTVXYZ')}{self.digits(3)}{r.choice('ABCDEFGHJKL')}{self.digits(6)}", lambda: f"{self._word(alnum, 4)}-{self._word(alnum, 4)}-{self._word(alnum, 4)}", lambda: f"{self.digits(15)}", lambda: f"S{self._word(alnum, 11)}",
            lambda: self._word(alnum, 8), lambda: f"{self._word(string.ascii_uppercase, 3)}{self.digits(4)}{self._word(alnum, 4)}",
        ))()  # fmt: skip

    def employee(self) -> str:
        r = self.rng
        return r.choice(
            (
                self.digits(5),
                self.digits(6),
                self.digits(4),
                f"00{self.digits(6)}",
                f"{self.digits(3)}-{self.digits(5)}",
                f"A00{self.digits(5)}",
                f"{r.choice(('MA', 'PN', 'W', 'HR-', 'X'))}{self.digits(r.choice((4, 6)))}",
                self.digits(8),
                f"E{self.digits(5)}",
                f"EMP-{self.digits(5)}",
                f"EMP{self.digits(4)}",
                f"P{self.digits(6)}",
                f"{r.choice('ABCDK')}-{self.digits(5)}",
                f"{self.digits(3)}-{self.digits(3)}",
                f"HR{self.digits(5)}",
            )
        )

    def secret(self) -> str:
        r, letters = self.rng, string.ascii_letters + string.digits
        season = r.choice(
            "Winter Summer Spring Autumn Welcome Password Passw0rd P@ssw0rd London Monday Liverpool Qwerty Changeme Secret Admin Letmein".split()
        )
        return r.choice((
            lambda: f"{season}{r.choice((2019, 2020, 2021, 2022, 2023, 2024, 2025, 1, 123, 99))}{r.choice(('', '!', '#', '$', '?', '@', '!!'))}", lambda: f"{r.choice(_WORDS)}-{r.choice(_WORDS)}-{self.digits(2)}", lambda: f"{r.choice(_WORDS).title()}{r.choice(_WORDS).title()}{self.digits(2)}",
            lambda: self._word(letters + _SIGNS, r.randrange(8, 16)), lambda: self._word(letters + _SIGNS, r.randrange(8, 16)), lambda: self._word(letters, r.randrange(8, 14)), lambda: f"{r.choice(('sk-', 'ghp_', 'glpat-', 'xoxb-', 'AKIA', 'pat_', 'key-', 'tok_', 'npm_', 'hf_'))}{self._word(letters, r.randrange(16, 40))}",
            lambda: f"{r.choice(_WORDS)}{r.choice(_SIGNS)}{r.choice(_WORDS)}{self.digits(r.choice((1, 2, 3)))}", lambda: f"{r.choice(_WORDS)} {r.choice(_WORDS)} {r.choice(_WORDS)}", lambda: self.digits(r.choice((4, 6, 6, 8))), lambda: f"{r.choice(_WORDS)}{self.digits(r.choice((1, 2, 4)))}", lambda: f"{self.people.draw().given}{self.digits(4)}{r.choice(('', '!'))}",
            self._phrase, self._phrase, lambda: self._word("0123456789abcdef", r.choice((32, 40, 64))), lambda: "-".join(self._word(string.ascii_lowercase, 4) for _ in range(4)), lambda: f"{self._word(letters, 6)}{r.choice(_SIGNS)}{self._word(letters, 5)}",
        ))()  # fmt: skip

    def _phrase(self) -> str:
        """Return a typical password: two rare words, a punctuation mark between them, a number."""
        r = self.rng
        one, two = (r.choice((_VERBAL, self.people.draw().family, r.choice(_WORDS))) for _ in "ab")
        one, two = (r.choice(each.split()) for each in (one, two))
        made = (
            f"{r.choice((one, one.title()))}{r.choice('-_!#*&@$+.')}{r.choice((two, two.title()))}"
        )
        end = f"{r.choice(('', '-', '_', '#'))}{self.digits(r.choice((2, 2, 3, 4)))}"
        made += r.choice((end, end, ""))
        return made.replace("o", "0").replace("e", "3") if r.random() < 0.1 else made

    def born(self) -> str:
        r = self.rng
        y, m, d = r.randrange(1932, 2012), r.randrange(1, 13), r.randrange(1, 29)
        month = "January February March April May June July August September October November December".split()[
            m - 1
        ]
        return r.choice(
            (
                f"{d:02}/{m:02}/{y}",
                f"{m}/{d}/{y}",
                f"{y}-{m:02}-{d:02}",
                f"{d} {month} {y}",
                f"{month} {d}, {y}",
                f"{d:02}.{m:02}.{y}",
                f"{d}-{month[:3]}-{y}",
                f"{d}/{m}/{y % 100:02}",
                f"{month[:3]} {d} {y}",
                f"{d}. {month} {y}",
                f"{d}th of {month} {y}",
                f"{y}/{m:02}/{d:02}",
                f"{month} {y}",
                f"{y}-{m:02}-{d:02} {r.randrange(24):02}:{r.randrange(60):02}:{r.randrange(60):02}",
            )
        )

    def national(self) -> str:
        r, d = self.rng, self.digits
        return r.choice(
            (
                f"{d(3)}-{d(2)}-{d(4)}",
                f"{d(3)}-{d(2)}-{d(4)}",
                f"{d(9)}",
                f"{r.choice('ABCEGHJ')}{r.choice('ABCEGHJ')} {d(2)} {d(2)} {d(2)} {r.choice('ABCD')}",
                f"{d(6)}-{d(4)}",
                f"{d(8)}{r.choice('TRWAGMYFPD')}",
                f"{d(3)} {d(3)} {d(3)}",
                f"{d(11)}",
                f"{r.choice('CXPL')}{d(8)}",
                f"{d(6)}{d(3)}{r.choice('ABCDEF')}",
            )
        )

    def card(self) -> str:
        r = self.rng
        number = r.choice(_fakes("credit_card_number"))
        if r.random() < 0.35 and len(number) == 16:
            number = r.choice((" ", "-")).join(number[i : i + 4] for i in range(0, 16, 4))
        return number

    def account(self) -> str:
        r = self.rng
        roll = r.random()
        if roll < 0.5:
            iban = r.choice(_fakes("iban"))
            return (
                " ".join(iban[i : i + 4] for i in range(0, len(iban), 4))
                if r.random() < 0.3
                else iban
            )
        return (
            self.digits(r.choice((8, 8, 9, 10, 12)))
            if roll < 0.9
            else f"{self.digits(2)}-{self.digits(2)}-{self.digits(2)} {self.digits(8)}"
        )

    def url(self) -> str:
        r = self.rng
        host = r.choice(_fakes("domain_name")) if r.random() < 0.3 else self.known_domain()
        if r.random() < 0.4:
            words = "".join(w.title() for w in r.sample(_WORDS, 2))
            host = f"{words}.{host.split('.', 1)[1]}"
        head = r.choice(
            (
                "https://",
                "http://",
                "https://www.",
                "www.",
                "http://www.",
                "https://intranet.",
                "https://portal.",
            )
        )
        return (
            head
            + host
            + r.choice(
                (
                    "",
                    "/",
                    "/",
                    "/login",
                    "/staff/",
                    "/~" + _login(self.people.draw())[1],
                    "/sites/hr/index.html",
                )
            )
        )

    def age(self) -> str:
        return str(self.rng.randrange(18, 96))

    def nation(self) -> str:
        r = self.rng
        text = r.choice(_NATIONS)
        return r.choice((text, text, text, text.lower(), f"{text}s", f"{text.lower()}s"))

    def title(self) -> str:
        return self.rng.choice(
            "Mr. Mrs. Ms. Dr. Prof. Mr Mrs Ms Dr Miss Sir Madam Herr Frau Mme Sra. Rev.".split()
        )

    def job(self) -> str:
        r = self.rng
        text = r.choice(_fakes("job")) if r.random() < 0.75 else r.choice(_JOBS)
        return text.lower() if r.random() < 0.2 else text

    def guid(self) -> str:
        return str(uuid.UUID(int=self.rng.getrandbits(128)))


def _login(person: Person) -> tuple[str, str]:
    """Return given and family name as letters of a login."""
    plain = (
        "".join(c for c in ascii_of(name).lower() if c.isascii() and c.isalpha())
        for name in (person.given, person.family)
    )
    given, family = plain
    return given or "alex", family or "novak"


@cache
def _fakes(kind: str) -> list[str]:
    drawn: set[str] = set()
    locales = (
        ("en_US", "en_GB") if kind in {"job", "credit_card_number", "domain_name"} else LOCALES
    )
    for number, locale in enumerate(locales):
        fake = Faker(locale)
        fake.seed_instance(3000 + number)
        drawn.update(str(getattr(fake, kind)()) for _ in range(400 if len(locales) == 2 else 60))
    return sorted(drawn)


Maker = Callable[[Values], str]

SLOTS: dict[str, tuple[str | None, Maker]] = {
    "person": ("PERSON", Values.person), "given": ("PERSON", Values.given), "family": ("PERSON", Values.family), "full": ("PERSON", Values.full),
    "org": ("ORGANIZATION", Values.organisation), "place": ("LOCATION", lambda v: v.places.place()), "city": ("LOCATION", lambda v: v.places.city()), "country": ("LOCATION", lambda v: v.places.country()),
    "address": ("STREET_ADDRESS", lambda v: v.places.address()), "street": ("STREET_ADDRESS", lambda v: v.places.street()), "streetname": ("STREET_ADDRESS", lambda v: v.places.street_name()),
    "unit": ("STREET_ADDRESS", lambda v: v.places.unit()), "post": ("STREET_ADDRESS", lambda v: v.places.postcode()), "number": ("STREET_ADDRESS", lambda v: str(v.rng.randrange(1, 9999))),
    "user": ("USERNAME", Values.username), "handle": ("USERNAME", Values.handle), "host": ("HOSTNAME", Values.hostname), "phone": ("PHONE_NUMBER", Values.phone), "email": ("EMAIL_ADDRESS", Values.email), "url": ("URL", Values.url),
    "ip": ("IP_ADDRESS", Values.ip), "mac": ("IP_ADDRESS", Values.mac), "serial": ("SERIAL_NUMBER", Values.serial), "longserial": ("SERIAL_NUMBER", lambda v: "89" + v.digits(17)), "emp": ("EMPLOYEE_ID", Values.employee), "secret": ("SECRET", Values.secret),
    "born": ("DATE_OF_BIRTH", Values.born), "year": ("DATE_OF_BIRTH", lambda v: str(v.rng.randrange(1930, 2025))), "weekday": ("DATE_OF_BIRTH", lambda v: v.rng.choice("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())),
    "ssn": ("NATIONAL_ID", Values.national), "card": ("ACCOUNT_NUMBER", Values.card), "account": ("ACCOUNT_NUMBER", Values.account),
    "age": ("DEMOGRAPHIC", Values.age), "nation": ("DEMOGRAPHIC", Values.nation), "title": ("DEMOGRAPHIC", Values.title), "job": ("DEMOGRAPHIC", Values.job),
    "salut": (None, Values.title), "role": (None, Values.job), "guid": (None, Values.guid),
    **{name: (None, lambda v, n=name: v.technical.draw(n)) for name in Technical.KINDS},
}  # fmt: skip
