"""A bare RTSP client for tests that look at every byte a camera sends."""

import re
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

WAIT_S = 5.0


@dataclass(frozen=True)
class Rtp:
    sequence: int
    time: int  # 90 kHz
    last: bool  # of its picture
    payload: bytes


@dataclass(frozen=True)
class Report:
    """A sender report: what the camera's wall clock says (seconds since 1900) at an RTP time."""

    wall_s: int
    time: int


class Client:
    """Use with `with`. `play` says whether the stream is asked for."""

    def __init__(self, address: str, *, play: bool = True) -> None:
        self._address, self._play, self._number = address, play, 0

    def __enter__(self) -> Self:
        parts = urlsplit(self._address)
        self._socket = socket.create_connection((parts.hostname, parts.port), WAIT_S)
        self._file = self._socket.makefile("rb")
        if self._play:
            self.ask("SETUP", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1")
            self.ask("PLAY")
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._socket.close()

    def ask(self, method: str, *headers: str) -> tuple[int, str]:
        """Status and whole text of the answer."""
        self._number += 1
        lines = [f"{method} {self._address} RTSP/1.0", f"CSeq: {self._number}", *headers, "", ""]
        self._socket.sendall("\r\n".join(lines).encode())
        text = ""
        while not text.endswith("\r\n\r\n"):
            line = self._file.readline().decode()
            assert line, "the camera hung up"
            text += line
        length = re.search(r"Content-Length: (\d+)", text)
        text += self._file.read(int(length[1]) if length else 0).decode()
        return int(text.split()[1]), text

    def packets(self) -> Iterator[Rtp | Report]:
        """What arrives; bytes that belong to no packet are an AssertionError."""
        while head := self._file.read(4):
            assert head[:1] == b"$", f"garbage: {head!r}"
            packet = self._file.read(struct.unpack("!H", head[2:])[0])
            if head[1] == 1:
                wall_s, _, time = struct.unpack("!III", packet[8:20])
                yield Report(wall_s, time)
                continue
            sequence, time = struct.unpack("!HI", packet[2:8])
            yield Rtp(sequence, time, bool(packet[1] & 0x80), packet[12:])

    def rtp(self) -> Iterator[Rtp]:
        return (packet for packet in self.packets() if isinstance(packet, Rtp))

    def reports(self) -> Iterator[Report]:
        return (packet for packet in self.packets() if isinstance(packet, Report))

    def pictures(self) -> Iterator[list[Rtp]]:
        """The packets of one picture after the other."""
        picture: list[Rtp] = []
        for packet in self.rtp():
            picture.append(packet)
            if packet.last:
                yield picture
                picture = []
