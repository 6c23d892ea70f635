from __future__ import annotations

from gosales.tracking.params import MAX_VALUE, flatten_params


def test_nested_mappings_become_dotted_keys_and_lists_stay_whole() -> None:
    flat = flatten_params({"a": {"b": {"c": 1}}, "d": [1, 2], "e": None, "f": [{"g": 1}], "h": {}})
    assert flat == {"a.b.c": "1", "d": "[1, 2]", "e": "None", "f.0.g": "1", "h": "{}"}


def test_long_values_are_cut_and_still_tell_apart() -> None:
    one, two = "x" * 5000, "x" * 4999 + "y"
    flat = flatten_params({"one": one, "two": two})
    assert all(len(v) <= MAX_VALUE for v in flat.values())
    assert flat["one"] != flat["two"]


def test_keys_that_are_data_stay_apart_and_legal() -> None:
    from mlflow.utils.validation import _validate_param_name

    flat = flatten_params({"Garden & Outdoor": 1, "Garden @ Outdoor": 2, "../x": 3, "k" * 400: 4})
    assert len(flat) == 4
    for key in flat:
        _validate_param_name(key)
        assert len(key) <= 250


def test_passwords_are_masked() -> None:
    flat = flatten_params({"data": {"url": "postgresql://ann:s3cret@db:5432/sales"}})
    assert flat == {"data.url": "postgresql://ann:***@db:5432/sales"}
