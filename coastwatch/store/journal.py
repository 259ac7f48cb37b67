"""The journal: every datagram on disk before it is decoded, and read back as it was received.

Append-only frames; docs/journal.md describes the bytes.
"""

from __future__ import annotations

import fcntl
import os
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from coastwatch.model import Datagram, InputError

JOURNAL = "journal.cwj"  # its name in a run's folder
MAGIC = b"\x89CWJ\r\n\x1a\n"
VERSION = 1
HEADER = MAGIC + VERSION.to_bytes(4, "little")
FRAME_MAX = 1 << 19
CHUNK = 1 << 16
# So many bytes wait in memory at most; beyond that they are written before the next commit.
BUFFER_MAX = 1 << 22


class Journal:
    """A journal open for appending. ``frames`` counts the whole frames in it.

    Opening an existing one recovers it: what follows the last whole frame is cut off, and
    ``recovered`` says so in one line (None where all was well). Raises InputError where the path
    cannot be written, is in use by another run, or holds something else than a journal.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.frames = 0
        self.recovered: str | None = None
        self._buffer = bytearray()
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise InputError(f"{path}: the journal cannot be opened: {error.strerror}") from error
        try:
            self._written = self._open()
        except BaseException:
            os.close(self._file)
            raise

    def append(self, datagrams: Iterable[Datagram]) -> None:
        """Take datagrams in. They are safe after the next ``commit``.

        Raises ValueError for one that no frame can hold (over 512 KiB, or a time beyond int64).
        """
        for datagram in datagrams:
            self._buffer += _encode(datagram, self._written + len(self._buffer))
            self.frames += 1
            if len(self._buffer) >= BUFFER_MAX:
                self._write()

    def commit(self) -> None:
        """Return when all that was appended is on disk (fsync): one group, one wait.

        Raises InputError where the disk is full or fails; the file then still ends in a whole
        frame, and what waits in memory is written by the next commit.
        """
        self._write()
        self._guarded(lambda: os.fsync(self._file))

    def close(self) -> None:
        """Commit and let the file go. A second call does nothing."""
        if self._file >= 0:
            try:
                self.commit()
            finally:
                os.close(self._file)
                self._file = -1

    def _open(self) -> int:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise InputError(
                f"{self.path}: another run is writing this journal; end it or choose another --out"
            ) from error
        size = os.fstat(self._file).st_size
        if HEADER.startswith(os.pread(self._file, len(HEADER), 0)) and size < len(HEADER):
            self._guarded(self._begin)
            if size:
                self.recovered = (
                    f"{self.path}: cut after {size} bytes, within its header; begun anew"
                )
            return len(HEADER)
        return self._recover(size)

    def _begin(self) -> None:
        os.pwrite(self._file, HEADER, 0)
        os.fsync(self._file)
        # The file's name is safe only when its folder is.
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def _recover(self, size: int) -> int:
        end = len(HEADER)
        places = skipped = 0
        for start, stop, datagram in _frames(_chunks(self._file), str(self.path)):
            if datagram is None:
                break
            places += start > end
            skipped += start - end
            end = stop
            self.frames += 1
        notes = []
        if skipped:
            notes.append(f"{skipped} damaged bytes in {places} places are passed over")
        if end < size:
            os.ftruncate(self._file, end)
            self._guarded(lambda: os.fsync(self._file))
            notes.append(f"cut {size - end} bytes after the last whole frame, at byte {end}")
        if notes:
            self.recovered = f"{self.path}: {'; '.join(notes)}; {self.frames} frames are whole"
        return end

    def _write(self) -> None:
        while self._buffer:
            self._guarded(self._write_some)

    def _write_some(self) -> None:
        try:
            done = os.pwrite(self._file, self._buffer, self._written)
        except OSError:
            os.ftruncate(self._file, self._written)
            raise
        del self._buffer[:done]
        self._written += done

    def _guarded(self, action: Callable[[], None]) -> None:
        try:
            action()
        except OSError as error:
            raise InputError(
                f"{self.path}: the journal cannot be written: {error.strerror}; "
                "free space or choose another --out"
            ) from error


class StillWritten(InputError):
    """A run that goes on: what is to be done with it can be done when it is over."""


def is_written(path: Path) -> bool:
    """Whether a run is writing this journal just now."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(file)
    return False


def read_journal(path: Path, report: Callable[[str], None] | None = None) -> Iterator[Datagram]:
    """The datagrams of a journal in their order, in constant memory.

    Damaged bytes are passed over, and so is an unfinished end; ``report`` is told in one line
    each, ten times at most. Raises InputError where the file cannot be read or is no journal.
    """
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise InputError(f"{path}: the journal cannot be read: {error.strerror}") from error
    try:
        yield from read_frames(_chunks(file), str(path), report)
    except OSError as error:
        raise InputError(f"{path}: the journal cannot be read: {error.strerror}") from error
    finally:
        os.close(file)


def read_frames(
    chunks: Iterable[bytes], name: str, report: Callable[[str], None] | None = None
) -> Iterator[Datagram]:
    """As ``read_journal``, from chunks of bytes (an unpacked journal); ``name`` is for messages."""
    end, told = len(HEADER), 0
    for start, stop, datagram in _frames(chunks, name):
        if start > end and report and told < 10:
            what = "damaged and passed over" if datagram else "no whole frame and left out"
            report(f"{name}: {start - end} bytes at byte {end} are {what}")
            told += 1
        end = stop
        if datagram:
            yield datagram


# A frame: sync, body length, CRC-32; then the body: received_ns, flags, lengths of the feed's and
# the peer's names, the names, the datagram's bytes.
_SYNC = b"\xc7\xa5J\x0f"
_HEAD = struct.Struct("<4sII")
_BODY = struct.Struct("<qBHH")
_PLACE = struct.Struct("<QI")
_WHOLE, _END = 1, 2


def _encode(datagram: Datagram, place: int) -> bytes:
    feed = datagram.feed.encode("utf-8", "surrogateescape")
    peer = datagram.peer.encode("utf-8", "surrogateescape")
    flags = _WHOLE * datagram.whole | _END * datagram.end
    try:
        body = _BODY.pack(datagram.received_ns, flags, len(feed), len(peer))
    except struct.error as error:
        raise ValueError(
            f"no frame holds this datagram of feed {datagram.feed!r}: {error}"
        ) from error
    body += feed + peer + datagram.data
    if len(body) > FRAME_MAX:
        raise ValueError(f"a datagram of {len(body)} bytes is longer than a frame may be")
    return _HEAD.pack(_SYNC, len(body), _crc(body, place)) + body


def _crc(body: bytes | bytearray, place: int) -> int:
    # With the frame's place in the file, bytes inside a datagram cannot pass for a frame.
    return zlib.crc32(body, zlib.crc32(_PLACE.pack(place, len(body))))


def _frames(chunks: Iterable[bytes], name: str) -> Iterator[tuple[int, int, Datagram | None]]:
    """Each whole frame as (start, end, datagram), last the end as (end, end, None).

    A gap between two of them is damage.
    """
    source = iter(chunks)
    buffer = bytearray()
    while len(buffer) < len(HEADER) and (chunk := next(source, b"")):
        buffer += chunk
    _check_header(bytes(buffer[: len(HEADER)]), name)
    place, at, more = 0, len(HEADER), True
    while True:
        length = _length(buffer, at)
        stop = at + _HEAD.size + length
        if stop > len(buffer) and more:
            del buffer[:at]
            place, at = place + at, 0
            chunk = next(source, b"")
            buffer += chunk
            more = bool(chunk)
            continue
        datagram = _decode(buffer, at, stop, place + at) if length else None
        if datagram is not None:
            yield place + at, place + stop, datagram
            at = stop
        elif at >= len(buffer):
            yield place + at, place + at, None
            return
        else:
            at = _next_sync(buffer, at + 1)


def _check_header(header: bytes, name: str) -> None:
    if not header.startswith(MAGIC):
        raise InputError(
            f"{name}: not a journal of coastwatch; for other files use track or decode"
        )
    if header != HEADER:
        version = int.from_bytes(header[len(MAGIC) :], "little")
        raise InputError(
            f"{name}: a journal of version {version}; this coastwatch reads version {VERSION}"
        )


def _length(buffer: bytearray, at: int) -> int:
    """The length that a frame at ``at`` claims for its body; 0 where none can begin there."""
    if len(buffer) < at + _HEAD.size:
        # Ask for the header's rest, unless what is here is no header.
        return 1 if _SYNC.startswith(buffer[at : at + 4]) else 0
    sync, length, _ = _HEAD.unpack_from(buffer, at)
    return length if sync == _SYNC and _BODY.size <= length <= FRAME_MAX else 0


def _decode(buffer: bytearray, at: int, stop: int, place: int) -> Datagram | None:
    if stop > len(buffer):
        return None
    body = bytes(buffer[at + _HEAD.size : stop])
    if _crc(body, place) != int.from_bytes(buffer[at + 8 : at + 12], "little"):
        return None
    received_ns, flags, feed, peer = _BODY.unpack_from(body)
    names = _BODY.size + feed + peer
    if names > len(body):
        return None
    return Datagram(
        received_ns,
        body[_BODY.size : _BODY.size + feed].decode("utf-8", "surrogateescape"),
        body[names:],
        body[_BODY.size + feed : names].decode("utf-8", "surrogateescape"),
        whole=bool(flags & _WHOLE),
        end=bool(flags & _END),
    )


def _next_sync(buffer: bytearray, at: int) -> int:
    found = buffer.find(_SYNC, at)
    # The marker may be cut by the buffer's end.
    return found if found >= 0 else max(at, len(buffer) - len(_SYNC) + 1)


def _chunks(file: int) -> Iterator[bytes]:
    at = 0
    while chunk := os.pread(file, CHUNK, at):
        at += len(chunk)
        yield chunk
