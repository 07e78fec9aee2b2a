"""What a camera says of its streams (SDP, RFC 8866), and what their addresses are."""

import re
from base64 import b64decode
from dataclasses import dataclass
from itertools import pairwise

from monitor.vision.packet import Coding
from monitor.vision.rtp import Pictures, add_h264, add_h265

CLOCK_HZ = 90_000
_KINDS = {"H264": ("h264", add_h264), "H265": ("hevc", add_h265), "HEVC": ("hevc", add_h265)}


class NotHere(Exception):
    """The camera speaks, but not what we read ourselves: monitor.vision.stream takes over with FFmpeg."""


@dataclass(frozen=True)
class Media:
    """The video of a session's description."""

    payload_type: int
    encoding: str  # H264, H265
    parameters: dict[str, str]
    control: str  # where it is set up
    session_control: str  # where everything is played
    frames_per_s: float | None

    @property
    def coding(self) -> Coding:
        return Coding(_KINDS[self.encoding][0], _extradata(self.parameters), self.frames_per_s)

    def pictures(self) -> Pictures:
        return Pictures(_KINDS[self.encoding][1], self.payload_type)


def video_of(description: str) -> Media:
    """The first video of a description that we can read. Raises NotHere when there is none."""
    lines = [line.strip() for line in description.splitlines()]
    begins = [n for n, line in enumerate(lines) if line.startswith("m=")]
    begins.append(len(lines))
    session_control = _attribute(lines[: begins[0]], "control")
    for begin, end in pairwise(begins):
        offer = re.match(r"m=video\s+\S+\s+RTP/AVPF?\s+([0-9]{1,3})\b", lines[begin])
        media = offer and _media(int(offer[1]), lines[begin:end], session_control)
        if media:
            return media
    raise NotHere()


def _media(payload_type: int, lines: list[str], session_control: str) -> Media | None:
    mapped = _attribute(lines, "rtpmap", payload_type).split("/")
    encoding, clock = mapped[0].strip().upper(), mapped[1].strip() if len(mapped) > 1 else ""
    if encoding not in _KINDS or clock not in ("", str(CLOCK_HZ)):
        return None
    pairs = (part.strip().partition("=") for part in _attribute(lines, "fmtp", payload_type).split(";"))
    parameters = {name.strip().lower(): value.strip() for name, _, value in pairs}
    if parameters.get("sprop-max-don-diff", "0") != "0" or parameters.get("packetization-mode") == "2":
        return None  # pictures whose parts come out of order
    control, rate = _attribute(lines, "control"), _attribute(lines, "framerate")
    frames_per_s = float(rate) if re.fullmatch(r"[0-9]{1,3}(\.[0-9]+)?", rate) else None
    return Media(payload_type, encoding, parameters, control, session_control, frames_per_s or None)


def _attribute(lines: list[str], name: str, payload_type: int | None = None) -> str:
    """Its first value; of those that begin with a payload type what follows it."""
    begin = f"a={name}:"
    for line in lines:
        if not line.lower().startswith(begin):
            continue
        value = line[len(begin) :].strip()
        if payload_type is None:
            return value
        number, _, rest = value.partition(" ")
        if number == str(payload_type):
            return rest.strip()
    return ""


def _extradata(parameters: dict[str, str]) -> bytes | None:
    """The parameter sets that the description carries, in Annex B form."""
    names = ("sprop-vps", "sprop-sps", "sprop-pps", "sprop-parameter-sets")
    units = []
    for text in ",".join(parameters.get(name, "") for name in names).split(","):
        try:
            units.append(b64decode(text, validate=True))
        except ValueError:
            continue  # cameras write all kinds of things here, and send the sets with the pictures too
    return b"".join(b"\x00\x00\x00\x01" + unit for unit in units if unit) or None


def join(base: str, control: str) -> str:
    """The address of a part. Appended, also behind a query: so do the clients that cameras are tested with."""
    if control in ("", "*"):
        return base
    if re.match(r"rtsps?://", control, re.I):
        return control
    return f"{base.removesuffix('/')}/{control.removeprefix('/')}"
