"""Work goes on beside the caller, in order, one piece at a time; its errors are the caller's."""

import threading

import pytest

from gosales.core.one_behind import one_behind


def test_the_caller_goes_on_while_a_piece_is_done() -> None:
    told = threading.Event()
    with one_behind() as do:
        do(lambda: told.wait(10) or pytest.fail("the caller was held up"))
        told.set()


def test_an_error_is_raised_at_the_next_piece_or_at_the_end() -> None:
    later = []
    with pytest.raises(ZeroDivisionError), one_behind() as do:
        do(lambda: 1 // 0)
        do(lambda: later.append(1))
    assert later == []
    with pytest.raises(ZeroDivisionError), one_behind() as do:
        do(lambda: 1 // 0)


def test_a_callers_own_error_waits_for_the_piece_under_way() -> None:
    done = []
    with pytest.raises(KeyError), one_behind() as do:
        do(lambda: done.append(threading.current_thread()))
        raise KeyError
    assert len(done) == 1
    assert not done[0].is_alive()
