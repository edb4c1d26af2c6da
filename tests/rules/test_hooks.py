"""Where a webhook may go, how a call is signed, when it is tried again, which shortfall is told again."""

from __future__ import annotations

import ipaddress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.hooks import rules
from inventory.hooks.rules import Failure, TargetRefused, TargetUnknown, target_of
from inventory.hooks.sending import Answer, Line, Reach
from inventory.planning.rules import Severity


@pytest.mark.parametrize(("url", "host", "port", "path"), [
    ("https://blangko.example.go.id", "blangko.example.go.id", 443, "/"),
    ("HTTPS://Blangko.Example.go.id./inbox?a=b&c=%20d", "blangko.example.go.id", 443, "/inbox?a=b&c=%20d"),
    ("https://xn--bcher-kva.example.id:8443/x", "xn--bcher-kva.example.id", 8443, "/x"),
    ("https://8.8.8.8/x", "8.8.8.8", 443, "/x"),
    ("https://[2606:4700:0::1111]/x", "2606:4700::1111", 443, "/x"),
])  # fmt: skip
def test_an_ordinary_address_is_read_as_it_stands(url, host, port, path):
    found = target_of(url)
    assert (found.scheme, found.host, found.port, found.path) == ("https", host, port, path)


@pytest.mark.parametrize(("url", "said"), [
    ("https://a.example.id/", "a.example.id"),
    ("https://a.example.id:8443/", "a.example.id:8443"),
    ("https://[2606:4700::1111]/", "[2606:4700::1111]"),
    ("https://[2606:4700::1111]:8443/", "[2606:4700::1111]:8443"),
])  # fmt: skip
def test_the_host_header_names_a_port_only_where_it_is_unusual(url, said):
    assert target_of(url).header == said


LOCAL = [
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "0x7F000001", "0x7f.1",
    "017700000001", "127.0.0.01", "127.0.0.1.", "0", "0.0.0.0", "0x0", "00000", "10.0.0.1", "10.1", "172.16.0.1",  # noqa: S104 - refused
    "172.31.255.255", "192.168.1.1", "192.168.257", "169.254.169.254", "2852039166", "0xa9fea9fe", "100.64.0.1",
    "100.127.255.254", "192.0.0.8", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.7", "203.0.113.7",
    "224.0.0.1",
    "239.255.255.250", "240.0.0.1", "255.255.255.255", "256.1.1.1", "1.2.3", "1.2.3.4.5", "1.2.3.0x", "a.0x7f", "a.1",
    "[::1]", "[::]", "[::127.0.0.1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:a00:1]",
    "[::ffff:8.8.8.8]",
    "[fe80::1]", "[fe80::1%eth0]", "[fe80::1%25eth0]", "[2606:4700::1111%1]", "[fc00::1]", "[fd12:3456::1]",
    "[fec0::1]", "[ff02::1]", "[64:ff9b::7f00:1]", "[64:ff9b::8.8.8.8]", "[64:ff9b:1::1]", "[2001:db8::1]",
    "[2001::1]", "[2001:0:7f00:1::]", "[2002:7f00:1::]", "[2002:0808:0808::]", "[3fff::1]", "[100::1]", "[5f00::1]",
    "[]", "[1]", "[::1", "::1", "[v1.x]", "[127.0.0.1]",
    "localhost", "LOCALHOST", "localhost.", "a.localhost", "printer.local", "db.internal", "x.home.arpa", "nas.lan",
    "intranet", "db", "a..b.id", ".a.id", "a.id..", "-a.id", "a-.id", "a_b.id", "a,b.id", "a;b.id", f"{'a' * 64}.id",
    f"{'a.' * 127}id", "\uff11\uff12\uff17.0.0.1", "127。0。0。1", "127.0.0.①", "ⓛocalhost", "exämple.id",
    "ex%61mple.id",
    "127.0.0.1%2f.id", "a.id\\@b.id", "a.id\t", "a .id", "a.id\n", "a.id\x00", "a.id\r\nX: y", "", "user@a.id",
    "user:word@a.id", "@a.id", "a.id:80", "a.id:22", "a.id:25", "a.id:0", "a.id:99999", "a.id:-1", "a.id:x",
    "a.id:\uff14\uff14\uff13",
    "a.id:443:443",
]  # fmt: skip


@pytest.mark.parametrize("host", LOCAL)
def test_no_spelling_of_a_local_host_gets_through(host):
    for path in ("", "/", "/x?y"):
        with pytest.raises(TargetRefused):
            target_of(f"https://{host}{path}")


@pytest.mark.parametrize("url", [
    "http://a.example.id/", "ftp://a.example.id/", "file:///etc/passwd", "gopher://a.example.id/",
    "javascript:alert(1)",
    "a.example.id", "//a.example.id/", "https:a.example.id", "https:/a.example.id", "https:///a.example.id", "https://",
    "https://a.example.id/#x", "https://a.example.id/a b", "https://a.example.id/ü", "https://a.example.id/\r\nHost: x",
    "", " https://a.example.id/", "https://a.example.id/<x>", "https://a.example.id\\x",
])  # fmt: skip
def test_only_a_plain_https_address_is_called(url):
    with pytest.raises(TargetRefused):
        target_of(url)


@given(st.text(max_size=60))
def test_whatever_is_written_either_goes_to_a_public_place_or_is_refused(text):
    for url in (text, f"https://{text}", f"https://{text}.id/{text}"):
        try:
            found = target_of(url)
        except TargetRefused:
            continue
        assert found.scheme == "https"
        assert found.host.isascii()
        assert found.host == found.host.lower()
        assert not found.is_address or rules.is_public(found.host)


@given(st.ip_addresses())
def test_no_address_that_python_calls_private_or_special_is_public(address):
    special = address.is_private or address.is_loopback or address.is_link_local or address.is_multicast
    if special or address.is_reserved or address.is_unspecified:
        assert not rules.is_public(str(address))
    if rules.is_public(str(address)):
        assert address.is_global


@pytest.mark.parametrize("network", [
    "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "0.0.0.0/8",
    "224.0.0.0/4", "240.0.0.0/4", "198.18.0.0/15", "192.0.0.0/24", "::/96", "::ffff:0:0/96", "64:ff9b::/96", "fc00::/7",
    "fe80::/10", "fec0::/10", "ff00::/8", "2001::/32", "2002::/16", "2001:db8::/32",
])  # fmt: skip
def test_a_whole_network_is_refused_to_its_last_address(network):
    whole = ipaddress.ip_network(network)
    for address in (whole[0], whole[1], whole[whole.num_addresses // 2], whole[-1]):
        assert not rules.is_public(str(address))


def test_what_is_no_address_is_not_public():
    assert not rules.is_public("a.example.id")
    assert rules.is_public("8.8.8.8")
    assert rules.is_public("2606:4700::1111")


def test_one_private_address_behind_a_name_is_enough_to_refuse_it():
    answers = [["8.8.8.8", "10.0.0.1"], ["::ffff:10.0.0.1"], ["8.8.8.8"]]
    reach = Reach(resolve=lambda name, port: answers.pop(0))
    for _ in range(2):
        with pytest.raises(TargetRefused):
            reach.target("https://a.example.id/")
    assert reach.target("https://a.example.id/")[1] == ["8.8.8.8"]


def test_a_name_that_turns_private_after_it_was_checked_is_not_called():
    answers = [["8.8.8.8"], ["127.0.0.1"]]
    reach = Reach(resolve=lambda name, port: answers.pop(0))
    reach.target("https://a.example.id/")  # as when the webhook is made
    with Line("https://a.example.id/", reach) as line:
        assert line.call(b"{}", {}) == Answer(failure=Failure.ADDRESS_REFUSED)
    assert answers == []


def test_a_name_that_nobody_knows_is_told():
    def unknown(name, port):
        raise TargetUnknown(pointer="/url")

    with Line("https://a.example.id/", Reach(resolve=unknown)) as line:
        assert line.call(b"{}", {}) == Answer(failure=Failure.NAME_UNKNOWN)


def test_the_signature_is_over_the_instant_and_the_body():
    told = rules.signature("secret", 1_700_000_000, b'{"a":1}')
    assert told.startswith("t=1700000000,v1=")
    others = {
        rules.signature("other", 1_700_000_000, b'{"a":1}').partition("v1=")[2],
        rules.signature("secret", 1_700_000_001, b'{"a":1}').partition("v1=")[2],
        rules.signature("secret", 1_700_000_000, b'{"a":2}').partition("v1=")[2],
    }
    assert told.partition("v1=")[2] not in others
    assert len(others) == 3


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_waits_double_up_to_an_hour_and_never_by_the_same(failures, spread):
    wait = rules.wait_after(failures, spread)
    usual = timedelta(seconds=min(5 * 2 ** min(failures - 1, 20), 3600))
    assert usual * 0.74 < wait < usual * 1.26


@pytest.mark.parametrize(("told", "now", "worse"), [
    (("warning", 500), ("warning", 500), False),
    (("warning", 500), ("warning", 624), False),
    (("warning", 500), ("warning", 625), True),
    (("warning", 0), ("warning", 99), False),
    (("warning", 0), ("warning", 100), True),
    (("warning", 500), ("critical", 1), True),
    (("critical", 500), ("warning", 50_000), False),
])  # fmt: skip
def test_a_shortfall_is_told_again_when_it_is_more_pressing_or_a_step_larger(told, now, worse):
    assert rules.is_worse((Severity(told[0]), told[1]), (Severity(now[0]), now[1])) is worse
