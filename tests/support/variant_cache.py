"""Truncated and poisoned stars written once per session: tests differ in candidates, not data."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gosales.data.star import Star
from gosales.gauntlet.checks import future_invariance


def remember_variants(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Make the check reuse a variant of the same star, cutoff and seed."""
    known: dict[tuple[Any, ...], Star] = {}

    def wrapped(kind: str, make: Callable[..., Star]) -> Callable[..., Star]:
        def variant(star: Star, cutoff: Any, dest: Path, *seed: int) -> Star:
            key = (kind, star.path, cutoff, *seed)
            if key not in known:
                known[key] = make(star, cutoff, folder / f"{kind}{len(known)}", *seed)
            # Where the check wants it: the fresh process can read nothing else.
            shutil.copytree(known[key].path, dest, dirs_exist_ok=True)
            return Star.open(dest)

        return variant

    for kind in ("truncate", "truncate_after", "poison", "poison_after"):
        patch.setattr(future_invariance, kind, wrapped(kind, getattr(future_invariance, kind)))
