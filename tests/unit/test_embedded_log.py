"""Holds the write-ahead log to its promise: wherever it is cut, what went before is read again."""

from io import BytesIO
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.embedded.log import HEADER, Change, Log, LogError, fold, line, read

TABLE = ("table", "arn:aws:dynamodb:eu-central-1:000000000000:table/accounts")
QUEUE = ("queue", "arn:aws:sqs:eu-central-1:000000000000:callbacks")

values = st.dictionaries(st.text(), st.text() | st.integers() | st.lists(st.text()))
changes = st.builds(
    Change,
    thing=st.sampled_from([TABLE, QUEUE]),
    part=st.just(()) | st.tuples(st.text(max_size=2)),
    value=st.none() | values,
)
batches = st.lists(st.lists(changes, min_size=1, max_size=4), max_size=8)


def lines_of(batches):
    return [line(change.encode() for change in batch) for batch in batches]


def read_bytes(data):
    return list(read(BytesIO(data)))


@pytest.fixture
def log(tmp_path):
    with Log(tmp_path) as log:
        yield log


@given(batches)
def test_changes_are_read_in_the_order_in_which_they_were_written(batches):
    written = HEADER + b"".join(lines_of(batches))

    assert read_bytes(written) == list(chain.from_iterable(batches))


@given(batches, st.data())
def test_a_log_cut_at_any_byte_has_every_whole_line_before_the_cut(batches, data):
    lines = lines_of(batches)
    written = HEADER + b"".join(lines)
    cut = data.draw(st.integers(0, len(written)))

    found = read_bytes(written[:cut])

    ends = [len(HEADER) + sum(map(len, lines[: n + 1])) for n in range(len(lines))]
    whole = sum(end <= cut for end in ends)
    assert found == list(chain.from_iterable(batches[:whole]))


@given(batches.filter(lambda batches: len(batches) > 1), st.data())
def test_damage_before_the_last_line_is_an_error(batches, data):
    *whole, last = [HEADER, *lines_of(batches)]
    hit = data.draw(st.integers(0, len(whole) - 1))
    place = data.draw(st.integers(0, len(whole[hit]) - 2))
    wrong = data.draw(st.integers(1, 255)) ^ whole[hit][place]
    whole[hit] = whole[hit][:place] + bytes([wrong]) + whole[hit][place + 1 :]

    with pytest.raises(LogError):
        read_bytes(b"".join(whole) + last)


@given(batches)
def test_a_last_line_of_zeros_is_a_torn_one(batches):
    written = HEADER + b"".join(lines_of(batches)) + bytes(512)

    assert read_bytes(written) == list(chain.from_iterable(batches))


@given(batches)
def test_reading_a_log_twice_over_comes_to_the_same_things(batches):
    once = list(chain.from_iterable(batches))

    assert fold(once + once) == fold(once)


def test_a_thing_that_goes_takes_its_parts_along():
    state = fold(
        [
            Change(TABLE, (), {"name": "accounts"}),
            Change(TABLE, ("alice",), {"avail": "5"}),
            Change(TABLE, (), None),
            Change(TABLE, (), {"name": "accounts, again"}),
        ]
    )

    assert state == {TABLE: {(): {"name": "accounts, again"}}}


def test_parts_keep_the_order_in_which_they_appeared(log):
    kept = {QUEUE: {(): {"name": "callbacks"}, ("b",): {"body": "1"}, ("a",): {"body": "2"}}}

    log.rewrite(kept)

    assert list(log.state()[QUEUE]) == list(kept[QUEUE])


def test_what_is_appended_after_a_rewrite_is_read_after_it(log):
    log.rewrite({TABLE: {(): {"name": "accounts"}, ("alice",): {"avail": "5"}}})
    log.append([Change(TABLE, ("alice",), {"avail": "4"}).encode()])
    log.append([Change(TABLE, ("bob",), {"avail": "1"}).encode()])

    assert log.state() == {
        TABLE: {(): {"name": "accounts"}, ("alice",): {"avail": "4"}, ("bob",): {"avail": "1"}}
    }


def test_a_crash_before_the_rename_leaves_the_old_log(tmp_path):
    old = {TABLE: {(): {"name": "accounts"}}}
    with Log(tmp_path) as log:
        log.rewrite(old)
    (tmp_path / "aws.new").write_bytes(HEADER + b"half a li")

    with Log(tmp_path) as log:
        assert log.state() == old


def test_damage_names_the_file_and_the_line(tmp_path):
    with Log(tmp_path) as log:
        log.rewrite({TABLE: {(): {"name": "accounts"}}})
        log.append([Change(TABLE, ("alice",), {"avail": "4"}).encode()])
    damaged = log.path.read_bytes().replace(b"accounts", b"acc0unts", 1)
    log.path.write_bytes(damaged)

    with Log(tmp_path) as log, pytest.raises(LogError) as refused:
        log.state()

    assert str(refused.value) == f"{log.path}: line 2 is damaged and is not the last one"
    assert log.path.read_bytes() == damaged


def test_a_directory_has_one_user_at_a_time(tmp_path):
    with Log(tmp_path), pytest.raises(LogError, match="in use by another embedded AWS"):
        Log(tmp_path)

    Log(tmp_path).close()


def test_a_log_of_another_version_is_not_touched(tmp_path):
    (tmp_path / "aws.log").write_bytes(b"ringback embedded aws log 2\n")

    with Log(tmp_path) as log, pytest.raises(LogError, match="not that of a log of this version"):
        log.state()
