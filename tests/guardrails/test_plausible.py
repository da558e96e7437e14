"""A guess of the model is accepted only where a value of its type is possible."""

from __future__ import annotations

import pytest

from guardrails.detect.tagger.plausible import plausible
from guardrails.spans import EntityType as T


@pytest.mark.parametrize(
    ("kind", "text", "guess"),
    [
        (T.ACCOUNT_NUMBER, "uuidgen gives 45FD4208-1D50-F528-2E46-95FB87CC9194", "45FD4208"),
        (T.SECRET, "pod checkout-6f7d9c5b8-x9k2m restarted", "6f7d9c5b8-x9k2m"),
        (T.SECRET, "the key ID 663FA804 of the drive", "663FA804"),
        (T.SECRET, "Datasource named P1809F7CD0C75ACF3 was not found", "P1809F7CD0C75ACF3"),
        (T.SECRET, "LICENSE_KEY=XXXX-XXXX-XXXX", "XXXX-XXXX-XXXX"),
        (T.USERNAME, "password = os.environ['DB']", "os.environ"),
        (T.USERNAME, "to C:\\Windows\\Temp\\Inkwell\\Echo", "Inkwell"),
        (T.USERNAME, "from fe80 on", "fe80"),
        (T.SERIAL_NUMBER, "docking station (WD22TB4, firmware 1)", "WD22TB4"),
        (T.HOSTNAME, "docking station (WD22TB4, firmware 1)", "WD22TB4"),
        (T.DATE_OF_BIRTH, "Oct 12 03:11:07 sshd", "11:07"),
        (T.STREET_ADDRESS, "dropping, AP Aruba 505, channel 36", "AP Aruba 505"),
        (T.STREET_ADDRESS, "rejected by the validator: line 118, field 7", "118"),
        (T.ACCOUNT_NUMBER, "about case 00418827, the fix", "00418827"),
        (T.SERIAL_NUMBER, "Datasource named P1809F7CD0C75ACF3 was", "P1809F7CD0C75ACF3"),
        (T.SECRET, "a/cluster-network-operator/NoRunningOvnMaster.md", "NoRunningOvnMaster"),
        (T.HOSTNAME, "see Allas/allas-nextcloud.md", "allas-nextcloud"),
        (T.HOSTNAME, "Molarity: MOL-2207 record is locked", "MOL-2207"),
        (T.PERSON, "A. Blue screen that asks for a key", "A"),
        (T.HOSTNAME, "CHG-4410 stays open", "CHG-4410"),
        (T.PHONE_NUMBER, "fingerprint 8817263", "8817263"),
        (T.PERSON, "CephOSDNearFull is firing", "CephOSDNearFull"),
        (T.PERSON, "the node is NotReady", "NotReady"),
        (T.SECRET, "fingerprint SHA256:uNiVztksCsDhcc0u9e8BgrJX", "uNiVztksCsDhcc0u9e8BgrJX"),
        (T.SERIAL_NUMBER, "ThinkPad, MTM 21AH00BSGE, two", "21AH00BSGE"),
        (T.SERIAL_NUMBER, "Case 5389120044 opened", "5389120044"),
        (T.HOSTNAME, "on ssid Guest-EMEA since", "Guest-EMEA"),
        (T.ORGANIZATION, "moved from OU=Sales to", "OU=Sales"),
        (T.ORGANIZATION, "moved from OU=Sales to", "Sales"),
        (T.DATE_OF_BIRTH, "leaver date 2026-12-01.", "01"),
        (T.DATE_OF_BIRTH, "install.bin: line 1956: warning", "1956"),
        (T.HOSTNAME, "on a windows10 machine", "windows10"),
        (T.ORGANIZATION, "Will the Summer Bank office close", "Summer Bank"),
        (T.HOSTNAME, "fails at com.ibm.msg and more", "com.ibm.msg"),
        (T.ORGANIZATION, "I'd like to use it", "I'd"),
        (T.SECRET, "the key fails with code 0x8004de40", "0x8004de40"),
        (T.STREET_ADDRESS, "spooler 1068; restarted", "1068"),
        (T.STREET_ADDRESS, "moved to EXO, batch", "EXO"),
        (T.SECRET, "login, 2fa, 2026-03-02T10:00:00Z", "2026-03-02T10:00:00Z"),
    ],
)
def test_what_only_looks_like_identity_is_dropped(kind: T, text: str, guess: str) -> None:
    start = text.index(guess)
    assert not plausible(kind, text, start, start + len(guess))


@pytest.mark.parametrize(
    ("kind", "text", "guess"),
    [
        (T.SECRET, "since the move it is `Anvil-Thistle-7719`", "Anvil-Thistle-7719"),
        (T.SECRET, "the code is 884213 until noon", "884213"),
        (T.USERNAME, "C:\\Users\\fdelaney\\AppData\\Local", "fdelaney"),
        (T.USERNAME, "locked out: svc_backup", "svc_backup"),
        (T.SERIAL_NUMBER, "S/N 7KJ2MX1 is dead", "7KJ2MX1"),
        (T.HOSTNAME, "ping srvdc01 first", "srvdc01"),
        (T.DATE_OF_BIRTH, "born 12/03/1984", "12/03/1984"),
        (T.STREET_ADDRESS, "at 88 rue des Lilas", "88 rue des Lilas"),
        (T.PERSON, "ask LeeAnne or McDonald", "LeeAnne"),
        (T.PERSON, "ask LeeAnne or McDonald", "McDonald"),
    ],
)
def test_what_may_be_identity_is_kept(kind: T, text: str, guess: str) -> None:
    start = text.index(guess)
    assert plausible(kind, text, start, start + len(guess))
