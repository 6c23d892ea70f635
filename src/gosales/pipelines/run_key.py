"""The content key of a run: equal keys mean that running again would give the same."""

from __future__ import annotations

from gosales.core.digests import digest_json


def run_key(kind: str, *content: str) -> str:
    """Digest of the run's kind and of every digest that decides its result.

    Parameters
    ----------
    kind : str
        For example ``"train"``.
    *content : str
        Digests of data, configuration, code, version ... in a fixed order.

    Examples
    --------
    >>> run_key("train", "a", "b") == run_key("train", "b", "a")
    False
    """
    return digest_json([kind, *content])[:32]
