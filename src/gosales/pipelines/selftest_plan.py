"""Which cells a self-test has, and which checks run in each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from omegaconf import DictConfig, OmegaConf

from gosales.core.errors import ConfigError
from gosales.gauntlet.check import Check
from gosales.gauntlet.zoo.cell import Cell
from gosales.gauntlet.zoo.clean_worlds import CleanWorlds
from gosales.gauntlet.zoo.leak import Leak
from gosales.gauntlet.zoo.strength import Strength
from gosales.gauntlet.zoo.targets import Targets
from gosales.pipelines.assembly import make, make_all

_COUNTS = ("n_seeds", "n_twins", "n_clean", "n_proofs")
_SCOPES = ("needed", "all")
_CLEAN_SCOPES = ("statistics", "all")


@dataclass(frozen=True)
class SelftestPlan:
    """Everything the self-test's section of the configuration says.

    Parameters
    ----------
    leaks : mapping of str to Leak
        Those to plant.
    checks, rules : mapping of str to Check
        Gating checks of the policy, and earlier rules.
    worlds : CleanWorlds
        Ranges of clean worlds.
    targets : Targets
        What must be reached.
    options : mapping
        The section's plain values.
    """

    leaks: Mapping[str, Leak]
    checks: Mapping[str, Check]
    rules: Mapping[str, Check]
    worlds: CleanWorlds
    targets: Targets
    options: Mapping[str, Any]

    @classmethod
    def of(cls, cfg: DictConfig) -> Self:
        """Read and check the configuration.

        Raises
        ------
        ConfigError
            If a name is unknown, or a number or scope is not one that can be used.
        """
        node = cfg.selftest
        leaks, policy = make_all(node.leaks), make(cfg.gauntlet)
        parts = ("leaks", "targets", "worlds", "rules")
        plain = OmegaConf.to_container(node, resolve=True)
        assert isinstance(plain, dict)
        options = {str(k): v for k, v in plain.items() if k not in parts}
        _require(options, leaks, policy.checks)
        wanted = options["only"] or list(leaks)
        return cls(
            leaks={name: leaks[name] for name in wanted},
            checks=policy.checks,
            rules=make_all(node.rules),
            worlds=make(node.worlds),
            targets=make(node.targets),
            options=options,
        )

    def cells(self) -> Iterator[Cell]:
        """Every cell; those of one world follow one another."""
        first = int(self.options["first_seed"])
        for seed in range(first, first + int(self.options["n_seeds"])):
            strengths = [Strength.STRONG, Strength.WEAK]
            strengths += [Strength.TWIN] if seed - first < self.options["n_twins"] else []
            # The strong ones first: a self-test that is ended early has seen every leak.
            yield from (Cell(name, strength, seed) for strength in strengths for name in self.leaks)
        for seed in range(first, first + int(self.options["n_clean"])):
            yield Cell("", Strength.CLEAN, seed, self.worlds.draw(seed))

    def checks_of(self, cell: Cell) -> dict[str, Check]:
        """The checks that run in a cell, in the policy's order: the cheapest first."""
        if cell.strength is Strength.CLEAN:
            place = cell.seed - int(self.options["first_seed"])
            every = self.options["clean_scope"] == "all" or place < int(self.options["n_proofs"])
            return {n: c for n, c in self.checks.items() if every or not c.is_proof}
        if self.options["scope"] == "all":
            return dict(self.checks)
        wanted = {*self.options["cheap"], *self.leaks[cell.leak].caught_by}
        return {n: c for n, c in self.checks.items() if n in wanted}


def _require(options: dict[str, Any], leaks: dict[str, Leak], checks: Mapping[str, Check]) -> None:
    """Gather everything that is wrong and raise once."""
    faults = [f"{k}={options[k]}" for k in _COUNTS if not _is_count(options[k])]
    faults += [f"scope={options['scope']}"] if options["scope"] not in _SCOPES else []
    if options["clean_scope"] not in _CLEAN_SCOPES:
        faults.append(f"clean_scope={options['clean_scope']}")
    faults += [f"only: no leak {name}" for name in options["only"] or [] if name not in leaks]
    faults += [f"cheap: no check {name}" for name in options["cheap"] if name not in checks]
    if faults:
        raise ConfigError(
            "the self-test cannot be planned",
            got=", ".join(faults),
            allowed=f"whole numbers, 0 or more; scope {' or '.join(_SCOPES)}; clean_scope "
            f"{' or '.join(_CLEAN_SCOPES)}; leaks {', '.join(leaks)}; checks {', '.join(checks)}",
            remedy="mend the values under selftest",
            reason_code="bad_selftest",
        )


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0
