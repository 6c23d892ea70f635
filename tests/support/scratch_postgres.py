"""A real PostgreSQL of a test's own: a new cluster, a free port, a password, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

USER = "ann"
# Signs that an address must escape: a careless mask would let half of it through.
PASSWORD = "zQ7/w@rd:Kx%41"
_SECONDS = 30


@dataclass(frozen=True)
class ScratchPostgres:
    """A running server with one database."""

    port: int

    @property
    def url(self) -> str:
        return self.url_with(PASSWORD)

    def url_with(self, password: str) -> str:
        return (
            f"postgresql+psycopg://{USER}:{quote(password, safe='')}@127.0.0.1:{self.port}/postgres"
        )

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=USER, password=PASSWORD, dbname="postgres",
            autocommit=True,
        )  # fmt: skip

    def execute(self, sql: str) -> None:
        with self.connect() as connection:
            connection.execute(sql.encode())


def _binary(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        versions = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
        found = next((str(p) for p in sorted(versions, reverse=True)), None)
    if found is None:
        pytest.skip(f"no PostgreSQL here: {name} is not installed (apt-get install postgresql)")
    return found


def _owner() -> pwd.struct_passwd:
    """Who runs it: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    pytest.skip("PostgreSQL refuses root, and there is no user postgres or nobody")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def scratch_postgres() -> Iterator[ScratchPostgres]:
    """Start a server, give it, stop it; skip with the reason where that cannot be done."""
    owner = _owner()
    # Not pytest's tmp_path: only root may enter that, and the server is not root.
    folder = Path(tempfile.mkdtemp(prefix="gosales-pg-"))
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    who = {} if os.geteuid() != 0 else {
        "user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": ()
    }  # fmt: skip
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": str(folder)}
    try:
        secret = folder / "password"
        secret.write_text(PASSWORD, encoding="utf-8")
        os.chown(secret, owner.pw_uid, owner.pw_gid)
        cluster = str(folder / "cluster")
        made = subprocess.run(
            [_binary("initdb"), "-D", cluster, "-U", USER, f"--pwfile={secret}", "--no-sync",
             "--auth=scram-sha-256", "--encoding=UTF8"],
            cwd=folder, env=environment, capture_output=True, text=True, check=False, **who,
        )  # fmt: skip
        if made.returncode:
            pytest.skip(f"PostgreSQL cannot make a cluster here: {made.stderr[-300:]}")
        server = ScratchPostgres(_free_port())
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [_binary("postgres"), "-D", cluster, "-p", str(server.port), "-F",
                 "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
                 "-c", "timezone=America/New_York"],
                cwd=folder, env=environment, stdout=log, stderr=log, **who,
            )  # fmt: skip
        try:
            _wait(server, process, folder / "log")
            yield server
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(server: ScratchPostgres, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(psycopg.OperationalError):
            server.connect().close()
            return
        time.sleep(0.05)
    pytest.skip(f"PostgreSQL does not start here: {log.read_text(errors='replace')[-300:]}")
