"""Where bytes come from: files, captures and standard input; live: UDP, TCP, serial lines."""

from coastwatch.feeds.files import read_file, unpack
from coastwatch.feeds.live import Live

__all__ = ["Live", "read_file", "unpack"]
