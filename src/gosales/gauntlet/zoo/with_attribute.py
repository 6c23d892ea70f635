"""The candidate of a log that declares further attributes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gosales.data.star import Star
from gosales.evaluation.standard_candidate import StandardCandidate
from gosales.features.families.profile import Profile


def with_attribute(candidate: StandardCandidate, star: Star) -> StandardCandidate:
    """The candidate whose profile has every usable attribute of a star.

    Parameters
    ----------
    candidate : StandardCandidate
        Left as it is; one without a profile gets one.
    star : Star
        Declares the attributes.
    """
    families = [f for f in candidate.builder.families if not isinstance(f, Profile)]
    profile: Any = Profile().for_attributes(star.manifest.attributes)
    builder = replace(candidate.builder, families=[*families, profile])
    return replace(candidate, builder=builder)
