"""How long connections wait and how soon they try again, changed for a trial."""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager

from monitor.workers import connections

RULES = inspect.getmodule(connections.Connection)  # what belongs to one connection stands beside it


@contextmanager
def patience(**seconds: float) -> Iterator[None]:
    """For example `patience(OPEN_WITHIN_S=1.0)`."""
    places = {name: RULES if hasattr(RULES, name) else connections for name in seconds}
    before = {name: getattr(place, name) for name, place in places.items()}
    for name, value in seconds.items():
        setattr(places[name], name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(places[name], name, value)
