"""Where requests may not be sent: whoever names a URL must not reach into our own network by it."""

import pytest

from cloudops.platform.webhooks import (
    Destination,
    NoAnswerError,
    UnsafeAddressError,
    destination_of,
    is_public,
    public_address_of,
)

HOSTS = ["hooks.acme.example", "*.hooks.example"]


@pytest.mark.parametrize(
    ("url", "to"),
    [
        ("https://hooks.acme.example", Destination(host="hooks.acme.example", path="/")),
        ("https://HOOKS.acme.example:443/a?b=c", Destination(host="hooks.acme.example", path="/a?b=c")),
        ("https://hooks.acme.example./a", Destination(host="hooks.acme.example", path="/a")),
        ("https://team.hooks.example/x", Destination(host="team.hooks.example", path="/x")),
    ],
)
def test_a_host_that_is_allowed_is_a_destination(url: str, to: Destination) -> None:
    assert destination_of(url, HOSTS) == to


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.acme.example/",
        "ftp://hooks.acme.example/",
        "file:///etc/passwd",
        "//hooks.acme.example/",
        "hooks.acme.example",
        "",
        "https://",
        "https://hooks.acme.example:8443/",
        "https://hooks.acme.example:22/",
        "https://hooks.acme.example:99999/",
        "https://hooks.acme.example@evil.example/",
        "https://evil.example@hooks.acme.example/",
        "https://user:pass@hooks.acme.example/",
        "https://evil.example/hooks.acme.example",
        "https://evil.example/#hooks.acme.example",
        "https://evil.example?hooks.acme.example",
        "https://hooks.acme.example.evil.example/",
        "https://nothooks.acme.example/",
        "https://hooks.example/",
        "https://evilhooks.example/",
        "https://evil.example\\@hooks.acme.example/",
        "https://hooks.acme.example/\r\nHost: evil.example",
        "https://hooks.acme.example/ x",
        "https://hooks.acme.example/\t",
        "https://h\u00f6oks.acme.example/",
        "https://hooks\u3002acme.example/",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f.0.0.1/",
        "https://0x7f000001/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://169.254.169.254/latest/meta-data/",
        "https://metadata.google.internal/",
        "https://hooks.acme.example/" + "a" * 2000,
    ],
)
def test_anything_else_is_refused(url: str) -> None:
    with pytest.raises(UnsafeAddressError):
        destination_of(url, [*HOSTS, "127.0.0.1", "127.1", "2130706433", "0x7f.0.0.1", "0x7f000001", "::1"])


@pytest.mark.parametrize("hosts", [[], [""], ["*."], ["."]])
def test_without_a_host_on_the_list_none_is_allowed(hosts: list[str]) -> None:
    with pytest.raises(UnsafeAddressError):
        destination_of("https://hooks.acme.example/", hosts)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("0.0.0.0", False),  # noqa: S104 - a case of the table, nothing is bound.
        ("10.0.0.1", False),
        ("100.64.0.1", False),
        ("127.0.0.1", False),
        ("127.255.255.254", False),
        ("169.254.169.254", False),
        ("169.254.170.2", False),
        ("172.16.0.1", False),
        ("172.31.255.255", False),
        ("192.0.2.1", False),
        ("192.168.1.1", False),
        ("198.18.0.1", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:93.184.215.14", False),
        ("64:ff9b::a00:1", False),
        ("64:ff9b:1::a00:1", False),
        ("2002:a00:1::", False),
        ("2001:0:a00:1::", False),
        ("2001:db8::1", False),
        ("fc00::1", False),
        ("fd00:ec2::254", False),
        ("fe80::1", False),
        ("fe80::1%eth0", False),
        ("ff02::1", False),
        ("not an address", False),
        ("", False),
    ],
)
def test_only_public_addresses_are_connected_to(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_one_private_address_among_public_ones_spoils_the_host() -> None:
    with pytest.raises(UnsafeAddressError, match=r"10\.0\.0\.1"):
        public_address_of("hooks.acme.example", lambda _host: ["93.184.215.14", "10.0.0.1"])


def test_a_name_that_resolves_differently_the_second_time_is_asked_once() -> None:
    answers = iter([["93.184.215.14"], ["127.0.0.1"]])

    assert public_address_of("hooks.acme.example", lambda _host: next(answers)) == "93.184.215.14"


def test_a_host_without_an_address_is_tried_later() -> None:
    with pytest.raises(NoAnswerError):
        public_address_of("hooks.acme.example", lambda _host: [])
