"""The tests' own meeting: those who must meet do, nobody meets himself, and nobody waits for ever."""

import threading

import pytest

from tests.support.crowd import at_once
from tests.support.meeting import Meeting


@pytest.mark.parametrize("number", [2, 3])
def test_nobody_goes_on_before_so_many_have_come(number: int) -> None:
    meeting, looked = Meeting(number), []

    def look_then_count() -> int:
        looked.append(threading.get_ident())
        meeting.come()
        return len(looked)

    assert min(at_once([look_then_count] * number)) == number
    assert meeting.met


def test_work_is_done_before_or_after_it() -> None:
    for wrap, seen_at_the_meeting in ((Meeting.after, 2), (Meeting.before, 0)):
        meeting, did, seen = Meeting(), [], []
        come = meeting.come

        def watched(come=come, did=did, seen=seen) -> None:
            come()
            seen.append(len(did))

        meeting.come = watched
        assert at_once([lambda: wrap(meeting, did.append)("x")] * 2) == [None, None]  # noqa: B023
        assert len(did) == 2
        assert seen[0] == seen_at_the_meeting


def test_who_comes_alone_goes_on_after_a_while_and_has_met_nobody() -> None:
    meeting = Meeting(patience_s=0.01)
    meeting.come()
    meeting.come()
    assert not meeting.met
    at_once([meeting.come] * 2)
    assert not meeting.met, "the first has gone on long ago"


def test_who_comes_later_passes() -> None:
    meeting = Meeting(patience_s=60)
    at_once([meeting.come] * 2)
    meeting.come()
    assert meeting.met
