"""Which cameras a worker leaves alone because working on them ends it, so that it can go on with the others."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WITHIN = timedelta(minutes=10)  # crashes that are longer apart have nothing to do with each other
STRIKES = 3
FIRST, AGAIN = timedelta(minutes=10), timedelta(hours=1)


@dataclass(frozen=True)
class Crash:
    """An end of a worker that nobody asked for."""

    at: datetime
    camera: str | None  # what it was working on; None between two cameras


def quarantined(crashes: Sequence[Crash], cameras: Collection[str], now: datetime) -> dict[str, datetime]:
    """Until when each camera is left alone that is so now. `crashes`: the oldest first; `cameras`: of this worker.

    It takes STRIKES crashes in one camera within WITHIN, or a single one within WITHIN of being tried again. And
    most crashes must have been in it, because who ends a worker from outside hits one camera or another; but those in
    cameras that are not read any more are explained. The last camera is always read: nothing would be won.
    """
    until: dict[str, datetime] = {}
    past = [crash for crash in crashes if crash.at <= now]  # a later one: the clock was put back
    for number, crash in enumerate(past):
        read = {camera for camera in cameras if until.get(camera, crash.at) <= crash.at}
        if crash.camera not in read or len(read) == 1:
            continue
        begin, tried_again = crash.at - WITHIN, until.get(crash.camera)
        if tried_again is None or tried_again < begin:
            needed, since, term = STRIKES, begin, FIRST
        else:
            needed, since, term = 1, tried_again, AGAIN
        recent = [each.camera for each in past[: number + 1] if each.at >= since]
        unexplained = [camera for camera in recent if camera is None or camera in read]
        strikes = unexplained.count(crash.camera)
        if strikes >= needed and 2 * strikes > len(unexplained):
            until[crash.camera] = crash.at + term
    return {camera: end for camera, end in until.items() if end > now}
