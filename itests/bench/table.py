"""Rows, bars and the table of ratios."""

import math
import statistics
from dataclasses import dataclass, field
from typing import Callable


@dataclass(frozen=True)
class Bar:
    """A bar as it is read in the table, and whether the pair of figures clears it."""

    text: str
    cleared: Callable[[float | None, float], bool]


def at_least_times(factor):
    return Bar(f"≥ {factor:g} ×", lambda fpm, own: fpm is not None and own >= factor * fpm)


def at_most_times(factor):
    return Bar(f"≤ {factor:g} ×", lambda fpm, own: fpm is not None and own <= factor * fpm)


def at_most(limit):
    return Bar(f"≤ {limit:g}", lambda _, own: own <= limit)


def exactly(value):
    return Bar(f"= {value:g}", lambda _, own: own == value)


@dataclass(frozen=True)
class Row:
    """
    One line of the table: the number in the list of bars, what was measured in which unit, the bar
    (None: for information), and what is shown of several rounds: the median, or for counts of what
    must never happen the worst round.
    """

    number: int
    situation: str
    unit: str
    bar: Bar | None
    of_rounds: Callable[[list[float]], float] = field(default=statistics.median)


@dataclass
class Outcome:
    """A row with the figures of its rounds, by server; infinity stands for a time-out."""

    row: Row
    figures: dict[str, list[float]]

    def of(self, server):
        figures = self.figures.get(server)
        return self.row.of_rounds(figures) if figures else None

    @property
    def missed(self):
        own = self.of("fpm4j")
        return self.row.bar is not None and (
            own is None or not self.row.bar.cleared(self.of("php-fpm"), own)
        )

    def line(self):
        fpm, own = self.of("php-fpm"), self.of("fpm4j")
        ratio = "–"
        if fpm and own is not None and math.isfinite(fpm):
            ratio = f"{own / fpm:.2f}"
        bar = self.row.bar.text if self.row.bar else "–"
        met = "–" if self.row.bar is None else "no" if self.missed else "yes"
        situation = f"{self.row.situation}, {self.row.unit}"
        return [str(self.row.number), situation, shown(fpm), shown(own), ratio, bar, met]


def shown(figure):
    """Three significant digits; 'time-out' for infinity, a dash for what was not measured."""
    if figure is None:
        return "–"
    if math.isinf(figure):
        return "time-out"
    if figure == int(figure):
        return str(int(figure))
    return f"{figure:.3g}" if abs(figure) < 1000 else f"{figure:.0f}"


def markdown(outcomes):
    lines = [["#", "situation, unit", "php-fpm", "fpm4j", "ratio", "bar", "met"]]
    lines += [outcome.line() for outcome in outcomes]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    rows = ["| " + " | ".join(c.ljust(w) for c, w in zip(line, widths)) + " |" for line in lines]
    rows.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(rows)
