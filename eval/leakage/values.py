"""Invented people, machines and secrets to plant, determined by a seed alone.

None of these generators was used to train or to tune the detector. Every value is unique in a run,
so that finding it shows where it came from.
"""

from __future__ import annotations

import random
import string
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from guardrails.spans import EntityType

_GIVEN = (
    "Anneke Bartosz Chiara Dagny Eluned Fergus Gwenllian Hamza Ilse Jovana Kaisa Lorcan Marisol "
    "Nkechi Oisín Paloma Quentin Rasmus Sunniva Tariq Ulrike Vasile Wanjiru Ximena Yusuf Zuzana "
    "Aoife Benedek Cosima Dmitri Esme Faisal Greta Hiroshi Imogen Jarek Keira Leif Mirela Nadia "
    "Owain Priya Rhys Saoirse Tomasz Una Viktor Wren Yara Zoltan René Zoë Björn Agnès Đorđe"
).split()
_FIRST = (
    "Ald Bren Cors Dal Elm Farr Gris Holm Ing Jarn Kest Lind Marr Nord Ost Pell Quar Rav Sund "
    "Thorn Ull Varg Wend Yar Zell Ash Birk Clav Drum Esk Fenn Garv Hext Isk Jut Kolb Lorn Mund"
).split()
_MIDDLE = "a e i o u ar en il on ur el am ov in es".split()
_LAST = (
    "by croft dahl feldt gaard hurst kamp lund mere nagh quist rosk stedt thwaite vik wold zewski "
    "berg ford ham iello nez oğlu ský tova escu"
).split()
_SITES = "OSLO TRN GDN LEU PORT KIL VIG BAR".split()
_JOBS = "APP BUILD CACHE EDGE FILER HMI LABEL MES PACS RADIUS SCADA TERM".split()
_STREETS = "Larkspur Cooper Tannery Quarry Mill Heron Saltmarsh Foundry Orchard Beacon".split()
_ROADS = "Lane Street Road Close Avenue Drive".split()
_TOWNS = "Oakhill Brackenford Wexcombe Tarnmouth Elverdale Stoneferry Marlbeck Duncastle".split()
_FIRMS = "Logistics Dental Foods Instruments Shipping Legal Textiles Energy Robotics".split()
_FORMS = "Ltd GmbH Inc AG LLC BV".split()
_MANY = 8000
"""Of 14,820 simple names; beyond this number names are double."""
_PASSWORD_WORDS = "gravel comet tulip anvil saffron kettle harpoon walrus lantern quartz".split()


@dataclass(frozen=True, slots=True)
class Value:
    """One planted value; ``alone`` is a part of it that reveals it by itself, if any."""

    kind: EntityType
    text: str
    alone: str = ""


@dataclass(frozen=True, slots=True)
class PlantedPerson:
    """A person with all fields of a directory."""

    name: Value
    email: Value
    phone: Value
    username: Value
    number: Value
    host: Value
    serial: Value

    def values(self) -> tuple[Value, ...]:
        """Return all values of the person."""
        return (
            *(self.name, self.email, self.phone, self.username),
            *(self.number, self.host, self.serial),
        )


class Maker:
    """Makes distinct values."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self._made: set[str] = set()
        self._families: set[str] = set()
        self._makers: Mapping[EntityType, Callable[[], str]] = {
            EntityType.PERSON: self._name,
            EntityType.EMAIL_ADDRESS: self._mail,
            EntityType.PHONE_NUMBER: self._phone,
            EntityType.HOSTNAME: self._host,
            EntityType.USERNAME: self._user,
            EntityType.SERIAL_NUMBER: self._serial,
            EntityType.EMPLOYEE_ID: self._employee,
            EntityType.STREET_ADDRESS: self._address,
            EntityType.ORGANIZATION: self._firm,
            EntityType.IP_ADDRESS: self._ip,
            EntityType.MAC_ADDRESS: self._mac,
            EntityType.CREDIT_CARD: self._card,
            EntityType.ACCOUNT_NUMBER: self._iban,
            EntityType.NATIONAL_ID: self._national,
            EntityType.DATE_OF_BIRTH: self._birth,
            EntityType.SECRET: self._secret,
        }

    def person(self) -> PlantedPerson:
        """Return a new person."""
        name = self.make(EntityType.PERSON)
        given, family = name.text.split(" ", 1)
        plain = _ascii(family).lower()
        firm = _ascii(self._family()).lower()
        mail = f"{_ascii(given).lower()}.{plain}"
        user = f"{plain[:7]}{_ascii(given)[:2].lower()}{self._digits(2)}"
        return PlantedPerson(
            name,
            Value(
                EntityType.EMAIL_ADDRESS,
                self._once(lambda: f"{mail}{self._digits(1)}@{firm}.example"),
            ),
            self.make(EntityType.PHONE_NUMBER),
            Value(EntityType.USERNAME, self._once(lambda: f"{user}{self._digits(2)}")),
            self.make(EntityType.EMPLOYEE_ID),
            self.make(EntityType.HOSTNAME),
            self.make(EntityType.SERIAL_NUMBER),
        )

    def make(self, kind: EntityType) -> Value:
        """Return a new value of ``kind``."""
        text = self._once(self._makers[kind])
        return Value(kind, text, text.split(" ", 1)[1] if kind is EntityType.PERSON else "")

    def _once(self, draw: Callable[[], str]) -> str:
        while (text := draw()).casefold() in self._made:
            pass
        self._made.add(text.casefold())
        return text

    def _name(self) -> str:
        return f"{self.rng.choice(_GIVEN)} {self._family()}"

    def _family(self) -> str:
        """Return a unique family name: each one identifies its person in any text."""
        pick = self.rng.choice
        while True:
            name = f"{pick(_FIRST)}{pick(_MIDDLE)}{pick(_LAST)}"
            if len(self._families) > _MANY:
                name = f"{name}-{pick(_FIRST)}{pick(_LAST)}"
            if name not in self._families:
                self._families.add(name)
                return name

    def _digits(self, count: int) -> str:
        return "".join(self.rng.choices(string.digits, k=count))

    def _mail(self) -> str:
        family = _ascii(self._family()).lower()
        return f"{_ascii(self.rng.choice(_GIVEN)).lower()}_{family}@{family[:6]}mail.example"

    def _phone(self) -> str:
        number = self._digits(4)
        return self.rng.choice(
            (
                f"+44 20 7946 {number}",
                f"(0{self.rng.randint(1200, 1899)}) 96{number}",
                f"+49 30 {self._digits(4)} {number}",
                f"+1 (415) 555-{number}",
                f"+47 22 {self._digits(2)} {number[:2]} {number[2:]}",
                f"+331 7018 {number}",
            )
        )

    def _host(self) -> str:
        site, job = self.rng.choice(_SITES), self.rng.choice(_JOBS)
        style = self.rng.choice(("{s}-{j}{n}", "{j}{n}.{s}.corp.example", "{s}{j}-{n}"))
        name = style.format(s=site, j=job, n=self._digits(3))
        return name.lower() if "." in name else name

    def _user(self) -> str:
        family, given = _ascii(self._family()).lower(), _ascii(self.rng.choice(_GIVEN)).lower()
        return self.rng.choice(
            (
                f"{given[0]}{family}",
                f"{family}.{given}",
                f"svc_{family}",
                f"{given}{self._digits(3)}{family[:3]}",
            )
        )

    def _serial(self) -> str:
        letters = "".join(self.rng.choices("ABCDEFGHJKLMNPRSTVWXYZ", k=3))
        return f"{self._digits(1)}{letters}{self._digits(2)}{letters[::-1]}{self._digits(3)}"

    def _employee(self) -> str:
        return f"{self.rng.choice(('EMP', 'PX', 'MA', 'P'))}-{self._digits(6)}"

    def _address(self) -> str:
        pick = self.rng.choice
        street = f"{pick(_STREETS)}{pick(_MIDDLE)} {pick(_ROADS)}"
        return f"{self.rng.randint(2, 299)} {street}, {pick(_TOWNS)}"

    def _firm(self) -> str:
        return f"{self._family()} {self.rng.choice(_FIRMS)} {self.rng.choice(_FORMS)}"

    def _ip(self) -> str:
        pick = self.rng.randint
        return f"10.{pick(100, 250)}.{pick(100, 250)}.{pick(100, 250)}"

    def _mac(self) -> str:
        return ":".join(f"{self.rng.randint(16, 255):02x}" for _ in range(6))

    def _card(self) -> str:
        digits = f"4539{self._digits(11)}"
        whole = f"{digits}{_luhn(digits)}"
        return " ".join(whole[at : at + 4] for at in range(0, 16, 4))

    def _iban(self) -> str:
        account = f"37040044{self._digits(10)}"
        check = 98 - int(f"{account}131400") % 97
        return f"DE{check:02d}{account}"

    def _national(self) -> str:
        return f"{self.rng.randint(500, 665)}-{self.rng.randint(10, 99)}-{self._digits(4)}"

    def _birth(self) -> str:
        pick = self.rng.randint
        return f"{pick(1, 28):02d}/{pick(1, 12):02d}/{pick(1941, 2004)}"

    def _secret(self) -> str:
        pick, digits = self.rng.choice, self._digits
        mixed = "".join(self.rng.choices(string.ascii_letters + string.digits, k=32))
        return pick(
            (
                f"{pick(_PASSWORD_WORDS).title()}{digits(4)}{pick('!#?')}{pick(_PASSWORD_WORDS)}",
                f"AKIA{''.join(self.rng.choices(string.ascii_uppercase + '234567', k=16))}",
                f"ghp_{mixed}{mixed[:4]}",
                f"sk-proj-{mixed}",
                f"{mixed[:8]}-{pick(_PASSWORD_WORDS)}-{digits(3)}",
            )
        )


def _luhn(digits: str) -> int:
    doubled = [int(each) * (2 - at % 2) for at, each in enumerate(digits)]
    return -sum(sum(divmod(each, 10)) for each in doubled) % 10


def _ascii(text: str) -> str:
    table = str.maketrans("Đđğø", "Ddgo")
    plain = unicodedata.normalize("NFD", text.translate(table))
    return "".join(each for each in plain if each.isascii() and each.isalnum())
