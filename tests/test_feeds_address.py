"""A feed's URL: what each form means, and what is refused with which mend."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coastwatch.feeds import Live
from coastwatch.feeds.address import File, Serial, Tcp, Udp, parse
from coastwatch.model import ConfigError
from coastwatch.site import Feed


@pytest.fixture
def base(tmp_path: Path) -> Path:
    (tmp_path / "rec").mkdir()
    (tmp_path / "rec" / "a b?.nmea").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("udp://239.192.0.4:60004", Udp("239.192.0.4", 60004)),
        ("udp://239.192.0.4:60004?interface=192.0.2.1", Udp("239.192.0.4", 60004, "192.0.2.1")),
        ("udp://[ff02::114]:4000?interface=eth0", Udp("ff02::114", 4000, "eth0")),
        ("udp://@:10110", Udp("0.0.0.0", 10110)),
        ("udp://:10110", Udp("0.0.0.0", 10110)),
        ("udp://0.0.0.0:10110/", Udp("0.0.0.0", 10110)),
        ("UDP://127.0.0.1:1", Udp("127.0.0.1", 1)),
        ("tcp://ais.example:4001", Tcp("ais.example", 4001)),
        ("tcp://[2001:db8::1]:4001", Tcp("2001:db8::1", 4001)),
        ("serial:///dev/ttyUSB0", Serial("/dev/ttyUSB0", 38400)),
        ("serial:///dev/ttyS1?baud=4800", Serial("/dev/ttyS1", 4800)),
        ("file:-", File(Path("-"))),
        ("-", File(Path("-"))),
    ],
)
def test_each_form_means_one_address(base: Path, url: str, address: object) -> None:
    assert parse(Feed(url, id="f"), base) == address


@pytest.mark.parametrize("form", ["file:rec/a%20b%3F.nmea", "file:rec/a b?.nmea"])
def test_a_relative_file_starts_from_the_sites_folder(base: Path, form: str) -> None:
    assert parse(Feed(form, id="f"), base) == File(base / "rec" / "a b?.nmea")


def test_an_absolute_file_stays_where_it_is(base: Path) -> None:
    url = f"file://{base}/rec/a b?.nmea"
    assert parse(Feed(url, id="f"), Path("/elsewhere")) == File(base / "rec" / "a b?.nmea")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("upd://239.192.0.4:60004", "did you mean 'udp'"),
        ("http://x/", "unknown scheme 'http'; known are udp, tcp, serial, file"),
        ("rec/a.nmea", "write file:rec/a.nmea"),
        ("", "there is no scheme"),
        ("udp://239.192.0.4", "port in 1..65535"),
        ("udp://239.192.0.4:0", "port in 1..65535"),
        ("udp://239.192.0.4:70000", "out of range"),
        ("udp://239.192.0.4:port", "write udp://239"),
        ("udp://239.192.0.999:60004", "no host name or IP address"),
        ("udp://[239.192:60004", "write udp://239"),
        ("udp://239.192.0.4:60004?iface=eth0", "unknown option 'iface'; known are: interface"),
        ("udp://239.192.0.4:60004?interface=a b", "interface must be"),
        ("udp://127.0.0.1:60004?interface=lo", "interface goes with a multicast group"),
        ("udp://127.0.0.1:60004/path", "a host and a port"),
        ("tcp://:4001", "no host name"),
        ("tcp://user:pass@host:4001", "a host and a port"),
        ("tcp://host:4001?baud=1", "unknown option 'baud'"),
        ("serial://dev/ttyUSB0", "device's path"),
        ("serial:///dev/ttyUSB0?baud=fast", "baud = 'fast'"),
        ("serial:///dev/ttyUSB0?baud=0", "baud = '0'"),
        ("file:rec/none.nmea", "there is no file"),
        ("file:rec", "is a folder"),
        ("file:", "there is no file"),
        ("file://host/rec", "on this machine"),
    ],
)
def test_a_bad_url_names_the_feed_and_the_mend(base: Path, url: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Live([Feed("udp://@:10110", id="good"), Feed(url, id="cap-gris-nez")], base)
    assert "feed 'cap-gris-nez': url = " in str(caught.value)
    assert words in str(caught.value)


def test_a_journal_is_replayed_not_watched(base: Path) -> None:
    with pytest.raises(ConfigError, match="coastwatch replay"):
        parse(Feed("file:x", id="f", format="journal"), base)


@given(st.text(max_size=40), st.sampled_from(["", "udp://", "tcp://", "serial://", "file:"]))
def test_any_text_is_an_address_or_a_config_error(text: str, scheme: str) -> None:
    try:
        parse(Feed(scheme + text, id="f"), Path("/nowhere"))
    except ConfigError as error:
        assert "feed 'f'" in str(error)
