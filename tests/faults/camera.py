"""Cameras that misbehave as a test tells them, while they run.

    with FaultyCameras(folder, {"gate": "clip.mp4"}) as cameras:
        with Stream(cameras.address("gate")) as stream:
            ...
            cameras["gate"].stall()

All of them run in one thread. Each has a port of its own, so that each can be gone by itself. When a method
returns, the camera behaves so; `ok` ends every fault. What is drawn is the same for the same seed.
"""

import asyncio
import random
import struct
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import rtsp
from faults.door import Behind, Door, Tally

from monitor.simulate.playback import Camera
from monitor.simulate.rtp import CLOCK_HZ, FRAME_BYTES, RTP_HEADER_BYTES, Bytes, Clip, Picture, clip
from monitor.simulate.server import HOST
from monitor.simulate.session import Password

RTP_HEADER = FRAME_BYTES + RTP_HEADER_BYTES
SILENT = ("stall", "trickle")
TRICKLE_S = 0.2


class FaultyCamera(Behind):
    def __init__(self, name: str, folder: Path, file: str, tally: Tally, password: Password | None) -> None:
        super().__init__(clip(folder / file))
        self.name = name
        self._folder, self._file, self._tally = folder, file, tally
        self._share, self._ahead_s = 0.0, 0
        self._first_time: int | None = None
        self._luck = random.Random(0)
        self.door = Door(self, folder, tally, password)

    def __repr__(self) -> str:
        return f"<FaultyCamera {self.name}: {self.fault}>"

    @property
    def playing(self) -> int:
        """Clients that have been promised a stream and are still connected."""
        return self.door.promised

    def reach(self, connections: int, within_s: float = 15.0) -> bool:
        """Whether it has been connected to so often in time."""
        with self._tally.changed:
            return self._tally.changed.wait_for(lambda: self.connections >= connections, within_s)

    # What it does with everybody who connects

    def ok(self) -> None:
        """As it was at first; who is connected goes on from the next key frame."""
        self._first_time, self._ahead_s = None, 0
        self._turn("ok")

    def mute(self) -> None:
        """Takes connections and answers nothing. Who has a stream keeps it."""
        self._turn("mute")

    def refuse(self) -> None:
        """Answers everything with 401, as for a wrong password. Who has a stream keeps it."""
        self._turn("refuse")

    def noplay(self) -> None:
        """Agrees to everything and never sends a packet. Who has a stream keeps it."""
        self._turn("noplay")

    def fin(self) -> None:
        """Hangs up on everybody, once; who comes again is served."""
        self._run(self.door.hang_up())

    def gone(self) -> None:
        """Hangs up; nobody listens any more: connections are refused."""
        self._turn("gone")

    def black_hole(self) -> None:
        """Hangs up; whoever connects waits for ever, as behind a cut cable (Linux)."""
        self._turn("black hole")

    # What it sends

    def stall(self) -> None:
        """Sends nothing more; the connection stays open."""
        self._turn("stall")

    def trickle(self) -> None:
        """Sends no more pictures; its RTCP reports go on, several a second."""
        self._turn("trickle")

    def corrupt(self, share: float = 0.05, seed: int = 0) -> None:
        """In this share of its RTP packets a bit is wrong or a stretch is zero."""
        self._turn("corrupt", share=share, seed=seed)

    def loss(self, percent: float, seed: int = 0) -> None:
        """So many of its RTP packets never arrive."""
        self._turn("loss", share=percent / 100, seed=seed)

    def garbage(self, seed: int = 0) -> None:
        """Between its packets stand bytes that mean nothing."""
        self._turn("garbage", seed=seed)

    def truncated(self) -> None:
        """Of every third picture only the first half is sent, and no packet is missing."""
        pictures = [_half(p) if n % 3 == 2 else p for n, p in enumerate(self._whole().pictures)]
        self._turn("truncated", replace(self._whole(), pictures=pictures))

    def slow(self, times: int) -> None:
        """Pictures come so many times more slowly; each of them is whole."""
        whole = self._whole()
        pictures = [replace(p, sent_s=p.sent_s * times, shown_s=p.shown_s * times) for p in whole.pictures]
        self._turn("slow", replace(whole, pictures=pictures, length_s=whole.length_s * times))

    def freeze(self) -> None:
        """Sends one and the same access unit at the clip's rate."""
        whole = self._whole()
        one = replace(whole.pictures[whole.keys[0]], sent_s=0.0, shown_s=0.0)
        self._turn(
            "freeze", replace(whole, pictures=[one], keys=[0], length_s=whole.length_s / len(whole.pictures))
        )

    def show(self, file: str) -> None:
        """Goes on with another clip of the folder in the middle of the stream: other size, other codec."""
        self._turn("other clip", clip(self._folder / file))

    # Its clock

    def jump(self, seconds: float) -> None:
        """The time stamps of those who are connected jump, once: forwards, or backwards when negative."""
        self._run(self._jump(seconds))

    def wrap(self, after_s: float = 0.5) -> None:
        """For whoever connects from now on, the 32 bits of the time stamp are full after so many seconds."""
        self._first_time = 2**32 - round(after_s * CLOCK_HZ)

    def clock_ahead(self, seconds: int) -> None:
        """The wall time in its reports differs from ours."""
        self._ahead_s = seconds

    # What the server asks

    def first_time(self) -> int:
        return super().first_time() if self._first_time is None else self._first_time

    def sends(self, picture: Picture, sequence: int, time: int, channel: int) -> bytes | memoryview:
        if self.fault in SILENT:
            return b""
        wire = picture.stamped(sequence, time, channel)
        starts = [int(start) for start in picture.starts]
        ends = [*starts[1:], len(wire)]
        packets = list(zip(starts, ends, strict=True))
        if self.fault == "corrupt":
            for start, end in packets:
                if self._luck.random() < self._share:
                    _spoil(wire[start + RTP_HEADER : end], self._luck)
        if self.fault == "loss":
            kept = [wire[start:end] for start, end in packets if self._luck.random() >= self._share]
            return b"".join(part.tobytes() for part in kept)
        if self.fault == "garbage":
            parts = [self._luck.randbytes(self._luck.randrange(40)) + wire[a:b].tobytes() for a, b in packets]
            return b"".join(parts)
        return wire.data

    def reports(self, report: bytes) -> bytes:
        if self.fault == "stall":
            return b""
        at = FRAME_BYTES + 8
        (seconds,) = struct.unpack_from("!I", report, at)
        return report[:at] + struct.pack("!I", seconds + self._ahead_s) + report[at + 4 :]

    def _whole(self) -> Clip:
        return clip(self._folder / self._file)

    def _turn(self, fault: str, shown: Clip | None = None, *, share: float = 0.0, seed: int = 0) -> None:
        self._run(self._become(fault, shown or self._whole(), share, seed))

    async def _become(self, fault: str, shown: Clip, share: float, seed: int) -> None:
        before, self.fault = self.fault, fault
        self._share, self._luck = share, random.Random(seed)
        again, self.clip = before in SILENT or shown is not self.clip, shown
        self.report_every_s = TRICKLE_S if fault == "trickle" else Camera.report_every_s
        if fault in ("gone", "black hole"):
            await self.door.shut(black_hole=fault == "black hole")
        else:
            await self.door.open()
        for playback in self.door.playbacks():
            if again:
                playback.rejoin()
            if fault == "trickle":
                playback.report()

    async def _jump(self, seconds: float) -> None:
        for playback in self.door.playbacks():
            playback.time_at_zero += round(seconds * CLOCK_HZ)

    def _run(self, change: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(change, self.door.loop).result(10)


def _spoil(payload: Bytes, luck: random.Random) -> None:
    """One wrong bit, or a stretch of zeros; in place."""
    at = luck.randrange(len(payload))
    if luck.random() < 0.5:
        payload[at] ^= 1 << luck.randrange(8)
    else:
        payload[at : at + luck.randrange(16, 64)] = 0


def _half(picture: Picture) -> Picture:
    """The first half of a picture's packets, the last of them cut in two; the last is marked as the picture's end."""
    count = (len(picture.starts) + 1) // 2
    start = int(picture.starts[count - 1])
    end = int(picture.starts[count]) if count < len(picture.starts) else len(picture.wire)
    payload = (end - start - RTP_HEADER + 1) // 2
    wire = picture.wire[: start + RTP_HEADER + payload].copy()
    wire[start + 2 : start + 4] = divmod(RTP_HEADER - FRAME_BYTES + payload, 256)
    wire[start + FRAME_BYTES + 1] |= 0x80
    return replace(picture, wire=wire, starts=picture.starts[:count])


class FaultyCameras:
    """Use with `with`. `files` says which clip of the folder each camera shows."""

    def __init__(self, folder: Path, files: Mapping[str, str], password: Password | None = None) -> None:
        self._tally, self._password = Tally(), password
        self._cameras = {
            name: FaultyCamera(name, folder, file, self._tally, password) for name, file in files.items()
        }
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        loop = self._stack.enter_context(rtsp.in_thread())
        for camera in self:
            camera.door.loop = loop
            camera.ok()
            self._stack.callback(
                lambda door: asyncio.run_coroutine_threadsafe(door.close(), loop).result(10), camera.door
            )
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def __getitem__(self, name: str) -> FaultyCamera:
        return self._cameras[name]

    def __iter__(self) -> Iterator[FaultyCamera]:
        return iter(self._cameras.values())

    @property
    def handshakes(self) -> int:
        """Clients that have connected and have no stream yet, of all cameras."""
        return self._tally.handshakes

    @property
    def most_handshakes(self) -> int:
        """The most that there have been at once."""
        return self._tally.most_handshakes

    def address(self, name: str) -> str:
        who = f"{self._password.user}:{self._password.password}@" if self._password else ""
        return f"rtsp://{who}{HOST}:{self[name].door.port}/{name}/play_count_0"
