"""Hostile AIS by records, detections and columns: nothing raised, every frame accounted for."""

from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bench.fuzz import ais, mutate

SEEDS = mutate.valid()
SENTENCE = SEEDS[0][0].data
SENTENCES = 40_000


def bursts(number: int) -> bytes:
    random = Random(number)
    return b"".join(mutate.burst(random, SEEDS) for _ in range(1 + number % 4))


def test_the_seeds_are_valid_messages_of_all_27_types():
    data = b"".join(line.data + b"\n" for lines in SEEDS for line in lines)
    balance = ais.columns(data)
    assert balance.decoded == balance.frames == sum(len(lines) for lines in SEEDS)
    assert {mutate.ARMOUR.index(lines[0].fields[5][0]) for lines in SEEDS} == set(range(1, 28))


@pytest.mark.parametrize("mutation", mutate.OF_PARTS, ids=lambda f: f.__name__.strip("_"))
def test_each_mutation_of_parts_changes_what_is_sent(mutation):
    random, changed = Random(1), 0
    for lines in SEEDS:
        before = [line.data for line in lines]
        after = [mutate.Line([*line.fields]) for line in lines]
        mutation(random, after)
        changed += [line.data for line in after] != before
    assert changed > len(SEEDS) / 4


def test_a_seeded_run_finds_no_defect():
    report = ais.run(SENTENCES, seed=7)
    assert report.defects == {}
    assert report.sentences >= SENTENCES
    for balance in report.books.values():
        assert balance.decoded > balance.frames / 4
        assert len(balance.rejected) > 20


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32).map(bursts))
def test_mutated_sentences_leave_exact_books_and_sound_values(data):
    ais.check(data)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"", b"\n", b"\r", b"*", b"\\", b"!"]))
@example(b"", b"")
@example(b"\xfd7zXZ\x00", b"")
def test_any_bytes_before_a_sentence_leave_exact_books(noise, between):
    # Behind a line end: a file's first bytes may say that it is compressed.
    noise = b"\n" + noise
    ais.check(noise + between + SENTENCE)
    ais.check(noise + between + SENTENCE + b"\r\n" + noise)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([*b"!$*,\\0123AVDMO\r\n"]), max_size=120).map(bytes))
def test_punctuation_alone_leaves_exact_books(data):
    ais.check(data)


@pytest.mark.parametrize("cut", [1, 7, 14, 15, 44, len(SENTENCE) - 1])
def test_what_a_check_refuses_it_names(cut, monkeypatch):
    """The check itself can fail: a range too narrow is told with column and value."""
    monkeypatch.setitem(ais.DETECTIONS, "lat", (0.0, 1.0 / cut))
    with pytest.raises(ais.Defect, match=r"detections: lat 50\.95"):
        ais.check(b"1490075479," + SENTENCE)
