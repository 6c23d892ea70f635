"""A wall clock that is years off, for code that must not look at it."""

from __future__ import annotations

import datetime
import sys
import time
from typing import Any, Final

_DAYS: Final = 1234


def set_false_clock(days: int = _DAYS) -> None:
    """Move the wall clock of this process, for modules imported from here on.

    Parameters
    ----------
    days : int, default 1234
        By how much; more than three years, so that no window and no rounding hides it.

    Notes
    -----
    ``time.time``, ``date.today``, ``datetime.now`` and their kin, and pandas' own. Clocks that
    measure durations stay. Dates made by the replaced classes are true dates.
    """
    shift = datetime.timedelta(days=days)
    seconds, nanoseconds, local, utc = time.time, time.time_ns, time.localtime, time.gmtime
    moved = shift.total_seconds()
    time.time = lambda: seconds() + moved
    time.time_ns = lambda: nanoseconds() + int(moved) * 10**9
    time.localtime = lambda secs=None: local(seconds() + moved if secs is None else secs)
    time.gmtime = lambda secs=None: utc(seconds() + moved if secs is None else secs)
    _move_other_spellings(moved)
    day, moment = datetime.date, datetime.datetime
    calls: dict[type, dict[str, Any]] = {
        day: {"today": lambda: day.today() + shift},
        moment: {
            "today": lambda: moment.today() + shift,
            "now": lambda tz=None: moment.now(tz) + shift,
            "utcnow": lambda: moment.now(datetime.UTC).replace(tzinfo=None) + shift,
        },
    }
    for kind, methods in calls.items():
        setattr(datetime, kind.__name__, _Kin(kind.__name__, (kind,), _static(methods, kind)))
    _move_pandas(shift)


def _move_other_spellings(moved: float) -> None:
    """What the time module says without being given a time, from the clocks moved already."""
    as_text, parts_text = time.strftime, time.asctime
    time.strftime = lambda form, t=None: as_text(form, time.localtime() if t is None else t)
    time.asctime = lambda t=None: parts_text(time.localtime() if t is None else t)
    time.ctime = lambda secs=None: parts_text(time.localtime(secs))
    if hasattr(time, "clock_gettime"):
        clock, clock_ns, wall = time.clock_gettime, time.clock_gettime_ns, time.CLOCK_REALTIME
        time.clock_gettime = lambda which: clock(which) + (moved if which == wall else 0.0)
        time.clock_gettime_ns = lambda which: (
            clock_ns(which) + (int(moved) * 10**9 if which == wall else 0)
        )


def _move_pandas(shift: datetime.timedelta) -> None:
    pandas = sys.modules.get("pandas")
    if pandas is not None:
        true_now = pandas.Timestamp.now
        moved = staticmethod(lambda tz=None: true_now(tz) + shift)
        for name in ("now", "today"):
            setattr(pandas.Timestamp, name, moved)


class _Kin(type):
    """A class whose instances are those of its base."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, cls.__bases__[0])

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, cls.__bases__[0])


def _static(methods: dict[str, Any], kind: type) -> dict[str, Any]:
    body = {name: staticmethod(call) for name, call in methods.items()}
    return {**body, "__new__": lambda cls, *args, **more: kind(*args, **more)}
