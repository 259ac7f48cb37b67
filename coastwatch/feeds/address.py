"""A feed's URL -> a checked, typed address."""

from __future__ import annotations

import difflib
import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from coastwatch.feeds.files import STDIN
from coastwatch.model import ConfigError
from coastwatch.site import Feed


@dataclass(frozen=True, slots=True)
class Udp:
    """Where to listen. ``interface`` (an IP address or a name) is where a group is joined."""

    host: str
    port: int
    interface: str = ""

    @property
    def multicast(self) -> bool:
        try:
            return ipaddress.ip_address(self.host.partition("%")[0]).is_multicast
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class Tcp:
    """The server to connect to."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Serial:
    """A serial device and its speed in bits a second; 8 data bits, no parity, 1 stop bit."""

    device: str
    baud: int


@dataclass(frozen=True, slots=True)
class File:
    """A file, or standard input (``-``)."""

    path: Path


Address = Udp | Tcp | Serial | File

EXAMPLES = {
    "udp": "udp://239.192.0.4:60004?interface=192.0.2.1 or udp://@:10110",
    "tcp": "tcp://192.0.2.7:4001",
    "serial": "serial:///dev/ttyUSB0?baud=38400",
    "file": "file:recordings/ais.nmea.gz, file:///var/log/ais.nmea or file:-",
}
# NMEA 0183-HS, the speed of AIS receivers.
BAUD = 38_400
BAUD_MAX = 4_000_000


def parse(feed: Feed, base: Path) -> Address:
    """The address that the feed's URL means; relative paths start from ``base``.

    Raises ConfigError, which names the feed, the fault and the mend.
    """
    if feed.format == "journal":
        raise _fault(feed, "a journal is not watched; play it with: coastwatch replay")
    if feed.url == "-":
        return File(STDIN)
    scheme, colon, rest = feed.url.partition(":")
    scheme = scheme.lower()
    if not colon or scheme not in EXAMPLES:
        raise _fault(feed, _unknown_scheme(scheme if colon else "", feed.url))
    if scheme == "file":
        return _file(feed, rest, base)
    try:
        url = urlsplit(feed.url)
        query = dict(parse_qsl(url.query, keep_blank_values=True, strict_parsing=bool(url.query)))
        port = url.port
    except ValueError as error:
        raise _fault(feed, f"{error}; write {EXAMPLES[scheme]}") from error
    if scheme == "serial":
        _only(feed, query, {"baud"})
        return _serial(feed, url, query)
    _only(feed, query, {"interface"} if scheme == "udp" else set())
    if not port or url.path not in ("", "/") or url.fragment or url.password or url.username:
        raise _fault(feed, f"a host and a port in 1..65535 are needed; write {EXAMPLES[scheme]}")
    host = url.hostname or ""
    return Tcp(_host(feed, host), port) if scheme == "tcp" else _udp(feed, host, port, query)


def _udp(feed: Feed, host: str, port: int, query: dict[str, str]) -> Udp:
    address = Udp(_host(feed, host) if host else "0.0.0.0", port, query.get("interface", ""))
    if "interface" in query:
        if not address.multicast:
            raise _fault(feed, "interface goes with a multicast group; else listen on its address")
        if not re.fullmatch(r"[\w.:@-]{1,45}", address.interface):
            raise _fault(feed, "interface must be an IP address or a name such as eth0")
    return address


def _host(feed: Feed, host: str) -> str:
    # A host of digits and dots that is no address would go to the name servers.
    numeric = re.fullmatch(r"[\d.]+", host)
    if not host or len(host) > 253 or (numeric and not _is_address(host)):
        raise _fault(feed, f"{host!r} is no host name or IP address")
    return host


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _serial(feed: Feed, url: SplitResult, query: dict[str, str]) -> Serial:
    text = query.get("baud", str(BAUD))
    if not (text.isascii() and text.isdigit() and 50 <= int(text) <= BAUD_MAX):
        raise _fault(feed, f"baud = {text!r} is no speed in 50..{BAUD_MAX}")
    if url.netloc or not url.path.startswith("/") or len(url.path) < 2:
        raise _fault(feed, f"the device's path is needed; write {EXAMPLES['serial']}")
    return Serial(unquote(url.path), int(text))


def _file(feed: Feed, rest: str, base: Path) -> File:
    if rest in ("-", "//-", "///-"):
        return File(STDIN)
    if rest.startswith("//"):
        host, slash, path = rest[2:].partition("/")
        if host not in ("", "localhost") or not slash:
            raise _fault(feed, f"a file lies on this machine; write {EXAMPLES['file']}")
        rest = "/" + path
    place = base / unquote(rest)
    if not rest or not place.exists():
        raise _fault(feed, f"there is no file {place}; relative paths start from {base}")
    if place.is_dir():
        raise _fault(feed, f"{place} is a folder; name a file in it")
    return File(place)


def _only(feed: Feed, query: dict[str, str], known: set[str]) -> None:
    for key in query:
        if key not in known:
            mend = f"known are: {', '.join(sorted(known))}" if known else "none is known here"
            raise _fault(feed, f"unknown option {key!r}; {mend}")


def _unknown_scheme(scheme: str, url: str) -> str:
    if not scheme:
        return f"there is no scheme; for a file write file:{url}"
    near = difflib.get_close_matches(scheme, list(EXAMPLES), 1, 0.6)
    hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(EXAMPLES)}"
    return f"unknown scheme {scheme!r}; {hint}"


def _fault(feed: Feed, text: str) -> ConfigError:
    return ConfigError(f"feed {feed.id!r}: url = {feed.url!r}: {text}")
