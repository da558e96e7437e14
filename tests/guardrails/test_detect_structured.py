from __future__ import annotations

import pytest

from guardrails.spans import Detector, EntityType
from tests.guardrails.detecting import assert_hidden, assert_untouched


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("mail to anna.b+it@nordwind.example today", "anna.b+it@nordwind.example", "EMAIL_ADDRESS"),
        ("call 020 7946 0018 after four", "020 7946 0018", "PHONE_NUMBER"),
        ("ring (415) 555-0134", "(415) 555-0134", "PHONE_NUMBER"),
        ("my number is +46 70 174 06 05", "+46 70 174 06 05", "PHONE_NUMBER"),
        ("dial ext. 4410 please", "ext. 4410", "PHONE_NUMBER"),
        ("Phone:\n0393 1144137\n", "0393 1144137", "PHONE_NUMBER"),
        ("blocked from 192.0.2.41 again", "192.0.2.41", "IP_ADDRESS"),
        ("gets fe80::1c2d:3e4f now", "fe80::1c2d:3e4f", "IP_ADDRESS"),
        ("address 10.1.2.3/24 on eth0", "10.1.2.3", "IP_ADDRESS"),
        ("NIC 00-1B-44-11-3A-B7 flaps", "00-1B-44-11-3A-B7", "MAC_ADDRESS"),
        ("NIC 001b.4411.3ab7 flaps", "001b.4411.3ab7", "MAC_ADDRESS"),
        ("machine LT-OKAFO-022 is slow", "LT-OKAFO-022", "HOSTNAME"),
        ("DESKTOP-7PL20QX will not boot", "DESKTOP-7PL20QX", "HOSTNAME"),
        ("restart KLM-SRV-SQL02 tonight", "KLM-SRV-SQL02", "HOSTNAME"),
        ("mx03.corp.nordwind.example is down", "mx03.corp.nordwind.example", "HOSTNAME"),
        (r"map \\nas-fin01\budget for her", "nas-fin01", "HOSTNAME"),
        ("see https://nordwind.atlassian.net/browse/AB-1", "nordwind.atlassian.net", "HOSTNAME"),
        ("lease for NGL-HH-0221, eight hours", "NGL-HH-0221", "HOSTNAME"),
        ("locked out from CTX-17, again", "CTX-17", "HOSTNAME"),
        ("the node adfs2 is slow", "adfs2", "HOSTNAME"),
        ("tenant nordwind.onmicrosoft.com", "nordwind.onmicrosoft.com", "HOSTNAME"),
        ("user svc_printer fails", "svc_printer", "USERNAME"),
        ("I am jdoe42 on LT-OKAFO-022", "jdoe42", "USERNAME"),
        ("Pushed by amara.okafor", "amara.okafor", "USERNAME"),
        ("same rights as tlindholm please", "tlindholm", "USERNAME"),
        (r"NORD\bsmith cannot log on", r"NORD\bsmith", "USERNAME"),
        ("pw reset for tlindholm done", "tlindholm", "USERNAME"),
        ("reset for p.lindholm and others", "p.lindholm", "USERNAME"),
        ("asked by h.sorensen again", "h.sorensen", "USERNAME"),
        ("give ext.mbauer access", "ext.mbauer", "USERNAME"),
        ("edvard.l cannot open it", "edvard.l", "USERNAME"),
        ("unlock ćosić.d please", "ćosić.d", "USERNAME"),
        ("log in with packline / Gr4y*Heron", "packline", "USERNAME"),
        ("see /home/tlindholm/app.log", "tlindholm", "USERNAME"),
        (r"in C:\Users\tlindholm\AppData", "tlindholm", "USERNAME"),
        ("staff number 40213 is new", "40213", "EMPLOYEE_ID"),
        ("employee ID: E20931", "E20931", "EMPLOYEE_ID"),
        ("payroll no. 114-88213 is new", "114-88213", "EMPLOYEE_ID"),
        ("works no. 00417 asks", "00417", "EMPLOYEE_ID"),
        ("SN 4CE1234XYZ prints half", "4CE1234XYZ", "SERIAL_NUMBER"),
        ("service tag 8JX2Q91, please", "8JX2Q91", "SERIAL_NUMBER"),
        ("Latitude 7440, ST 8JX2Q91, no power", "8JX2Q91", "SERIAL_NUMBER"),
        ("MX68 Q2KY-8ABC-D3FG is offline", "Q2KY-8ABC-D3FG", "SERIAL_NUMBER"),
        ("SSN 219-09-9999 rejected", "219-09-9999", "NATIONAL_ID"),
        ("her NI no is QQ 12 34 56 C, she says", "QQ 12 34 56 C", "NATIONAL_ID"),
        ("born 14/02/1988, please", "14/02/1988", "DATE_OF_BIRTH"),
        ("DOB: 3 July 1961", "3 July 1961", "DATE_OF_BIRTH"),
        ("card 4000 0566 5566 5556 fails", "4000 0566 5566 5556", "CREDIT_CARD"),
        ("IBAN DE89 3704 0044 0532 0130 00", "DE89 3704 0044 0532 0130 00", "ACCOUNT_NUMBER"),
        ("sort code 60-16-13, thanks", "60-16-13", "ACCOUNT_NUMBER"),
        ("a 52-year-old caller", "52", "DEMOGRAPHIC"),
    ],
)
def test_a_value_is_masked_under_its_type(
    rules: Detector, text: str, value: str, kind: str
) -> None:
    assert_hidden(rules, text, value)
    found = [
        span for span in rules.detect([text])[0] if text.index(value) in range(span.start, span.end)
    ]
    assert [span.type for span in found] == [EntityType(kind)]


@pytest.mark.parametrize(
    "text",
    [
        "listen on 0.0.0.0:8080, mask 255.255.255.0, route 10.20.0.0/16 via 127.0.0.1",
        "firmware 01.00.36, driver 31.0.101.2111, kube 1.28.5, fix pack 8.5.5.13",
        "Event 4771, failure code 0x18, error 0x8007052E, NT_STATUS_LOGON_FAILURE",
        "ticket INC0012345, change CHG0045678, KB5034441, CVE-2024-21412",
        "switch port Gi1/0/24, VLAN 210, port 8443, rack B12, channel 36",
        "99.8 GB of 100 GB at 10:02 on 2024-01-31 09:14:22Z",
        "checkout.payments.svc.cluster.local:5432 refuses",
        r"clear %appdata%\Microsoft\Teams and C:\Windows\Minidump and C:\Users\Public",
        "see /etc/nginx/nginx.conf and /home/ubuntu/.bashrc",
        "std::vector and Foo::Bar at 12:30:45",
        "ISO-8859-1, UTF-8, AES-256-GCM, SHA-256, RFC-2616",
        "the user interface and the user guide of the account portal",
        "line 118, field 7, policy ID 42, build 20240131101500",
        "This fires when user tries to install it; the account has access, log in as root",
        "caused by a change: User shouldn't increase limits, user depends on it, user behaviours",
        "The Network Health view and the Data Foundation version",
        "open support.zendesk.com, your-company.atlassian.net, contoso.onmicrosoft.com",
        "copy config.d and a.out, i.e. both; see docs/setup2.md and OAuth2/OpenID2",
        "at org.eclipse.equinox.log.internal.Reader after the upgrade to 4.1.1.1",
        r"the agent stands in e:\Program Files\IBM",
        "Latitude ST 1234567 units; Q3-2024 and Q2KY",
    ],
)
def test_what_describes_machines_and_not_people_stays(rules: Detector, text: str) -> None:
    assert_untouched(rules, text)
