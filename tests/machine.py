"""A machine whose clocks a test sets: true time goes on, what the machine says of it may be wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from monitor import clock
from monitor.clock import Machine, Steady


class SimulatedMachine(Machine):
    """Use it with `installed`. `ahead`: of true time, as its clock says it; `up_s`: since it was started, asleep or awake."""

    UP_AFTER_S = 20.0  # a start takes so long

    def __init__(self, true: datetime) -> None:
        self.true = true
        self.ahead = timedelta(0)
        self.up_s = 5000.0
        self.starts = 1
        self.kept = False

    def boot(self) -> str:
        return f"start-{self.starts}"

    def boot_s(self) -> float:
        return self.up_s

    def wall(self) -> datetime:
        return self.true + self.ahead

    def kept_right(self) -> bool:
        return self.kept

    def go_on(self, length: timedelta) -> None:
        """Time goes by, awake or asleep."""
        self.true += length
        self.up_s += length.total_seconds()

    def freeze(self, length: timedelta) -> None:
        """Its host stops the whole machine: it does not know of this time."""
        self.true += length
        self.ahead -= length

    def restart(self, off: timedelta, wall: datetime | None = None) -> None:
        """Switched off for a while; `wall`: what its clock says when it comes up."""
        self.true += off
        self.up_s, self.starts = self.UP_AFTER_S, self.starts + 1
        if wall is not None:
            self.ahead = wall - self.true


@contextmanager
def installed(machine: SimulatedMachine, shared: Path | None = None) -> Iterator[SimulatedMachine]:
    """Every clock of this process is the simulated machine's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "machine", machine)
        patch.setattr(clock, "steady", Steady())
        if shared is not None:
            clock.steady.share(shared)
        yield machine
