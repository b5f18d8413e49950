"""What an experiment is: settings for both servers and one way to measure either."""

from dataclasses import dataclass, field
from typing import Callable

from servers import Server
from table import Row

STATIC = {"pm": "static", "pm.max_children": 8}
DYNAMIC = {
    "pm": "dynamic",
    "pm.max_children": 64,
    "pm.start_servers": 2,
    "pm.min_spare_servers": 2,
    "pm.max_spare_servers": 8,
}
DEBIAN_DYNAMIC = {
    "pm": "dynamic",
    "pm.max_children": 64,
    "pm.start_servers": 2,
    "pm.min_spare_servers": 1,
    "pm.max_spare_servers": 3,
}
ONDEMAND = {"pm": "ondemand", "pm.max_children": 64}


@dataclass(frozen=True)
class Experiment:
    """
    Measures some rows. `measure` gets a server that is started and has answered once, unless
    `starts_itself`, and returns a figure for each row it could measure on that server. With
    `turns` both servers are up for the whole round and each is measured so often, in turn.
    """

    rows: tuple[Row, ...]
    measure: Callable[[Server], dict[Row, float]]
    pools: dict[str, dict] = field(default_factory=lambda: {"www": STATIC})
    master: dict[str, object] = field(default_factory=dict)
    starts_itself: bool = False
    turns: int = 0
    java_options: str = ""


def quantile(values, q):
    """The smallest value that at least the share `q` of all does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))]
