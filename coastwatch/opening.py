"""Feeds opened: the decoder of each, with what it must know of the site."""

from __future__ import annotations

from coastwatch.decode import open_decoder
from coastwatch.decode.ais.transmissions import Transmissions
from coastwatch.decode.base import Context, Decoder
from coastwatch.decode.stamps import midnight
from coastwatch.model import ConfigError
from coastwatch.site import Feed, Site


def context_of(site: Site, feed: Feed, sent: Transmissions) -> Context:
    """What a decoder of this feed knows of the site. Raises ConfigError for a date that is none."""
    stations = {s.station: i for i, s in enumerate(site.sensors) if s.station}
    try:
        date_s = midnight(feed.date)
    except ConfigError as error:
        raise ConfigError(f"feed {feed.id!r}: {error}") from error
    return Context(
        feed=feed.id,
        sensor=site.sensor_index(feed.sensor) if feed.sensor else -1,
        sensors={s.id: i for i, s in enumerate(site.sensors)} | stations,
        asterix=site.asterix_index,
        editions=site.asterix_edition,
        positions=[s.position for s in site.sensors],
        date_s=date_s,
        sent=sent,
        described=site.sensors,
    )


def open_feed(feed: Feed, context: Context) -> Decoder:
    """A decoder of what the feed says that it speaks."""
    return open_decoder("auto" if feed.format == "pcap" else feed.format, context)


def check_editions(site: Site) -> None:
    """Raise ConfigError where a sensor is said to speak an edition that no table reads."""
    for sensor in site.sensors:
        for category, edition in (sensor.asterix.editions if sensor.asterix else {}).items():
            if edition == "auto":
                continue
            from coastwatch.decode.asterix.editions import named

            try:
                named(int(category), edition)
            except ConfigError as error:
                raise ConfigError(f"sensor {sensor.id!r}: asterix.editions: {error}") from error
