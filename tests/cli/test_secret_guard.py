from __future__ import annotations

import pytest

from gosales.cli.secret_guard import refuse_secrets
from gosales.core.errors import ConfigError


@pytest.mark.parametrize(
    "override",
    [
        "data.url=postgresql://ann:hunter2@db/sales",
        "data.url=postgresql://ann:hunter2/@@db/sales",
        "+data.url=postgresql://:hunter2@db/sales",
        "++data.url='postgresql://ann@db/sales?password=hunter2'",
        "data.url_env=mssql://?odbc_connect=UID=a;PWD=hunter2",
    ],
)
def test_a_typed_password_is_refused_by_the_name_of_its_key(override):
    with pytest.raises(ConfigError, match=r"holds a password; got data\.url") as caught:
        refuse_secrets(["seed=3", override])
    assert "hunter2" not in str(caught.value)


def test_other_words_pass():
    refuse_secrets(
        ["seed=3", "-m", "data.url=sqlite:///log.db", "data.url=postgresql://ann@db:5432/sales",
         "data.url_env=GOSALES_DATABASE_URL", "tracking.uri=http://host:5000",
         "data.transactions=SELECT a FROM b WHERE c = 'x@y'"]
    )  # fmt: skip
