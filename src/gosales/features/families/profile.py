"""Who the customer is, as far as the source declares it unchanging."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import ibis

from gosales.core.columns import CUSTOMER, CUTOFF
from gosales.core.errors import ConfigError
from gosales.core.slug import slug
from gosales.data.as_of import AsOfView
from gosales.data.star import Attribute
from gosales.features.family import FeatureBlock
from gosales.features.spec import FeatureSpec

_Kind = Literal["category", "number"]


@dataclass(frozen=True)
class Profile:
    """Static customer attributes, as declared by the source.

    Parameters
    ----------
    attributes : sequence of str, optional
        Names of categorical attributes.
    numbers : sequence of str, optional
        Names of numeric attributes.

    Notes
    -----
    With both None the family has no columns until `for_attributes` gives it all usable attributes
    of a star. Text is trimmed and a blank is null; a number that is not finite is null. A snapshot
    attribute, which may know the future, is refused unless the source waives it.
    """

    attributes: Sequence[str] | None = None
    numbers: Sequence[str] | None = None
    name: str = field(default="profile", init=False)

    def for_attributes(self, attributes: Mapping[str, Attribute]) -> Profile:
        """The same family for a star that declares these attributes.

        Parameters
        ----------
        attributes : mapping of str to Attribute
            ``star.manifest.attributes``.

        Returns
        -------
        Profile
            All usable attributes, sorted by name, when neither list was given; otherwise the
            lists as given, checked.

        Raises
        ------
        ConfigError
            If a listed attribute is not declared, is of the other type, or is a snapshot.
        """
        if self.attributes is not None or self.numbers is not None:
            self._require(attributes)
            return replace(self, attributes=self._names("category"), numbers=self._names("number"))
        usable = sorted(name for name, a in attributes.items() if a.usable)
        numbers = [n for n in usable if attributes[n].dtype == "number"]
        return replace(self, attributes=[n for n in usable if n not in numbers], numbers=numbers)

    def _names(self, kind: _Kind) -> list[str]:
        return list((self.attributes if kind == "category" else self.numbers) or ())

    def _require(self, declared: Mapping[str, Attribute]) -> None:
        problems = []
        for kind in ("category", "number"):
            for name in self._names(kind):
                if name not in declared:
                    problems.append(f"{name} is not declared")
                elif not declared[name].usable:
                    problems.append(f"{name} is a snapshot attribute")
                elif declared[name].dtype != kind:
                    problems.append(f"{name} is a {declared[name].dtype}, asked for as a {kind}")
        if problems:
            usable = sorted(n for n, a in declared.items() if a.usable)
            raise ConfigError(
                "the profile family cannot use every attribute it names",
                got="; ".join(problems),
                allowed=", ".join(usable) or "none: the source declares no static attribute",
                remedy="mend features.families.profile, or declare the attribute static or waived"
                " under data.attributes",
                reason_code="unusable_attribute",
            )

    def specs(self) -> list[FeatureSpec]:
        """One column per attribute."""
        return [
            FeatureSpec(
                self.name,
                slug(attribute),
                "all",
                None,
                attribute.replace("_", " "),
                dtype=kind,
                nullable=True,
                of_attribute=True,
            )
            for kind, attribute in self._wanted()
        ]

    def _wanted(self) -> list[tuple[_Kind, str]]:
        kinds: tuple[_Kind, ...] = ("category", "number")
        return [(kind, name) for kind in kinds for name in self._names(kind)]

    def compute(self, view: AsOfView) -> FeatureBlock:
        """The attributes of every customer known at each cutoff.

        Raises
        ------
        ConfigError
            If a listed attribute is not declared, is of the other type, or is a snapshot.
        """
        self._require(view.star.manifest.attributes)
        wanted = self._wanted()
        if not wanted:
            return FeatureBlock()
        table = view.customers()
        columns = {
            spec.name: _clean(table[attribute], kind)
            for spec, (kind, attribute) in zip(self.specs(), wanted, strict=True)
        }
        return FeatureBlock(all=table.select(CUSTOMER, CUTOFF, **columns))


def _clean(column: ibis.Value, kind: _Kind) -> ibis.Value:
    if kind == "category":
        return column.cast("string").strip().nullif("")
    number = column.cast("float64")
    return (number.isinf() | number.isnan()).ifelse(None, number)
