"""What `shouwang cameras` prints: tables for people, entries for cameras.yaml, JSON for programs."""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.config.address import StreamAddress
from monitor.core.profile import Figures, Profile, Role, advice, announced_advice, clock_is_off
from monitor.onvif.device import Device, Offer, Trouble

_CODECS = {"h264": "H.264", "hevc": "H.265", "mjpeg": "MJPEG"}
_TROUBLES = {
    Trouble.SILENT: "It does not answer: check power, cable, address and that ONVIF is on.",
    Trouble.REFUSED: "It refused user name or password; we do not try again. Some cameras want an ONVIF user of its own.",
    Trouble.NO_ONVIF: "What answers is no ONVIF device: check address and port, turn ONVIF on.",
    Trouble.NO_VIDEO: "It offers no video by ONVIF profile S: turn that on, or find the address in its manual.",
}
_NO_ADDRESS = "A stream address holds a secret or cannot be read: write it into cameras.yaml by hand."
_LOGIN = "${SHOUWANG_CAMERA_USER}:${SHOUWANG_CAMERA_PASSWORD}@"
_ENTRY = """\
  - id: {id}
    name: {name}
    place: unplaced # cameras of one place share it
    direction: both # in | out | both: which way people go who walk towards it
    identifies: true # near and light enough to recognise faces?
    main: {main}
{sub}    position: [0.0, 0.0] # metres to the east and north on the site plan
    heading_deg: 0 # where it looks: 0 north, 90 east
    field_of_view_deg: 90 # how wide it sees
    range_m: 15 # how far it sees"""


@dataclass(frozen=True)
class Measured:
    """One stream that was tried: figures, or the sentence that says why there are none."""

    role: Role
    address: StreamAddress
    figures: Figures | None = None
    error: str | None = None

    def advice(self) -> list[str]:
        return advice(self.figures, self.role) if self.figures else []


def show_devices(devices: Sequence[Device]) -> None:
    table = Table("camera", "main", "sub", "clock", "what to do", show_lines=True)
    for device in devices:
        about = "\n".join(
            line
            for line in (device.name, f"{device.maker} {device.model}".strip(), str(device.endpoint))
            if line
        )
        for offer in device.offers or (None,):
            main, sub = (offer.choice.main, offer.choice.sub) if offer else (None, None)
            cells = (
                about,
                _announced(main),
                _announced(sub),
                _clock(device.clock_off_s),
                _to_do(device, offer),
            )
            table.add_row(*(Text(cell) for cell in cells))
    Console().print(table)


def _announced(profile: Profile | None) -> str:
    if profile is None:
        return "-"
    rate = f"\n{profile.rate:g} /s" if profile.rate else ""
    return "{}x{}\n{}".format(*profile.size_wh, _codec(profile.codec)) + rate


def _codec(name: str) -> str:
    return _CODECS.get(name, name)


def _clock(off_s: float | None) -> str:
    if off_s is None:
        return "not told"
    if not clock_is_off(off_s):
        return "right"
    # Whole hours are a wrong time zone, and should look like it.
    size, unit = next(step for step in ((3600, "h"), (60, "min"), (1, "s")) if abs(off_s) >= 2 * step[0])
    return f"{off_s / size:+.1f} {unit}"


def _to_do(device: Device, offer: Offer | None) -> str:
    said = [_TROUBLES[device.trouble]] if device.trouble else []
    if offer:
        said.extend(announced_advice(offer.choice))
        if offer.main is None or (offer.choice.sub and offer.sub is None):
            said.append(_NO_ADDRESS)
    if clock_is_off(device.clock_off_s):
        said.append("Its clock is wrong: let it set its time by NTP.")
    return "\n".join(said) or "nothing"


def entries(devices: Sequence[Device]) -> str:
    """Entries for cameras.yaml, valid as they are; user and password stay in the environment."""
    lines = ["cameras:"]
    for device in devices:
        if device.trouble:
            lines.append(f"  # {device.endpoint}: {_TROUBLES[device.trouble]}")
        for number, offer in enumerate(device.offers, start=1):
            lines.append(_entry(device, offer, number))
    return "\n".join(lines)


def _entry(device: Device, offer: Offer, number: int) -> str:
    several = f"-{number}" if len(device.offers) > 1 else ""
    if offer.main is None:
        return f"  # {device.endpoint}{several}: {_NO_ADDRESS}"
    name = device.name or f"{device.maker} {device.model}".strip() or device.endpoint.host
    return _ENTRY.format(
        id="camera-" + re.sub(r"[^a-z0-9]+", "-", str(device.endpoint).lower()).strip("-")[:50] + several,
        name=json.dumps(name + several, ensure_ascii=False),  # a JSON text is a YAML text
        main=_with_login(offer.main),
        sub=f"    sub: {_with_login(offer.sub)}\n" if offer.sub else "",
    )


def _with_login(address: StreamAddress) -> str:
    scheme, mark, rest = address.reveal().partition("://")
    return scheme + mark + _LOGIN + rest


def show_streams(streams: Sequence[Measured], clock_off_s: float | None) -> None:
    table = Table(
        "", *(stream.role.value for stream in streams), caption=f"clock of the camera: {_clock(clock_off_s)}"
    )
    columns = [_lines(stream.figures) for stream in streams]
    for number, (label, _) in enumerate(columns[0]):
        table.add_row(label, *(column[number][1] for column in columns))
    Console().print(table)
    for stream in streams:
        print_lines = [stream.error] if stream.error else stream.advice()
        for line in print_lines:
            Console().print(Text(f"{stream.role.value}: {line}"))
    if clock_is_off(clock_off_s):
        Console().print(Text("Its clock is wrong: let it set its time by NTP."))


def _lines(figures: Figures | None) -> list[tuple[str, str]]:
    """(label, value) of every row; dashes for a stream that could not be read."""
    labels = (
        "codec",
        "size",
        "pictures a second, announced",
        "pictures a second, measured",
        "key frames apart",
        "bit rate",
        "B-frames",
        "time to open",
        "time to first picture",
    )
    values = ("-",) * len(labels) if figures is None else _values(figures)
    return list(zip(labels, values, strict=True))


def _values(figures: Figures) -> tuple[str, ...]:
    def number(value: float | None, unit: str = "") -> str:
        return "-" if value is None else f"{value:.1f}{unit}"

    apart = figures.key_interval_s
    return (
        _codec(figures.codec),
        "{} x {}".format(*figures.size_wh),
        number(figures.announced_rate),
        number(figures.rate),
        f"over {figures.watched_s:.0f} s" if apart is None else number(apart, " s"),
        f"{figures.kbit_s:.0f} kbit/s",
        "yes" if figures.reordered else "no",
        number(figures.open_s, " s"),
        number(figures.first_picture_s, " s"),
    )


def streams_json(streams: Sequence[Measured], clock_off_s: float | None) -> str:
    """The same for programs; addresses are masked."""
    told = [
        {
            "stream": stream.role.value,
            "address": str(stream.address),
            "error": stream.error,
            "figures": asdict(stream.figures) if stream.figures else None,
            "advice": stream.advice(),
        }
        for stream in streams
    ]
    return json.dumps({"clock_off_s": clock_off_s, "streams": told}, indent=2, ensure_ascii=False)
