"""Bytes -> detections. A format is one file here and one line in ``FORMATS``."""

from __future__ import annotations

from importlib import import_module

from coastwatch.decode.base import Context, Decoder
from coastwatch.decode.recognise import recognise
from coastwatch.model import ConfigError

__all__ = ["FORMATS", "open_decoder", "recognise"]

# Named, not imported: a decoder is loaded when the first feed of its format opens.
FORMATS = {
    "auto": "coastwatch.decode.recognise:AutoDecoder",
    "nmea": "coastwatch.decode.nmea:NmeaDecoder",
    "asterix": "coastwatch.decode.asterix:AsterixDecoder",
    "navico": "coastwatch.decode.navico:NavicoDecoder",
    "plots": "coastwatch.decode.plots:PlotsDecoder",
}


def open_decoder(format: str, context: Context) -> Decoder:
    """A decoder for one feed. Raises ConfigError for a format that nobody registered."""
    if format not in FORMATS:
        raise ConfigError(f"format {format!r} is none of: {', '.join(FORMATS)}")
    module, _, name = FORMATS[format].partition(":")
    decoder: Decoder = getattr(import_module(module), name)(context)
    return decoder
