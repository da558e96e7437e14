# ruff: noqa: E501, PLR2004, ARG005 - tables of words, and the odds of drawing them
"""Invented addresses and organisations, and real places."""

from __future__ import annotations

import random
from functools import cache

from faker import Faker

from scripts.detector.people import LISTS, Person

LOCALES = (
    "en_US en_GB en_AU en_CA en_IE en_IN de_DE de_AT de_CH fr_FR fr_CH es_ES es_MX it_IT pt_BR pt_PT "
    "nl_NL nl_BE sv_SE da_DK no_NO fi_FI pl_PL cs_CZ sk_SK hu_HU hr_HR sl_SI ro_RO tr_TR el_GR en_NZ"
).split()

_ADJECTIVE = (
    "Blue Green Silver Golden Northern Southern Eastern Western Bright Clear Grand Royal Old New First "
    "United Central Pacific Atlantic Alpine Coastal Summit Harbor Lakeside Riverside Highland Prairie "
    "Crescent Evergreen Redwood Maple Oak Cedar Willow Birch Pine Stone Iron Copper Falcon Heron Lark "
    "Robin Osprey Lion Fox Wolf Bear Otter Beacon Compass Anchor Lantern Keystone Cornerstone Pioneer "
    "Liberty Heritage Vanguard Horizon Meridian Vega Orion Polaris Nova Aurora Zephyr Cobalt Amber "
    "Thistle Clover Heather Juniper Saffron Brightwater Stillwater Redfern Ashford Kingsley Fairview "
    "Westbrook Northgate Eastwood Millbrook Rosewood Kestrel Hawthorn Larkspur Sandstone Granite"
).split()
_TRADE = (
    "Timber|Dental|Dental Care|Orchards|Credit Union|Bank|Savings Bank|Law|Legal|Solicitors|Partners|"
    "Logistics|Freight|Shipping|Foods|Bakery|Brewery|Farms|Dairy|Pharma|Pharmacy|Clinic|Hospital|"
    "Medical Group|Health|Veterinary|School District|Primary School|College|University|Academy|Church|"
    "Housing|Housing Association|Properties|Realty|Construction|Builders|Roofing|Plumbing|Motors|Auto|"
    "Airways|Travel|Hotels|Energy|Power|Water|Solar|Mining|Metals|Steel|Plastics|Textiles|Fashion|"
    "Furniture|Interiors|Insurance|Mutual|Capital|Holdings|Ventures|Advisors|Accountants|Consulting|"
    "Engineering|Architects|Design|Studios|Media|Press|Publishing|Films|Records|Games|Sports|Fitness|"
    "Council|County|Borough Council|Museum|Library|Foundation|Trust|Charity|Institute|Laboratories|"
    "Biotech|Genomics|Optics|Aerospace|Marine|Rail|Transit|Couriers|Security|Staffing|Recruitment|"
    "Catering|Coffee|Wines|Nurseries|Garden Centre|Supplies|Wholesale|Stores|Markets|Outfitters"
).split("|")
_SUFFIX = "Ltd|Ltd.|Limited|Inc|Inc.|LLC|LLP|plc|GmbH|AG|KG|S.A.|SARL|SAS|S.p.A.|Srl|B.V.|NV|AB|A/S|Oy|AS|Pty Ltd|Corp|Corp.|Corporation|Incorporated|Co.|Group|Sp. z o.o.|& Co|& Sons|Company|Kft.|d.o.o.|Ltda".split(
    "|"
)
_HEAD = "geo|soci|med|data|civ|fin|edu|agri|eco|bio|opti|info|trans|omni|veri|lumi|nov|syn|tele|zen|quant|urb|clim|mobi|vid|loca|appa|impo|cred|allo|evo|kyr|spo|wis|zon|rev|tru|cura|home|farm|ship|loop|stack|bright|spark".split(
    "|"
)
_TAIL = "ify|ly|ability|acity|ista|via|ora|ant|ex|ix|io|era|rata|com|nex|wise|hub|lab|labs|works|tap|point|scape|cast|grid|mint|path|licious|vore|force|logic|metrics|sphere|verse|ware house|space|one|zen|quest|fuse".split(
    "|"
)
_KNOWN = (
    "NATO|UNICEF|Greenpeace|Red Cross|Amnesty International|World Bank|BBC|CNN|Reuters|The Guardian|New York "
    "Times|Washington Post|Toyota|Honda|Ford|BMW|Volkswagen|Tesla|Nike|Adidas|Puma|McDonald's|Burger King|KFC|"
    "Starbucks|Subway|Walmart|Target|Tesco|Sainsbury's|Aldi|Lidl|Carrefour|IKEA|Costco|Nestlé|Unilever|Pepsi|"
    "Coca-Cola|Heineken|Shell|BP|Total|ExxonMobil|Gazprom|HSBC|Barclays|Lloyds|Santander|Deutsche Bank|BNP "
    "Paribas|UBS|Goldman Sachs|JP Morgan|Morgan Stanley|Wells Fargo|Citibank|Visa|Mastercard|PwC|Deloitte|KPMG|"
    "EY|McKinsey|Pfizer|Novartis|Roche|Bayer|AstraZeneca|Moderna|Boeing|Airbus|Lufthansa|Ryanair|Delta|United "
    "Airlines|Emirates|Marriott|Hilton|Airbnb|Uber|Disney|Netflix|Warner Bros|Universal|Sony Pictures|Manchester "
    "United|Arsenal|Chelsea|Real Madrid|Barcelona|Bayern|Lakers|Yankees|Red Sox|Cowboys|NFL|NBA|FIFA|UEFA|FBI|CIA|"
    "NASA|NHS|Harvard|Oxford University|MIT|Stanford|Congress|Labour|GOP|Democrats|Allianz|Garmin|DHL|FedEx|UPS|"
    "Siemens|Bosch|General Electric|Philips|Nokia|Ericsson|Vodafone|Verizon|AT&T|T-Mobile|Comcast|Spotify"
).split("|")


class Places:
    """Draws places, addresses and organisations."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng

    def place(self) -> str:
        """Return a city, a country, a state or an invented village, in some case."""
        r = self._rng
        roll = r.random()
        if roll < 0.55:
            text = r.choice(_places())
        elif roll < 0.75:
            text = r.choice(_faked("city"))
        elif roll < 0.92:
            text = r.choice(_countries())
        else:
            text = f"{r.choice(_places())}, {r.choice(_countries())}"
        return self._case(text)

    def country(self) -> str:
        """Return a country."""
        return self._rng.choice(_countries())

    def city(self) -> str:
        """Return a city or a village."""
        r = self._rng
        return r.choice(_places()) if r.random() < 0.5 else r.choice(_faked("city"))

    def street(self) -> str:
        """Return a street with a number, of one country or another."""
        r = self._rng
        roll = r.random()
        if roll < 0.5:
            return r.choice(_faked("street_address")).replace("\n", ", ")
        return r.choice(_STREETS)(r, self)

    def street_name(self) -> str:
        """Return the name of a street without a number."""
        return self._rng.choice(_faked("street_name"))

    def postcode(self) -> str:
        """Return a post code."""
        r = self._rng
        if r.random() < 0.7:
            return r.choice(_faked("postcode"))
        return str(r.randrange(1000, 99999)).zfill(5)

    def unit(self) -> str:
        """Return a part of a building."""
        r = self._rng
        kind = r.choice(
            "Apt.|Apt|Suite|Ste|Unit|Flat|Floor|#|Room|apt|suite|Building|Bldg|Tower|Office".split(
                "|"
            )
        )
        number = r.choice((str(r.randrange(1, 999)), f"{r.randrange(1, 40)}{r.choice('ABCDEF')}"))
        return f"{kind}{number}" if kind == "#" else f"{kind} {number}"

    def address(self) -> str:
        """Return an address on one line or on many."""
        r = self._rng
        roll = r.random()
        if roll < 0.15:
            return self._case(r.choice(_faked("address")))
        if roll < 0.3:
            return self._case(r.choice(_faked("address")).replace("\n", ", "))
        if roll < 0.45:
            return self._case(self.street())
        if roll < 0.5:
            return f"P.O. Box {r.randrange(10, 9999)}, {self.city()} {self.postcode()}"
        return self._case(self._composed())

    def _composed(self) -> str:
        r = self._rng
        gap = r.choice((", ", ", ", "\n", "\n ", " ", ",\n"))
        parts = [self.street()]
        if r.random() < 0.45:
            parts[0] = f"{parts[0]}{r.choice((' ', ', ', gap))}{self.unit()}"
        city, post = self.city(), self.postcode()
        region = r.choice(("", "", "", r.choice(_REGIONS)))
        tail = r.choice(
            (
                f"{city} {region} {post}",
                f"{post} {city}",
                f"{city}, {region} {post}",
                city,
                f"{city}{gap}{post}",
            )
        )
        parts.append(" ".join(tail.replace(",  ", " ").split(" ")).strip())
        if r.random() < 0.45:
            country = self.country()
            parts.append(country if r.random() < 0.6 else f"{country} {self.postcode()}")
        return gap.join(part.replace("  ", " ") for part in parts)

    def organisation(self, person: Person, other: Person) -> str:
        """Return an organisation; some are named after ``person`` and ``other``."""
        r = self._rng
        roll = r.random()
        if roll < 0.28:
            text = f"{r.choice(_ADJECTIVE)} {r.choice(_TRADE)}"
        elif roll < 0.36:
            text = f"{person.family} {r.choice(_TRADE)}"
        elif roll < 0.42:
            text = f"{self.city()} {r.choice(_TRADE)}"
        elif roll < 0.47:
            text = r.choice(
                (
                    f"University of {self.city()}",
                    f"{self.city()} University",
                    f"Bank of {self.city()}",
                    f"City of {self.city()}",
                )
            )
        elif roll < 0.55:
            text = r.choice(
                (
                    f"{person.family}-{other.family}",
                    f"{person.family}, {other.family} and {r.choice(_ADJECTIVE)}son",
                    f"{person.family} & {other.family}",
                    f"{person.family} and {other.family}",
                    f"{person.family} and Sons",
                )
            )
        elif roll < 0.67:
            text = (r.choice(_HEAD) + r.choice(_TAIL)).replace(" ", "").capitalize()
        elif roll < 0.74:
            text = f"{r.choice(_ADJECTIVE)} {r.choice(_ADJECTIVE)} {r.choice(_TRADE)}"
        elif roll < 0.88:
            text = r.choice(_KNOWN)
        else:
            text = r.choice(_faked("company"))
        if roll < 0.74 and r.random() < 0.22:
            text = f"{text}{r.choice((' ', ' ', ', '))}{r.choice(_SUFFIX)}"
        return self._case(text)

    def domain(self, organisation: str) -> str:
        """Return a domain that ``organisation`` could own."""
        r = self._rng
        name = "".join(
            char for char in organisation.casefold() if char.isascii() and char.isalnum()
        )
        return f"{name[:22] or 'example'}.{r.choice('com com com org net co.uk de fr es it nl se io ca com.au ie eu example local'.split())}"

    def _case(self, text: str) -> str:
        roll = self._rng.random()
        if roll < 0.11:
            return text.lower()
        return text.upper() if roll < 0.14 else text


_REGIONS = "TX CA NY FL OH WA CO NSW VIC QLD ON BC QC Kent Surrey Essex Bavaria Bayern Andalucía RJ SP BA PR Cork Zeeland".split()
_STREET_WORDS = "Street St St. Road Rd Rd. Avenue Ave Ave. Lane Ln Drive Dr Dr. Way Court Ct Place Pl Boulevard Blvd Close Crescent Terrace Square Parkway Highway Row Walk Grove Gardens Hill Park Mews Circle".split()
_NAMED = "Main High Church Station Mill Park Oak Maple Elm Cedar Washington Victoria King Queen Bridge Market Castle School Green Manor London River Lake Hill Grove Union Broad Spring Water Front Chestnut Walnut Pine Harbour Garden Orchard Windsor Albert Lincoln Jackson Franklin Madison Harrison Kennedy".split()
_STREETS = (
    lambda r, p: f"{r.randrange(1, 9999)} {r.choice(_NAMED)} {r.choice(_STREET_WORDS)}",
    lambda r, p: (
        f"{r.randrange(1, 999)}{r.choice(('', '', 'a', 'B'))} {r.choice(_NAMED)}{r.choice(_NAMED).lower()} {r.choice(_STREET_WORDS)}"
    ),
    lambda r, p: (
        f"{r.randrange(1, 999)} {r.choice('N S E W NW SE North West'.split())} {r.choice(('1st', '2nd', '3rd', '4th', '5th', '12th', '42nd', *_NAMED))} {r.choice(_STREET_WORDS)}"
    ),
    lambda r, p: (
        f"{r.randrange(1, 199)} {r.choice(('rue', 'avenue', 'boulevard', 'place', 'chemin', 'allée', 'impasse', 'Rue', 'Avenue'))} {r.choice(('de la', 'du', 'des', 'de', 'de l’'))} {r.choice('Lilas Paix République Gare Église Moulin Fontaine Pasteur Gambetta Verdun Provence Marché Vignes Roses'.split())}"
    ),
    lambda r, p: (
        f"{r.choice('Haupt Bahnhof Garten Schul Berg Kirch Wald Linden Goethe Schiller Mozart Ring Dorf Mühlen Rosen'.split())}{r.choice(('straße', 'strasse', 'str.', 'weg', 'gasse', 'allee', 'platz'))} {r.randrange(1, 199)}{r.choice(('', '', 'a', 'b'))}"
    ),
    lambda r, p: (
        f"{r.choice(('Calle', 'C/', 'Avda.', 'Avenida', 'Plaza', 'Paseo', 'Rúa', 'Carrer'))} {r.choice(('Mayor', 'de la Luna', 'Reyes', 'del Sol', 'Real', 'Cervantes', 'San Juan', 'Colón', 'Goya'))}{r.choice((',', ''))} {r.randrange(1, 199)}"
    ),
    lambda r, p: (
        f"{r.choice(('Via', 'Viale', 'Piazza', 'Corso'))} {r.choice('Roma Garibaldi Dante Mazzini Verdi Cavour Marconi Tasso Manzoni'.split())}{r.choice((',', ''))} {r.randrange(1, 250)}"
    ),
    lambda r, p: (
        f"{r.choice(('Rua', 'Avenida', 'Travessa', 'Praça'))} {p.street_name().split()[-1]} {r.randrange(1, 2500)}"
    ),
    lambda r, p: (
        f"{r.choice('Kerk Dorps Molen School Park Prinsen Keizers Linden Beatrix'.split())}{r.choice(('straat', 'weg', 'laan', 'gracht', 'plein', 'kade'))} {r.randrange(1, 400)}{r.choice(('', '', '-2', ' bis', 'A'))}"
    ),
    lambda r, p: (
        f"{r.choice('Stor Kungs Drottning Skol Björk Ström Kyrk Åker Nygårds Vestre Søndre'.split())}{r.choice(('gatan', 'vägen', 'gata', 'veien', 'gade', 'vej', 'allé', 'katu', 'tie', 'polku'))} {r.randrange(1, 200)}{r.choice(('', ' A', ' B 12', ', 3. th'))}"
    ),
    lambda r, p: (
        f"{r.choice(('ul.', 'ulica', 'ul', 'al.'))} {r.choice('Krakowska Polna Leśna Ogrodowa Słoneczna Mickiewicza Kwiatowa Dalmatinova Slovenska Gorkega Ilica'.split())} {r.randrange(1, 200)}{r.choice(('', '/4', ' m. 7'))}"
    ),
    lambda r, p: (
        f"{r.choice('Kossuth Petőfi Rákóczi Ady Jókai Dózsa Árpád Béke Szent'.split())} {r.choice(('utca', 'u.', 'út', 'tér', 'krt.'))} {r.randrange(1, 150)}."
    ),
    lambda r, p: (
        f"{r.choice('Pivovarská Nádražní Husova Komenského Školní Zahradní Palackého Hlavná'.split())} {r.randrange(1, 2000)}{r.choice(('', f'/{r.randrange(1, 60)}'))}"
    ),
    lambda r, p: (
        f"{r.choice('Πλατεία Οδός Λεωφόρος'.split())} {r.choice('Συντάγματος Αθηνών Σταδίου Πανεπιστημίου Ερμού Αλεξάνδρας'.split())} {r.randrange(1, 250)}"
    ),
    lambda r, p: (
        f"{r.randrange(1, 90)}-{r.randrange(1, 30)}-{r.randrange(1, 30)} {r.choice('Shibuya Roppongi Ginza Minato Shinjuku Umeda'.split())}"
    ),
    lambda r, p: (
        f"No. {r.randrange(1, 300)}, {r.choice('Jalan Lorong Changi MG Nehru Gandhi Brigade'.split())} {r.choice(('Road', 'Merdeka', 'Nagar', 'Marg', '3rd Cross'))}"
    ),
    lambda r, p: (
        f"{r.randrange(1, 9999)} {p.street()}"
        if r.random() < 0.5
        else f"{r.randrange(1, 9999)} {p.street_name()}"
    ),
    lambda r, p: (
        f"{r.choice(('Unit', 'Suite', 'Flat', 'Floor'))} {r.randrange(1, 60)}, {r.randrange(1, 300)} {r.choice(_NAMED)} {r.choice(_STREET_WORDS)}"
    ),
    lambda r, p: (
        f"{r.choice(('USS', 'USNS', 'USCGC', 'PSC', 'Unit'))} {r.choice((p.street_name().split()[0], f'{r.randrange(1000, 9999)}, Box {r.randrange(1000, 9999)}'))}\n{r.choice(('APO', 'FPO', 'DPO'))} {r.choice(('AA', 'AE', 'AP'))} {r.randrange(10000, 99999)}"
    ),
)


@cache
def _places() -> list[str]:
    lines = (LISTS / "places.txt").read_text("utf-8").splitlines()
    return [line.strip() for line in lines if len(line.strip()) > 2 and line[0] != "#"]


@cache
def _countries() -> list[str]:
    fake = Faker("en_US")
    fake.seed_instance(7)
    drawn = {fake.country() for _ in range(900)} | set(
        "England Scotland Wales UK USA US Russia Syria Iran Vietnam Korea Holland Britain America Europe Asia Africa".split()
    )
    return sorted(drawn)


@cache
def _faked(kind: str) -> list[str]:
    drawn: set[str] = set()
    for number, locale in enumerate(LOCALES):
        fake = Faker(locale)
        fake.seed_instance(2000 + number)
        maker = getattr(fake, kind)
        drawn.update(maker() for _ in range(60))
    return sorted(drawn)
