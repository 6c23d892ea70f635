from __future__ import annotations

import traceback

import pytest
import sqlalchemy as sa

from gosales.core.errors import ConfigError, DataError
from gosales.data.database import Database

SECRET = "hunter2/@x"
QUOTED = "hunter2%2F%40x"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://ann:{QUOTED}@db/sales",
        f"postgresql://ann:{SECRET}@db/sales",
        f"postgresql://ann@db/sales?password={QUOTED}",
        f"postgresql://ann@db/sales?sslpassword={QUOTED}",
        f"mssql+pyodbc:///?odbc_connect=DRIVER=x;UID=ann;PWD={QUOTED}",
        f"snowflake://ann@x/db?token={QUOTED}",
    ],
)
def test_a_password_in_the_configuration_is_refused_and_not_repeated(url):
    with pytest.raises(ConfigError, match="a data.url with a password") as caught:
        Database(url=url)
    assert caught.value.reason_code == "secret_in_config"
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


def test_an_address_in_the_place_of_the_variables_name_is_not_repeated():
    with pytest.raises(ConfigError, match="no name of an environment variable") as caught:
        Database(url_env=f"postgresql://ann:{QUOTED}@db/sales")
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


def test_a_place_must_be_given():
    with pytest.raises(ConfigError, match="neither data.url_env nor data.url"):
        Database()


def test_a_variable_that_is_not_set_is_named(monkeypatch):
    monkeypatch.delenv("NO_SUCH_URL", raising=False)
    with (
        pytest.raises(ConfigError, match="NO_SUCH_URL is not set.*export NO_SUCH_URL="),
        Database("NO_SUCH_URL").reading(),
    ):
        pass


@pytest.mark.parametrize(
    ("url", "kind", "match"),
    [
        (f"ann:{QUOTED}@db/sales", ConfigError, "cannot be read; got the value of DB_URL"),
        (f"klingon://ann:{QUOTED}@db/sales", ConfigError, "driver is not installed"),
        (f"postgresql+klingon://ann:{QUOTED}@db/sales", ConfigError, "driver is not installed"),
        (f"postgresql+psycopg://ann:{QUOTED}@127.0.0.1:1/sales", DataError, "database refuses"),
        (f"postgresql+psycopg://ann:{QUOTED}@127.0.0.1:1/sales?{QUOTED}=1", DataError, "refuses"),
        (f"postgresql+psycopg://ann:{QUOTED}@127.0.0.1:x/sales", ConfigError, "cannot be read"),
    ],
)
def test_no_failure_repeats_what_the_variable_holds(monkeypatch, url, kind, match):
    monkeypatch.setenv("DB_URL", url)
    with pytest.raises(kind, match=match) as caught, Database("DB_URL").reading():
        pass
    assert "ann:" not in str(caught.value)
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


def test_a_driver_that_repeats_the_address_is_masked(monkeypatch):
    url = f"postgresql+psycopg://ann:{QUOTED}@db/sales?token=abcdef123"

    def refuse(*_: object, **__: object) -> None:
        said = Exception(f"bad dsn {SECRET} or {QUOTED}; token abcdef123; {url}\nmore")
        raise sa.exc.OperationalError("SELECT 1", {}, said)

    monkeypatch.setenv("DB_URL", url)
    monkeypatch.setattr(sa.engine.Engine, "connect", refuse)
    with (
        pytest.raises(DataError, match=r"bad dsn \*\*\* or \*\*\*; token \*\*\*") as caught,
        Database("DB_URL").reading(),
    ):
        pass
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))
    assert "abcdef123" not in str(caught.value)
