"""Where bytes come from: files, captures and standard input; live: UDP, TCP, serial lines."""

from coastwatch.feeds.files import read_file, unpack

__all__ = ["read_file", "unpack"]
