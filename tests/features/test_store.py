"""The cache: whole entries or none."""

import errno
import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from gosales.core.errors import DataError
from gosales.features.store import FeatureStore

KEY = "ab" * 32
FRAME = pd.DataFrame(
    {"customer_id": ["a", "b"], "x": [0.1 + 0.2, np.nan], "c": pd.array(["n", None], dtype="str")}
)


def test_what_goes_in_comes_out_to_the_last_bit(tmp_path) -> None:
    store = FeatureStore(tmp_path / "new" / "folder")
    assert store.get(KEY) is None
    assert not store.has(KEY)
    store.put(KEY, FRAME)
    pd.testing.assert_frame_equal(store.get(KEY), FRAME, check_exact=True)
    store.put(KEY, FRAME.iloc[:0])
    pd.testing.assert_frame_equal(store.get(KEY), FRAME.iloc[:0])


def test_equal_content_is_equal_bytes(tmp_path) -> None:
    one, two = FeatureStore(tmp_path / "1"), FeatureStore(tmp_path / "2")
    for store in (one, two):
        store.put(KEY, FRAME)
    files = [sorted(p for p in s.root.rglob("*") if p.is_file()) for s in (one, two)]
    assert [p.read_bytes() for p in files[0]] == [p.read_bytes() for p in files[1]]
    assert len(files[0]) == 2


def data(store: FeatureStore):
    return next(store.root.rglob("*.parquet"))


def seal(store: FeatureStore):
    return next(store.root.rglob("*.json"))


def _flip(store: FeatureStore) -> None:
    content = bytearray(data(store).read_bytes())
    content[len(content) // 2] ^= 1
    data(store).write_bytes(bytes(content))


DAMAGE = {
    "flipped bit": _flip,
    "cut short": lambda s: data(s).write_bytes(data(s).read_bytes()[:20]),
    "data gone": lambda s: data(s).unlink(),
    "another frame": lambda s: pq.write_table(pq.read_table(data(s)).slice(1), data(s)),
    "seal empty": lambda s: seal(s).write_text(""),
    "seal not a mapping": lambda s: seal(s).write_text("[1]"),
    "seal without checksum": lambda s: seal(s).write_text(json.dumps({"rows": 2})),
}


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_entry_is_no_entry_and_can_be_told(tmp_path, how) -> None:
    store = FeatureStore(tmp_path)
    store.put(KEY, FRAME)
    DAMAGE[how](store)
    assert store.get(KEY) is None
    assert store.has(KEY)
    store.put(KEY, FRAME)
    pd.testing.assert_frame_equal(store.get(KEY), FRAME)


def test_a_process_killed_before_the_seal_leaves_no_entry(tmp_path, monkeypatch) -> None:
    import pathlib

    store, real = FeatureStore(tmp_path), pathlib.Path.replace

    def dies(path, target):
        if str(target).endswith(".json"):
            raise KeyboardInterrupt
        return real(path, target)

    monkeypatch.setattr(pathlib.Path, "replace", dies)
    with pytest.raises(KeyboardInterrupt):
        store.put(KEY, FRAME)
    assert store.get(KEY) is None
    assert not store.has(KEY)


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path, monkeypatch) -> None:
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pq, "write_table", full)
    with pytest.raises(DataError, match="the disk is full; got .*No space left") as caught:
        FeatureStore(tmp_path).put(KEY, FRAME)
    assert caught.value.reason_code == "disk_full"
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_a_folder_that_is_a_file_is_told(tmp_path) -> None:
    (tmp_path / "cache").write_text("")
    with pytest.raises(DataError, match="the feature cache cannot be written"):
        FeatureStore(tmp_path / "cache").put(KEY, FRAME)


def test_many_writers_of_one_key_agree(tmp_path) -> None:
    store = FeatureStore(tmp_path)

    def work(_):
        store.put(KEY, FRAME)
        return store.get(KEY)

    with ThreadPoolExecutor(4) as pool:
        for got in pool.map(work, range(24)):
            pd.testing.assert_frame_equal(got, FRAME)
    assert len([p for p in tmp_path.rglob("*") if p.is_file()]) == 2
