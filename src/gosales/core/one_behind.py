"""Work done beside the caller, one piece behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager


@contextmanager
def one_behind() -> Iterator[Callable[[Callable[[], None]], None]]:
    """A thread that does one piece of work while the caller prepares the next.

    Yields
    ------
    callable
        Takes a piece of work. It first waits for the one before, so that never more than one is
        under way, and raises what that one raised. The block ends when all is done.

    Examples
    --------
    >>> done = []
    >>> with one_behind() as do:
    ...     for i in range(3):
    ...         do(lambda i=i: done.append(i))
    >>> done
    [0, 1, 2]
    """
    with ThreadPoolExecutor(1) as pool:
        under_way: list[Future[None]] = []

        def do(work: Callable[[], None]) -> None:
            while under_way:
                under_way.pop().result()
            under_way.append(pool.submit(work))

        yield do
        while under_way:
            under_way.pop().result()
