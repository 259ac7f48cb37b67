"""The journal: what was appended comes back; damage costs only what it touched."""

import errno
import os
import random
import resource
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coastwatch.model import Datagram, InputError
from coastwatch.store.journal import FRAME_MAX, HEADER, Journal, read_frames, read_journal

names = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
datagrams = st.builds(
    Datagram,
    received_ns=st.integers(-(2**63), 2**63 - 1),
    feed=names,
    data=st.binary(max_size=80),
    peer=names,
    whole=st.booleans(),
    end=st.booleans(),
)

SMALL = [
    Datagram(1_700_000_000_000_000_000, "ais", b"!AIVDM,1,1,,A,x,0*00\r\n", "192.0.2.1:1", True),
    Datagram(1_700_000_000_100_000_000, "radar", bytes(range(40)), "192.0.2.2:2", True),
    Datagram(1_700_000_000_200_000_000, "radar", b"\xc7\xa5J\x0f" * 5, "", False),
    Datagram(0, "ais", b"", "", False, True),
]


def written(path: Path, content: list[Datagram]) -> bytes:
    path.unlink(missing_ok=True)
    journal = Journal(path)
    journal.append(content)
    journal.close()
    return path.read_bytes()


@settings(max_examples=60, deadline=None)
@given(groups=st.lists(st.lists(datagrams, max_size=6), max_size=4))
def test_what_is_appended_is_read_back_over_reopenings(
    tmp_path_factory: pytest.TempPathFactory, groups: list[list[Datagram]]
) -> None:
    path = tmp_path_factory.mktemp("journal") / "j"
    for group in groups:
        journal = Journal(path)
        assert journal.recovered is None
        journal.append(group)
        journal.commit()
        journal.close()
    said: list[str] = []
    expected = [d for group in groups for d in group]
    assert list(read_journal(path, said.append) if groups else []) == expected
    assert said == []


def test_truncation_at_every_byte_keeps_all_whole_frames_and_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "j"
    ends = [len(written(path, SMALL[:n])) for n in range(len(SMALL) + 1)]
    content = path.read_bytes()
    for size in range(len(content) + 1):
        path.write_bytes(content[:size])
        whole = max(sum(end <= size for end in ends) - 1, 0)
        journal = Journal(path)
        torn = size not in ends and size > 0
        assert (journal.recovered is not None) == torn, size
        assert journal.frames == whole
        journal.append(SMALL[:1])
        journal.close()
        assert list(read_journal(path)) == [*SMALL[:whole], SMALL[0]]


def test_recovery_names_the_file_and_the_place(tmp_path: Path) -> None:
    path = tmp_path / "j"
    content = written(path, SMALL)
    end = len(written(path, SMALL[:3]))
    path.write_bytes(content[:-1])
    journal = Journal(path)
    journal.close()
    cut = len(content) - 1 - end
    assert journal.recovered == (
        f"{path}: cut {cut} bytes after the last whole frame, at byte {end}; 3 frames are whole"
    )
    assert path.stat().st_size == end


def test_a_flipped_byte_anywhere_costs_at_most_the_frame_it_is_in(tmp_path: Path) -> None:
    path = tmp_path / "j"
    starts = [len(written(path, SMALL[:n])) for n in range(len(SMALL) + 1)]
    content = path.read_bytes()
    for at in range(len(HEADER), len(content)):
        broken = bytearray(content)
        broken[at] ^= 1 << (at % 8)
        hit = sum(start <= at for start in starts) - 1
        expected = [d for i, d in enumerate(SMALL) if i != hit]
        said: list[str] = []
        assert list(read_frames([bytes(broken)], "j", said.append)) == expected, at
        assert len(said) == 1
        path.write_bytes(broken)
        journal = Journal(path)
        journal.close()
        assert journal.recovered and journal.frames == len(expected)
        assert list(read_journal(path)) == expected


@settings(max_examples=200, deadline=None)
@given(
    damage=st.lists(st.tuples(st.integers(0, 10_000), st.binary(max_size=20)), max_size=4),
    size=st.integers(1, 400),
)
def test_any_damage_gives_only_datagrams_that_were_appended(
    tmp_path_factory: pytest.TempPathFactory, damage: list[tuple[int, bytes]], size: int
) -> None:
    content = bytearray(written(tmp_path_factory.getbasetemp() / "damaged", SMALL))
    for at, junk in damage:
        at = len(HEADER) + at % (len(content) - len(HEADER))
        content[at : at + len(junk)] = junk
    chunks = [bytes(content[i : i + size]) for i in range(0, len(content), size)]
    got = list(read_frames(chunks, "j"))
    assert got == list(read_frames([bytes(content)], "j"))
    assert all(d in SMALL for d in got) and len(got) <= len(SMALL)


def test_a_frame_inside_a_datagram_is_never_taken_for_one(tmp_path: Path) -> None:
    frame = written(tmp_path / "inner", SMALL[:1])[len(HEADER) :]
    outer = Datagram(5, "hostile", frame * 3, "p", True)
    content = bytearray(written(tmp_path / "j", [outer, SMALL[1]]))
    content[len(HEADER) + 1] ^= 0xFF
    assert list(read_frames([bytes(content)], "j")) == [SMALL[1]]


def test_zeros_after_a_power_cut_are_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "j"
    path.write_bytes(written(path, SMALL) + bytes(10_000))
    journal = Journal(path)
    journal.close()
    assert journal.recovered and "cut 10000 bytes" in journal.recovered
    assert list(read_journal(path)) == SMALL


def test_an_absurd_length_is_refused_without_memory(tmp_path: Path) -> None:
    head = b"\xc7\xa5J\x0f" + (2**32 - 1).to_bytes(4, "little") + bytes(4)
    said: list[str] = []
    tracemalloc.start()
    got = list(read_frames((c for c in [HEADER, *[head * 5000] * 20]), "j", said.append))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert got == [] and len(said) == 1
    assert peak < 500_000


def test_reading_a_large_journal_takes_constant_memory(tmp_path: Path) -> None:
    path = tmp_path / "j"
    journal = Journal(path)
    rng = random.Random(1)
    for _ in range(100):
        journal.append([Datagram(1, "f", rng.randbytes(60_000), "p") for _ in range(8)])
    journal.close()
    tracemalloc.start()
    assert sum(len(d.data) for d in read_journal(path)) == 48_000_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert path.stat().st_size > 48_000_000 and peak < 2_000_000


@pytest.mark.parametrize(
    "content",
    [
        b"!AIVDM,1,1,,A,13HOI:0P0000VOHLCnHQKwvL05Ip,0*23\r\n",
        b"\x1f\x8b\x08",
        bytes(50),
        b"\x89PNG",
    ],
)
def test_foreign_content_is_refused_and_left_untouched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other"
    path.write_bytes(content)
    with pytest.raises(InputError, match="other: not a journal"):
        Journal(path)
    with pytest.raises(InputError, match="other: not a journal"):
        list(read_journal(path))
    assert path.read_bytes() == content


def test_a_newer_version_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "j"
    path.write_bytes(HEADER[:-4] + (9).to_bytes(4, "little"))
    with pytest.raises(InputError, match="version 9"):
        list(read_journal(path))
    with pytest.raises(InputError, match="version 9"):
        Journal(path)


def test_missing_file_folder_and_directory_are_input_errors(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        list(read_journal(tmp_path / "none"))
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        list(read_journal(tmp_path))
    with pytest.raises(InputError, match="cannot be opened"):
        Journal(tmp_path / "no" / "folder")


def test_a_second_writer_is_refused_while_reading_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "j"
    journal = Journal(path)
    journal.append(SMALL)
    journal.commit()
    with pytest.raises(InputError, match="another run"):
        Journal(path)
    assert list(read_journal(path)) == SMALL
    journal.close()
    journal.close()
    Journal(path).close()


def test_what_was_committed_survives_the_kill_of_its_writer(tmp_path: Path) -> None:
    path = tmp_path / "j"
    code = (
        "import os, sys; from pathlib import Path\n"
        "from coastwatch.model import Datagram; from coastwatch.store.journal import Journal\n"
        "j = Journal(Path(sys.argv[1])); j.append([Datagram(1, 'f', b'kept')]); j.commit()\n"
        "j.append([Datagram(2, 'f', b'not committed')]); os.kill(os.getpid(), 9)\n"
    )
    assert subprocess.run([sys.executable, "-c", code, str(path)]).returncode == -9
    assert list(read_journal(path)) == [Datagram(1, "f", b"kept")]


def test_a_full_disk_is_told_and_leaves_whole_frames(tmp_path: Path) -> None:
    path = tmp_path / "j"
    code = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from coastwatch.model import Datagram, InputError\n"
        "from coastwatch.store.journal import Journal\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "j = Journal(Path(sys.argv[1])); j.append([Datagram(1, 'f', b'a' * 1000)]); j.commit()\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1500, resource.RLIM_INFINITY))\n"
        "j.append([Datagram(2, 'f', b'b' * 1000)])\n"
        "try: j.commit()\n"
        "except InputError as error: print(error)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)\n"
        "j.close()\n"
    )
    run = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True)
    assert os.strerror(errno.EFBIG) in run.stdout and "free space" in run.stdout, run.stderr
    assert [d.data[:1] for d in read_journal(path)] == [b"a", b"b"]


def test_a_datagram_that_no_frame_holds_is_refused(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    with pytest.raises(ValueError, match="longer than a frame"):
        journal.append([Datagram(0, "f", bytes(FRAME_MAX))])
    with pytest.raises(ValueError, match="no frame holds"):
        journal.append([Datagram(2**63, "f", b"")])
    journal.append(SMALL)
    journal.close()
    assert list(read_journal(tmp_path / "j")) == SMALL


def test_waiting_frames_are_written_before_they_fill_memory(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(1000):
        journal.append([Datagram(1, "f", bytes(65_536))])
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000
    journal.close()
    assert (tmp_path / "j").stat().st_size > 65_536_000
