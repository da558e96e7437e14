from __future__ import annotations

import pytest

from guardrails.spans import Detector
from tests.guardrails.detecting import assert_hidden, assert_untouched

HEX = "9f86d081884c7d659a2feaa0c55ad015"
TOKEN = "q7RtV2mZx9Lw4KpB8sNd3HyF6cJg1TaE"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Password for the plotter is maple-otter-71, thanks", "maple-otter-71"),
        ("the passphrase was something like Autumn2019! maybe", "Autumn2019!"),
        ("he typed kR7!vvQz2p% on a page that looked like ours", "kR7!vvQz2p%"),
        ("my password is hunter7 and it says denied", "hunter7"),
        ("he gave his password (Gr33n&Gate) to the caller", "Gr33n&Gate"),
        ("new password should be Green$Gate88", "Green$Gate88"),
        ("I think the password was 'sunshine'", "sunshine"),
        ("voicemail PIN is 4471", "4471"),
        ("I tried Zulu!2024 and Delta!2025 today", "Zulu!2024"),
        ("I tried Zulu!2024 and Delta!2025 today", "Delta!2025"),
        ("the SNMP community on sw-core was left at pl0ver9RO", "pl0ver9RO"),
        ("the NVR still uses admin/Heron8812", "Heron8812"),
    ],
)
def test_a_password_in_prose_is_masked(rules: Detector, text: str, secret: str) -> None:
    assert_hidden(rules, text, secret)


@pytest.mark.parametrize(
    "frame",
    [
        "password = {}",
        "DB_PASSWORD={}",
        '{{"password": "{}"}}',
        "password: {}\nnext: line",
        '<add key="SmtpPassword" value="{}"/>',
        "<password>{}</password>",
        ":password => '{}',",
        "os.environ.get('DJANGO_PASSWORD', '{}')",
        "docker login -u build -p {}",
        "psexec \\\\pc7 -u Administrator -p {} cmd",
        "tool --password {} --verbose",
        "curl -u admin:{} https://api.example.com/v1",
        "postgres://app:{}@db.example.com:5432/shop",
        'ConvertTo-SecureString "{}" -AsPlainText -Force',
        "net use Z: \\\\fs\\data /user:corp\\build {}",
    ],
)
def test_a_password_in_every_notation_is_masked(rules: Detector, frame: str) -> None:
    text = frame.format("Pl4net!Xy9")
    assert_hidden(rules, text, "Pl4net!Xy9")


@pytest.mark.parametrize(
    "text",
    [
        f"acmemetrics SECRET {HEX}",
        f"acmemetrics_api_key={TOKEN}",
        f"acmemetricsTOKEN={TOKEN}",
        f"acmemetrics {HEX}",
        f"X-Acme-Access-Key: {TOKEN}",
        f"Authorization: Bearer {TOKEN}",
        f"acme private-key {HEX}",
    ],
)
def test_a_vendor_word_with_a_token_is_masked_for_vendors_nobody_listed(
    rules: Detector, text: str
) -> None:
    assert_hidden(rules, text, HEX if HEX in text else TOKEN)


@pytest.mark.parametrize(
    "token",
    [
        "ghp_" + TOKEN + "abcd",
        "glpat-" + TOKEN[:20],
        "xoxb-" + TOKEN,
        "sk_live_" + TOKEN[:24],
        "AKIA" + "QX7ZB2MNP4LD8KWT",
        "AIza" + TOKEN + "abc",
        "npm_" + TOKEN + "abcd",
        "SG." + TOKEN[:22] + "." + TOKEN + "abcdefghijk",
        "dop_v1_" + HEX + HEX,
        "hvs." + TOKEN,
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0." + TOKEN,
        "newvendor_tok_" + TOKEN,
        "dt0c01." + TOKEN[:24].upper() + "." + TOKEN + TOKEN[:29],
        "sat." + TOKEN[:22] + "." + TOKEN[:24] + "." + TOKEN[:20],
        "newvendor-u-" + TOKEN + TOKEN[:10],
        "hf_" + "kqzvbWXPmnTYrdLcsHJgFaQeUiOytrwNbZ",
        "API-" + TOKEN[:28].upper(),
    ],
)
def test_a_token_is_known_by_its_shape_alone(rules: Detector, token: str) -> None:
    assert_hidden(rules, f"please look: {token} fails since noon", token)


def test_the_value_of_a_session_cookie_is_masked(rules: Detector) -> None:
    assert_hidden(rules, f"Cookie: lang=en; _web_session={TOKEN}; theme=dark", TOKEN)


def test_a_bitlocker_recovery_key_is_masked(rules: Detector) -> None:
    key = "118272-402688-057321-630124-299871-514217-088495-345631"
    assert_hidden(rules, f"type {key} at the blue screen", key)


def test_a_private_key_is_masked_to_its_last_line(rules: Detector) -> None:
    body = "\n".join(["MIIEowIBAAKCAQEA" + TOKEN] * 12)
    key = f"-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----"
    assert_hidden(rules, f"here it is:\n{key}\nthanks", key)


def test_a_webhook_is_masked_as_a_whole(rules: Detector) -> None:
    hook = "https://hooks.slack.com/services/T0AB1/B0CD2/x9Kd7Qm2"
    assert_hidden(rules, f"post to {hook} please", hook)


@pytest.mark.parametrize(
    "text",
    [
        "password = os.environ['PGPASS']",
        "api_token: ${API_TOKEN}",
        "Authorization: Bearer <paste-token>",
        "export SECRET=********",
        'password: "{{ vault_password }}"',
        "token = getToken()",
        "secretKeyRef: {name: app, key: password}",
        f"sha256:{HEX}{HEX}",
        f"commit {HEX}01234567 fixes it",
        f'etag "{HEX}"',
        f"MD5 (a.iso) = {HEX}",
        "request id 4b1f6c1e-93a7-4c1d-8a43-1f0a5b0c9d2e",
        f"trace_id={HEX}",
        "Your password expires in 14 days.",
        "The password must have 12 characters and one digit.",
        "Wrong password entered 3 times",
        "password is incorrect",
        "the token bucket refills 50 tokens per second",
        "serverToken: __REPLACE_ME__",
        "set LICENSE_KEY=XXXX-XXXX-XXXX",
        "TOKEN_TTL=3600",
        "passwordPolicy: strong",
        "ssh-keygen -t ed25519 -C 'deploy key'",
        "pod api-7c9f8d6b5-k2x8q restarted",
        f"cri-containerd-{HEX}{HEX}.scope is gone",
        "com.example.billing.InvoiceServiceImpl2 and org.apache.hadoop.hdfs.DFSClient3 throw",
        "session_id=4b1f6c1e-93a7-4c1d-8a43-1f0a5b0c9d2e",
        "ssh-key fingerprint SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDNvdkLqZFo7PZ6bMA",
        "image registry.example/app/web:1.24.3-20240131.4f2c1ab9d0e1 is old",
        "TCP/IPv4 and Windows/Server2022 are fine",
    ],
)
def test_what_only_looks_like_a_secret_stays(rules: Detector, text: str) -> None:
    assert_untouched(rules, text)
