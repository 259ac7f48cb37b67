"""Files as datagrams: plain or compressed, whole or broken, in constant memory."""

import gzip
import lzma
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from coastwatch.feeds import read_file
from coastwatch.model import Datagram, InputError

TEXT = b"".join(
    b"!AIVDM,1,1,,A,13HOI:0P0000VOHLCnHQKwvL05Ip,0*23 %d\r\n" % i for i in range(20_000)
)
PACK: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".xz": lzma.compress,
    ".zst": lambda data: zstandard.ZstdCompressor(write_checksum=True).compress(data),
}


def content(path: Path, report: Callable[[str], None] | None = None) -> bytes:
    *parts, last = read_file(path, "f", report)
    assert last == Datagram(0, "f", b"", end=True)
    assert all(0 < len(p.data) <= 65_536 and not p.end and not p.whole for p in parts)
    return b"".join(p.data for p in parts)


def test_a_plain_file_comes_in_chunks_and_ends(tmp_path: Path) -> None:
    path = tmp_path / "ais.nmea"
    path.write_bytes(TEXT)
    assert content(path) == TEXT


def test_an_empty_file_only_ends(tmp_path: Path) -> None:
    path = tmp_path / "none.nmea"
    path.touch()
    assert content(path) == b""


@pytest.mark.parametrize("kind", PACK)
@pytest.mark.parametrize("name", ["ais", "ais.nmea", "ais.gz", "ais.zst"])
def test_compression_is_known_by_content_whatever_the_name(
    tmp_path: Path, kind: str, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(PACK[kind](TEXT))
    assert content(path) == TEXT


@pytest.mark.parametrize("kind", PACK)
def test_several_streams_one_after_another_are_one_file(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a{kind}"
    path.write_bytes(PACK[kind](TEXT) + PACK[kind](b"") + PACK[kind](b"more") + bytes(512))
    assert content(path) == TEXT + b"more"


@pytest.mark.parametrize("kind", PACK)
def test_a_compressed_file_cut_in_the_middle_gives_its_beginning_and_is_reported(
    tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"a{kind}"
    noise = os.urandom(200_000)
    packed = PACK[kind](noise)
    path.write_bytes(packed[: len(packed) * 3 // 4])
    said: list[str] = []
    got = content(path, said.append)
    assert noise.startswith(got) and len(got) >= 50_000
    assert len(said) == 1 and str(path) in said[0] and f"breaks after {len(got)} bytes" in said[0]


@pytest.mark.parametrize("kind", PACK)
def test_a_flipped_byte_never_raises_past_the_room(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a{kind}"
    packed = PACK[kind](TEXT[:5000])
    for at in range(6, len(packed), 7):
        broken = bytearray(packed)
        broken[at] ^= 0x55
        path.write_bytes(broken)
        said: list[str] = []
        try:
            got = content(path, said.append)
        except InputError as error:
            assert str(path) in str(error)
            continue
        assert said or got == TEXT[:5000]


@pytest.mark.parametrize("kind", PACK)
def test_a_compressed_file_without_readable_content_is_an_input_error(
    tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"a{kind}"
    path.write_bytes(PACK[kind](TEXT)[:9])
    with pytest.raises(InputError, match="cannot be read"):
        content(path)
    path.write_bytes(b"\x00\x01\x02" * 50)
    with pytest.raises(InputError, match=f"named \\{kind} but does not begin"):
        content(path)


def test_plain_text_under_a_compressed_name_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(TEXT)
    assert content(path) == TEXT


def test_missing_unreadable_and_folder_are_input_errors_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.nmea: cannot be read: No such file"):
        read_file(tmp_path / "none.nmea", "f")
    with pytest.raises(InputError, match="is a folder"):
        read_file(tmp_path, "f")


@pytest.mark.parametrize("kind", PACK)
def test_a_bomb_unpacks_in_constant_memory(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"bomb{kind}"
    path.write_bytes(PACK[kind](bytes(100_000_000)))
    tracemalloc.start()
    size = sum(len(d.data) for d in read_file(path, "f"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size == 100_000_000
    assert peak < 50_000_000


def test_a_large_file_is_read_lazily(tmp_path: Path) -> None:
    path = tmp_path / "big"
    with path.open("wb") as file:
        file.truncate(10**12)
    stream: Iterator[Datagram] = read_file(path, "f")
    assert len(next(stream).data) == 65_536


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_dash_is_standard_input(pack: Callable[[bytes], bytes]) -> None:
    code = (
        "import sys; from pathlib import Path; from coastwatch.feeds import read_file\n"
        "for d in read_file(Path('-'), 'f'): sys.stdout.buffer.write(d.data)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], input=pack(TEXT), capture_output=True)
    assert run.stdout == TEXT, run.stderr


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=300), magic=st.sampled_from([b"", b"\x1f\x8b", b"\x28\xb5\x2f\xfd",
       b"\xfd7zXZ\x00", b"\x0a\x0d\x0d\x0a", b"\xd4\xc3\xb2\xa1", b"P*M\x18"]))  # fmt: skip
def test_hostile_content_is_read_or_refused_by_name(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, magic: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "hostile"
    path.write_bytes(magic + data)
    try:
        datagrams = list(read_file(path, "f", lambda text: None))
    except InputError as error:
        assert str(path) in str(error)
    else:
        assert datagrams[-1].end
