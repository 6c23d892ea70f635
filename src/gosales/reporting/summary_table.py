"""The portfolio: one line per division, within a hundred columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gosales.evaluation.interval import Interval
from gosales.reporting.number_text import MISSING

_WIDTHS = (17, 13, 6, 16, 5, 16, 5)
_COLUMNS = ("division", "gauntlet", "buyers", "AUC", "naive", "whitespace AUC", "lift")
_GAP = "  "


@dataclass(frozen=True)
class PortfolioLine:
    """One division.

    Parameters
    ----------
    division : str
        As people write it.
    gauntlet : str
        ``PASS``, ``FAIL leak``, ``not audited`` or another short status.
    split : str
        ``forward`` or ``cv``: where the numbers come from.
    n_pos_accounts : int
        Positive accounts in that split.
    auc, ws_auc, naive_auc, lift : Interval
        AUC of all customers, of whitespace customers, of the naive rank on all customers, and
        lift in the top 10 % of all customers.
    closed : str
        Why the gate is closed, or empty.
    """

    division: str
    gauntlet: str
    split: str
    n_pos_accounts: int
    auc: Interval
    ws_auc: Interval
    naive_auc: Interval
    lift: Interval
    closed: str = ""


@dataclass(frozen=True)
class SummaryTable:
    """The table as plain data; whoever shows it decides how.

    Parameters
    ----------
    columns : tuple of str
        Head.
    rows : tuple of tuple of str
        Body; every cell fits its column.
    notes : tuple of str
        What the numbers are, then why gates are closed.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]

    @classmethod
    def of(cls, lines: Sequence[PortfolioLine], level: float = 0.95) -> SummaryTable:
        """Make the table; an asterisk marks divisions without a forward outcome."""
        rows = tuple(tuple(map(_cut, _cells(line), _WIDTHS)) for line in lines)
        notes = [
            f"AUC with {100 * level:.0f} % account-bootstrap interval, naive rank and lift in the "
            "top 10 %: all customers;",
            "whitespace AUC: customers without a recent purchase in the division; "
            "buyers: positive accounts.",
            "Split: forward months"
            + ("; * cross-validation, out of fold." if any(_starred(x) for x in lines) else "."),
        ]
        notes += [f"{line.division}: {line.closed}" for line in lines if line.closed]
        return cls(_COLUMNS, rows, tuple(notes))

    def text(self) -> str:
        """Fixed-width lines for logs and pipes; the table itself is at most 100 wide."""
        table = [_line(self.columns), _line(["-" * w for w in _WIDTHS]), *map(_line, self.rows)]
        return "\n".join([*table, *self.notes])


def _starred(line: PortfolioLine) -> bool:
    return line.split != "forward"


def _cells(line: PortfolioLine) -> tuple[str, ...]:
    star = "*" if _starred(line) else ""
    room = _WIDTHS[0] - len(star)
    return (
        _cut(" ".join(line.division.split()), room) + star,
        line.gauntlet,
        str(line.n_pos_accounts),
        _bounded(line.auc),
        _plain(line.naive_auc, 2),
        _bounded(line.ws_auc),
        _plain(line.lift, 1),
    )


def _bounded(found: Interval) -> str:
    text = _plain(found, 2)
    if found.has_bounds:
        return f"{text} ({found.lo:.2f}-{found.hi:.2f})"
    return text if text == MISSING else f"{text} (few)"


def _plain(found: Interval, digits: int) -> str:
    return MISSING if found.value is None else f"{found.value:.{digits}f}"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _line(cells: Sequence[str]) -> str:
    return _GAP.join(f"{c:<{w}}" for c, w in zip(cells, _WIDTHS, strict=True)).rstrip()
