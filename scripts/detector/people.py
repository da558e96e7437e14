# ruff: noqa: E501, PLR2004 - tables of words, and the odds of drawing them
"""Invented people: names of many countries, in the forms that people write them.

Three sources, drawn equally: Faker's locales, the name lists that the rules use, and short lists
of romanised names that Faker only has in their own script. Names that are words (Will, Page,
Chase) are deliberately much more frequent than in reality: detectors miss them most.
"""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from faker import Faker

LISTS = Path(__file__).resolve().parents[2] / "guardrails" / "detect" / "lists"
LATIN = (
    "en_US en_GB en_AU en_CA en_IE en_IN en_NZ de_DE de_AT de_CH fr_FR fr_CH fr_CA es_ES es_MX "
    "es_AR it_IT pt_BR pt_PT nl_NL nl_BE sv_SE da_DK no_NO fi_FI pl_PL cs_CZ sk_SK hu_HU hr_HR "
    "sl_SI ro_RO tr_TR et_EE lt_LT lv_LV id_ID vi_VN az_AZ en_TH"
).split()
OTHER = "el_GR ru_RU uk_UA bg_BG".split()

WORD_GIVEN = (
    "Will Mark Grace Rose Summer Chase Hunter Faith Hope Joy Dawn Autumn May June April Bill Rich "
    "Frank Jack Pat Rob Drew Sky Angel Art Ray Dean Guy Lance Miles Chance Crystal Amber Ruby Jade "
    "Pearl Iris Lily Violet Olive Ivy Holly Heather Ginger Sage Basil Melody Harmony Destiny Trinity "
    "Christian Lane Cliff Dale Glen Rocky Stone Wade Chip Buck Ace Norm Gene Max Sunny Star Misty "
    "Stormy Brook River Reed Colt Gray Major Duke Earl King Prince Rusty Sandy Penny Robin Jay Josh "
    "Nick Victor Daisy Bliss Charity Mercy Patience Prudence Constance Merit Ruth Tab Van Tip Port"
).split()
WORD_FAMILY = (
    "Page Stone Park Long Short Young Old Wood Woods Green Brown White Black Gray Day Knight Bishop "
    "Pope King Prince Cook Baker Butler Carpenter Mason Miller Potter Taylor Turner Weaver Wright "
    "Fisher Hunter Shepherd Steward Major Bell Bush Field Fields Ford Hall Hill Lake Lane Marsh "
    "Moore Pond Pool Rivers Banks Bank Best Bright Case Cash Chance Church Cross Dale Drake Early "
    "English Fox French Frost Gates Glass Gold Golden Good Grant Hand Hawk Head Hope House Hurt Joy "
    "Key Keys Law Little Love Lock Mann March May Minor Money Noble North Nice Pace Pack Parish Peace "
    "Penny Pike Post Power Price Rich Root Rose Rush Sharp Shields Silver Singer Small Snow Sparks "
    "Speed Spring Star Steel Storm Street Strong Summers Sweet Swift Walker Wall Waters Webb Wells "
    "West Wild Winter Wise Wolf Worth Yates Berry Bird Branch Brand Bridges Burns Chambers Cloud Cole"
).split()
ROMANISED_GIVEN = (
    "Wei Fang Jing Li Ming Xiaoming Yifan Haoran Zihan Yuting Mei Ling Chen Jun Tao Lei Yan Qiang Bo "
    "Haruto Yuki Sakura Hiroshi Kenji Aiko Takumi Ren Mio Sota Naoki Emi Daichi Keiko Jiho Minjun "
    "Seo-yeon Hyun-woo Jisoo Eun-ji Sung Min Ji-won Ahmed Mohammed Fatima Aisha Omar Khalid Layla Noor "
    "Youssef Tariq Zainab Hassan Hussein Mariam Ali Salma Abdullah Rania Samir Priya Arjun Ananya Rohan "
    "Deepak Lakshmi Venkat Sanjay Kavita Rahul Meera Vikram Nisha Suresh Pooja Chinedu Ngozi Oluwaseun "
    "Adaeze Emeka Funmilayo Kwame Kofi Ama Akosua Abena Yaw Wanjiku Kamau Njeri Achieng Otieno Thabo "
    "Nomvula Sipho Lerato Tendai Farai Amara Zuri Imani Jabari Dmitri Svetlana Alexei Olga Natalia "
    "Yevgeny Oksana Taras Giorgi Nino Levan Aram Anahit Gurpreet Harjit Ye-jin Thi Minh Linh Quang Somchai"
).split()
ROMANISED_FAMILY = (
    "Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Guo He Lin Luo Zheng Liang Tanaka "
    "Suzuki Sato Takahashi Watanabe Ito Yamamoto Nakamura Kobayashi Kato Yoshida Sasaki Kim Lee Park Choi "
    "Jung Kang Yoon Jang Lim Al-Farsi Al-Rashid El-Sayed Haddad Khoury Mansour Nasser Rahman Siddiqui "
    "Hussain Malik Raghunathan Venkatesan Iyer Chaudhary Banerjee Mukherjee Krishnan Subramanian Reddy "
    "Gupta Sharma Singh Kaur Okafor Okonkwo Adeyemi Eze Nwosu Balogun Mensah Boateng Owusu Asante Kamau "
    "Mwangi Ochieng Kimani Dlamini Nkosi Ndlovu Moyo Diallo Traore Ivanov Petrova Sokolov Kuznetsova "
    "Volkov Shevchenko Kovalenko Melnyk Beridze Petrosyan Nguyen Tran Pham Le Vo Dang Bui O'Brien O'Neill "
    "O'Connor McDonald MacLeod McCarthy van den Berg|de Vries|van Dijk|von Hohenberg|da Silva|dos Santos|"
    "de la Cruz|Del Rio|St. John|D'Angelo|Le Roux|Ben-David|Abu Bakr|Bin Salman"
)


@dataclass(frozen=True, slots=True)
class Person:
    """A given and a family name that belong together."""

    given: str
    family: str


class People:
    """Draws people; the same seed draws the same ones."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng

    def draw(self) -> Person:
        """Return a person of one of the sources."""
        roll = self._rng.random()
        if roll < 0.38:
            given, family = _faked()
            at = self._rng.randrange(len(LATIN) if roll < 0.36 else len(LATIN) + len(OTHER))
            return Person(self._rng.choice(given[at]), self._rng.choice(family[at]))
        if roll < 0.66:
            return Person(self._listed("given_names"), self._listed("family_names"))
        if roll < 0.84:
            return Person(self._rng.choice(ROMANISED_GIVEN), self._rng.choice(_romanised()))
        given = self._rng.choice(WORD_GIVEN) if roll < 0.93 else self._listed("given_names")
        family = self._rng.choice(WORD_FAMILY) if roll > 0.89 else self._listed("family_names")
        return Person(given, family)

    def _listed(self, name: str) -> str:
        return _capital(self._rng.choice(_lines(name)))

    def write(self, person: Person) -> str:
        """Return the name of ``person`` in one of the forms of running text."""
        r, given, family = self._rng, person.given, person.family
        forms = (
            (34, lambda: f"{given} {family}"),
            (22, lambda: given),
            (7, lambda: family),
            (4, lambda: f"{family}, {given}"),
            (5, lambda: f"{given[0]}. {family}"),
            (2, lambda: f"{given[0]} {family}"),
            (3, lambda: f"{given} {family[0]}."),
            (4, lambda: f"{given} {r.choice('ABCDEFGHJKLMNPRSTW')}. {family}"),
            (2, lambda: f"{given} {self.draw().family}-{family}"),
            (2, lambda: f"{given} {self.draw().given} {family}"),
            (2, lambda: f"{family} {given}"),
            (1, lambda: f"{family}, {given[0]}."),
            (2, lambda: f"{given} {self.draw().family} {family}"),
            (1, lambda: f"{given[0]}.{r.choice('ABCDEFGHJKLMNPRSTW')}. {family}"),
            (1, lambda: f"{given} “{self.draw().given}” {family}"),
        )
        text = r.choices([f for _, f in forms], [w for w, _ in forms])[0]()
        return self.case(text)

    def case(self, text: str) -> str:
        """Return ``text`` in one of the usual cases (lower, upper, title)."""
        roll = self._rng.random()
        if roll < 0.17:
            return text.lower()
        if roll < 0.22:
            return text.upper()
        if roll < 0.25:
            return ascii_of(text)
        return text


def ascii_of(text: str) -> str:
    """Return ``text`` without accents, as old keyboards write it."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(char for char in plain if not unicodedata.combining(char))


@cache
def _faked() -> tuple[list[list[str]], list[list[str]]]:
    given: list[list[str]] = []
    family: list[list[str]] = []
    for number, locale in enumerate([*LATIN, *OTHER]):
        fake = Faker(locale)
        fake.seed_instance(1000 + number)
        given.append([fake.first_name() for _ in range(120)])
        family.append([fake.last_name() for _ in range(160)])
    return given, family


@cache
def _lines(name: str) -> list[str]:
    lines = (LISTS / f"{name}.txt").read_text("utf-8").splitlines()
    return [line.strip() for line in lines if len(line.strip()) > 2 and line[0] != "#"]


@cache
def _romanised() -> list[str]:
    plain, _, compound = ROMANISED_FAMILY.partition(" van den Berg|")
    return [*plain.split(), "van den Berg", *compound.split("|")]


def _capital(name: str) -> str:
    return name if any(char.isupper() for char in name) else name.title()
