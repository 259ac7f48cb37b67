"""Event-time order: whole slices, sorted, whoever came first; what is late is counted."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from coastwatch.model import Datagram, Detections
from coastwatch.order import PATIENCE_S, Reorder, merge

T0 = 1_700_000_000.0


def at(*times_s: float, mmsi: int = 1) -> Detections:
    times = np.array(times_s)
    return Detections.of(time_s=times, mmsi=np.full(len(times), mmsi))


def heard(feed: str, received_s: float, end: bool = False) -> Datagram:
    return Datagram(round(received_s * 1e9), feed, b"x", end=end)


def released(slices) -> list[float]:
    return [float(t) for _, batch in slices for t in batch.time_s]


def test_a_file_is_held_back_until_the_other_files_have_spoken():
    order = Reorder(1.0, 3.0)
    for feed in ("a", "b"):
        order.add(Datagram(0, feed, b""), Detections.empty())
    order.add(Datagram(0, "a", b"x"), at(T0, T0 + 100))
    assert order.ready() == []
    order.add(Datagram(0, "b", b"x"), at(T0 + 50, T0 + 50))
    assert released(order.ready()) == [T0]
    order.add(Datagram(0, "b", b"", end=True), Detections.empty())
    order.add(Datagram(0, "a", b"", end=True), Detections.empty())
    assert released(order.ready()) == [T0 + 50, T0 + 50, T0 + 100]


def test_the_picture_waits_for_the_usual_lag_of_a_slow_source():
    order = Reorder(1.0, 0.0)
    order.add(heard("slow", T0 + 10), at(T0 + 2))
    order.add(heard("fast", T0 + 10), at(T0 + 10))
    assert released(order.ready()) == []
    order.add(heard("slow", T0 + 11), at(T0 + 3))
    order.add(heard("fast", T0 + 19.5), at(T0 + 19.5))
    assert released(order.ready()) == [T0 + 2, T0 + 3, T0 + 10]
    assert not order.late


def test_a_silent_live_source_does_not_stop_the_picture():
    order = Reorder(1.0, 3.0)
    order.add(heard("ais", T0), at(T0))
    for second in range(1, 60):
        order.add(heard("radar", T0 + second), at(T0 + second))
    times = released(order.ready())
    assert times[0] == T0
    assert times[-1] >= T0 + 54


def test_what_comes_after_its_slice_is_counted_as_late_and_left_out():
    order = Reorder(1.0, 3.0)
    order.add(heard("a", T0 + 20), at(T0 + 20))
    order.ready()
    order.add(heard("a", T0 + 21), at(T0 + 5))
    order.add(heard("a", T0 + 40), at(T0 + 40))
    assert order.late == {"a": 1}
    assert T0 + 5 not in released(order.ready(final=True))


def test_a_played_back_log_with_old_stamps_takes_the_receivers_clock():
    order = Reorder(1.0, 3.0)
    old = at(T0 - 10 * 365 * 86_400)
    order.add(heard("log", T0), old)
    assert order.clock_replaced == {"log": 1}
    assert released(order.ready(final=True)) == [T0]


def test_one_wrong_stamp_in_a_file_does_not_carry_the_picture_away():
    order = Reorder(1.0, 3.0)
    times = [T0 + i for i in range(100)]
    order.add(Datagram(0, "a", b"x"), at(*times[:50], T0 + 80 * 365 * 86_400))
    order.add(Datagram(0, "a", b"x"), at(*times[50:]))
    assert released(order.ready(final=True)) == times
    assert order.out_of_range == {"a": 1}
    assert not order.late


def test_times_that_are_no_numbers_are_counted_and_dropped():
    order = Reorder(1.0, 3.0)
    order.add(Datagram(0, "a", b"x"), at(T0, np.nan, np.inf, 1e300))
    assert released(order.ready(final=True)) == [T0]
    assert order.out_of_range["a"] == 3


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.floats(0, 200), st.floats(0, 1.5 * PATIENCE_S)),
        min_size=1,
        max_size=60,
    )
)
def test_nothing_is_lost_and_slices_come_in_order(messages):
    order = Reorder(1.0, 3.0)
    slices = []
    for feed, event, lag in sorted(messages, key=lambda m: m[1] + m[2]):
        order.add(heard(feed, T0 + event + lag), at(T0 + event))
        slices += order.ready()
    slices += order.ready(final=True)
    ends = [end for end, _ in slices]
    assert ends == sorted(set(ends))
    times = released(slices)
    assert times == sorted(times)
    assert len(times) + order.late.total() == len(messages)
    assert all(end - 1.0 <= t < end for end, batch in slices for t in batch.time_s)


def test_a_file_that_pauses_does_not_carry_the_clock_past_what_another_holds():
    def source(feed, seconds):
        return iter([Datagram(int(s * 1e9), feed, b"x") for s in seconds])

    sources = {"a": source("a", [1, 2, 90]), "b": source("b", [1, 30, 60, 80])}
    merged = list(merge(sources, lambda feed: 0.0))
    assert [d.feed for d in merged[:2]] == ["a", "b"]
    times = [d.received_ns for d in merged[2:]]
    assert times == sorted(times) and len(times) == 7
