"""The cache: whole entries or none."""

import errno
import json
import pathlib
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pytest

from gosales.core.errors import DataError
from gosales.features import store as module
from gosales.features.store import FeatureStore

KEY, OTHER = "ab" * 32, "cd" * 32
TABLE = pa.table({"customer_id": ["a", "b"], "x": [0.1 + 0.2, float("nan")], "c": ["n", None]})
BOTH = {KEY: TABLE, OTHER: TABLE.slice(1)}


def same(left: pa.Table, right: pa.Table) -> bool:
    # NaN is unlike itself; as text it is like.
    return str(left.to_pydict()) == str(right.to_pydict()) and left.schema == right.schema


def test_what_goes_in_comes_out_to_the_last_bit(tmp_path) -> None:
    store = FeatureStore(tmp_path / "new" / "folder")
    assert store.get(KEY) is None
    assert not store.has(KEY)
    store.put(BOTH)
    assert same(store.get(KEY), TABLE)
    assert same(store.get(OTHER), TABLE.slice(1))
    store.put({KEY: TABLE.slice(0, 0)})
    assert same(store.get(KEY), TABLE.slice(0, 0))
    assert same(store.get(OTHER), TABLE.slice(1))


def test_equal_content_is_equal_bytes(tmp_path) -> None:
    one, two = FeatureStore(tmp_path / "1"), FeatureStore(tmp_path / "2")
    one.put(BOTH)
    # How a table came in pieces is no part of its content.
    two.put({KEY: pa.concat_tables([TABLE.slice(0, 1), TABLE.slice(1)]), OTHER: TABLE.slice(1)})
    files = [sorted(p for p in s.root.rglob("*") if p.is_file()) for s in (one, two)]
    assert [p.read_bytes() for p in files[0]] == [p.read_bytes() for p in files[1]]
    assert len(files[0]) == 3


def test_nothing_makes_no_file(tmp_path) -> None:
    FeatureStore(tmp_path).put({})
    assert list(tmp_path.iterdir()) == []


def data(store: FeatureStore):
    return next(store.root.rglob("*.pack"))


def seal(store: FeatureStore):
    return next(store.root.rglob("*.json"))


def _flip(store: FeatureStore) -> None:
    content = bytearray(data(store).read_bytes())
    content[len(content) // 2] ^= 1
    data(store).write_bytes(bytes(content))


def _point(store: FeatureStore, **changes: object) -> None:
    seal(store).write_text(json.dumps(json.loads(seal(store).read_text()) | changes))


DAMAGE = {
    "flipped bit": _flip,
    "cut short": lambda s: data(s).write_bytes(data(s).read_bytes()[:20]),
    "data gone": lambda s: data(s).unlink(),
    "another place": lambda s: _point(s, offset=8),
    "another length": lambda s: _point(s, length=8),
    "another pack": lambda s: _point(s, pack="none.pack"),
    "seal empty": lambda s: seal(s).write_text(""),
    "seal not a mapping": lambda s: seal(s).write_text("[1]"),
    "seal without checksum": lambda s: seal(s).write_text(json.dumps({"length": 2})),
}


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_entry_is_no_entry_and_can_be_told(tmp_path, how) -> None:
    store = FeatureStore(tmp_path)
    store.put({KEY: TABLE})
    DAMAGE[how](store)
    assert store.get(KEY) is None
    assert store.has(KEY)
    store.put({KEY: TABLE})
    assert same(store.get(KEY), TABLE)


@pytest.mark.parametrize("suffix", [".json", ".pack"])
def test_a_process_killed_before_the_seal_leaves_no_entry(tmp_path, monkeypatch, suffix) -> None:
    store, real = FeatureStore(tmp_path), pathlib.Path.replace

    def dies(path, target):
        if str(target).endswith(suffix):
            raise KeyboardInterrupt
        return real(path, target)

    monkeypatch.setattr(pathlib.Path, "replace", dies)
    with pytest.raises(KeyboardInterrupt):
        store.put({KEY: TABLE})
    assert store.get(KEY) is None
    assert not store.has(KEY)


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path, monkeypatch) -> None:
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module, "_serialised", full)
    with pytest.raises(DataError, match="the disk is full; got .*No space left") as caught:
        FeatureStore(tmp_path).put({KEY: TABLE})
    assert caught.value.reason_code == "disk_full"
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_a_folder_that_is_a_file_is_told(tmp_path) -> None:
    (tmp_path / "cache").write_text("")
    with pytest.raises(DataError, match="the feature cache cannot be written"):
        FeatureStore(tmp_path / "cache").put({KEY: TABLE})


def test_many_writers_of_one_key_agree(tmp_path) -> None:
    store = FeatureStore(tmp_path)

    def work(_):
        store.put({KEY: TABLE})
        return store.get(KEY)

    with ThreadPoolExecutor(4) as pool:
        for got in pool.map(work, range(24)):
            assert same(got, TABLE)
    assert len([p for p in tmp_path.rglob("*") if p.is_file()]) == 2


def test_notes_are_kept_beside_the_entries_and_may_be_lost(tmp_path) -> None:
    store = FeatureStore(tmp_path / "new")
    assert store.remembered("rfm") is None
    store.remember("rfm", {"code": "1"})
    store.remember("rfm", {"code": "2"})
    assert (store.remembered("rfm"), store.remembered("offset")) == ({"code": "2"}, None)
    for text in ("", "[1]", "{"):
        next(store.root.rglob("*.json")).write_text(text)
        assert store.remembered("rfm") is None


def test_a_full_disk_stops_a_note_too(tmp_path, monkeypatch) -> None:
    def full(*_args: object, **_kwargs: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module.tempfile, "mkstemp", full)
    with pytest.raises(DataError, match="the disk is full"):
        FeatureStore(tmp_path).remember("rfm", {})
