"""Every spelling of the wall clock is years off, in a process made for it."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

SPELLINGS = {
    "time.time()": "time.time() - t",
    "time.time_ns()": "time.time_ns() / 1e9 - t",
    "time.clock_gettime": "time.clock_gettime(time.CLOCK_REALTIME) - t",
    "time.clock_gettime_ns": "time.clock_gettime_ns(time.CLOCK_REALTIME) / 1e9 - t",
    "time.localtime": "time.mktime(time.localtime()) - t",
    "time.strftime": "time.mktime(time.strptime(time.strftime('%Y-%m-%d'), '%Y-%m-%d')) - t",
    "time.ctime": "time.mktime(time.strptime(time.ctime())) - t",
    "time.asctime": "time.mktime(time.strptime(time.asctime())) - t",
    "date.today": "(datetime.date.today() - day).days * 86400",
    "datetime.now": "datetime.datetime.now().timestamp() - t",
    "pandas": "pandas.Timestamp.now().timestamp() - t",
}


@pytest.fixture(scope="module")
def shifts() -> dict[str, float]:
    asked = ", ".join(f"{name!r}: {code}" for name, code in SPELLINGS.items())
    code = f"""
import datetime, time, pandas
t, day = time.time(), datetime.date.today()
from gosales.gauntlet.false_clock import set_false_clock
set_false_clock(1000)
print({{{asked}}})
print(time.monotonic() < 1e9, time.strftime("%Y", time.gmtime(0)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    told, still = done.stdout.splitlines()
    assert still == "True 1970"
    return dict(ast.literal_eval(told))


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_the_wall_clock_is_off(shifts, spelling):
    # date.today asks time.time, which is off already.
    assert shifts[spelling] / 86400 > 998
