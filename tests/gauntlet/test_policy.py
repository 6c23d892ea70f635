from __future__ import annotations

import pytest

from gosales.core.errors import ConfigError
from gosales.gauntlet.finding import Subject
from gosales.gauntlet.limits import limits_of
from gosales.gauntlet.policy import Policy


class Stub:
    """A check from outside the package."""

    subject = Subject.LEAK

    def __init__(self, name="stub", is_proof=False, limit=0.5):
        self.name = name
        self.is_proof = is_proof
        self.limit = limit

    def run(self, context):
        raise AssertionError


def policy(*checks, required=None, allowed=()):
    named = {c.name: c for c in checks}
    return Policy(named, list(named) if required is None else required, allowed)


def test_the_digest_is_stable_and_ignores_order():
    a, b = Stub("a"), Stub("b", is_proof=True)
    assert policy(a, b).digest == policy(b, a).digest


@pytest.mark.parametrize(
    "other",
    [
        policy(Stub("a", limit=0.6), Stub("b", is_proof=True)),
        policy(Stub("a"), Stub("b", is_proof=False)),
        policy(Stub("a"), Stub("b", is_proof=True), required=["b"]),
        policy(Stub("a"), Stub("b", is_proof=True), allowed=["a"]),
        policy(Stub("a")),
        policy(Stub("a"), Stub("b", is_proof=True), Stub("c"), required=["a", "b"]),
    ],
)
def test_relaxing_anything_changes_the_digest(other):
    assert other.digest != policy(Stub("a"), Stub("b", is_proof=True)).digest


def test_another_class_under_the_same_name_changes_the_digest():
    class Other(Stub):
        pass

    assert policy(Other()).digest != policy(Stub()).digest
    assert not policy(Stub()).covers({"stub": Other()})


def test_covers_its_own_checks_or_a_part_with_the_same_limits():
    whole = policy(Stub("a"), Stub("b"))
    assert whole.covers({"a": Stub("a")})
    assert not whole.covers({"a": Stub("a", limit=0.9)})
    assert not whole.covers({"x": Stub("x")})


def test_all_faults_are_gathered():
    proof = Stub("p", is_proof=True)
    with pytest.raises(ConfigError, match="policy is malformed") as caught:
        Policy({"p": proof, "q": Stub("z"), "n": 3}, ["p", "p", "w"], ["p", "v"])
    text = str(caught.value)
    for fault in (
        "required twice",
        "q holds the check z",
        "n is not a check",
        "w is required but has no check",
        "v may be not applicable but is not required",
        "p is a proof and can never be not applicable",
    ):
        assert fault in text


def test_nothing_required_is_refused():
    with pytest.raises(ConfigError, match="no check is required"):
        Policy({"a": Stub("a")}, [])


def test_a_check_that_hides_a_limit_is_refused():
    class Sly(Stub):
        def __init__(self, secret=1):
            super().__init__()

    with pytest.raises(ConfigError, match="hides its limits"):
        policy(Sly())


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), object()])
def test_a_limit_that_is_not_plain_and_finite_is_refused(odd):
    with pytest.raises(ConfigError, match="not plain finite"):
        limits_of(Stub(limit=odd))
