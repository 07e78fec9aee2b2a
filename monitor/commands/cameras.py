"""Commands that find and measure cameras. They parse and print; the work is done below."""

import ipaddress
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

import typer

from monitor.commands.options import ConfigOption, told, use
from monitor.config.address import StreamAddress
from monitor.config.cameras import load_estate
from monitor.config.settings import load_settings
from monitor.core.profile import Role
from monitor.errors import CameraRefused, InvalidInput, NoDevices, NotFound, ShouwangError

if TYPE_CHECKING:
    from monitor.commands.camera_report import Measured
    from monitor.core.ports import Image
    from monitor.onvif.discovery import Endpoint

app = typer.Typer(no_args_is_help=True, help="Find cameras on the network and measure what they send.")

PasswordOption = Annotated[
    str | None,
    typer.Option(
        "--password-env",
        metavar="VARIABLE",
        help="The environment variable that holds the password; else it is asked for.",
    ),
]
_JPEG = (".jpg", ".jpeg")


@app.command()
def discover(
    hosts: Annotated[
        list[str] | None,
        typer.Option("--host", metavar="HOST[:PORT]", help="Ask this device, do not search. Repeatable."),
    ] = None,
    seconds: Annotated[float, typer.Option(min=1, max=60, help="How long to search.")] = 4,
    network: Annotated[
        str | None,
        typer.Option("--network", metavar="ADDRESS", help="Search only through this own address."),
    ] = None,
    user: Annotated[str, typer.Option("--user", "-u", help="The user name of the cameras.")] = "admin",
    password_env: PasswordOption = None,
    as_yaml: Annotated[
        bool, typer.Option("--yaml", help="Print entries for cameras.yaml instead of the table.")
    ] = False,
) -> None:
    """Find ONVIF cameras on the local network and ask each what it offers. Changes nothing on them.

    Every device that is found gets the password as a digest: search only in networks that you trust.
    """
    # Imported here because the ONVIF library takes a while to load.
    from monitor.commands import camera_report as report
    from monitor.onvif import device, discovery

    with told():
        known = None if password_env is None else _from_environment(password_env)
        if hosts:
            endpoints = [_endpoint(host) for host in hosts]
        else:
            only = _own_address(network)
            typer.echo(f"Searching for {seconds:g} s.", err=True)
            endpoints = discovery.find(seconds, only)
        if not endpoints:
            raise NoDevices()
        password = _asked(user) if known is None else known
        devices = device.ask_all(endpoints, device.Login(user, password))
    if as_yaml:
        typer.echo(report.entries(devices))
    else:
        report.show_devices(devices)
    if not any(found.offers for found in devices):
        raise typer.Exit(1)


@app.command()
def probe(
    camera: Annotated[str, typer.Argument(metavar="ID|ADDRESS", help="A camera of the file, or rtsp://...")],
    picture: Annotated[
        Path | None,
        typer.Option("--picture", metavar="FILE", help="Save one picture as JPEG; else none is kept."),
    ] = None,
    sub: Annotated[bool, typer.Option("--sub", help="The ADDRESS is that of a sub stream.")] = False,
    user: Annotated[str | None, typer.Option("--user", "-u", help="User name for an ADDRESS.")] = None,
    password_env: PasswordOption = None,
    seconds: Annotated[float, typer.Option(min=2, max=60, help="How long to watch each stream.")] = 6,
    onvif_port: Annotated[int, typer.Option(min=1, max=65535, help="Where to ask for its clock.")] = 80,
    as_json: Annotated[bool, typer.Option("--json", help="Print the same for programs.")] = False,
    config: ConfigOption = None,
) -> None:
    """Measure what a camera sends: codec, size, rate, key frames, times; and say what to change.

    Ends with 1 when a stream cannot be read.
    """
    from monitor.commands import camera_report as report
    from monitor.onvif import device, discovery

    use(config)
    with told():
        if picture is not None:
            _require_place(picture)
        streams = _streams(camera, sub, user, password_env)
        measured, shown = _measure(streams, seconds)
        if picture is not None and shown is not None:
            _save(picture, shown)
    clock_off_s = device.clock_off_s(discovery.Endpoint(streams[0][1].host, onvif_port))
    if as_json:
        typer.echo(report.streams_json(measured, clock_off_s))
    else:
        report.show_streams(measured, clock_off_s)
    if any(stream.error for stream in measured):
        raise typer.Exit(1)


def _from_environment(variable: str) -> str:
    if not os.environ.get(variable):
        raise InvalidInput(
            field="--password-env", reason=f"the environment variable {variable} is not set or empty"
        )
    return os.environ[variable]


def _asked(user: str) -> str:
    return str(typer.prompt(f"Password of {user}", hide_input=True, err=True))


def _endpoint(text: str) -> "Endpoint":
    from monitor.onvif.discovery import Endpoint

    try:
        return Endpoint.parse(text)
    except ValueError:
        pass
    raise InvalidInput(field="--host", reason="write it like 192.168.1.20 or 192.168.1.20:8000")


def _own_address(text: str | None) -> ipaddress.IPv4Address | None:
    try:
        return None if text is None else ipaddress.IPv4Address(text)
    except ValueError:
        pass
    raise InvalidInput(field="--network", reason="write an IPv4 address of this machine, such as 192.168.1.5")


def _streams(
    camera: str, sub: bool, user: str | None, password_env: str | None
) -> list[tuple[Role, StreamAddress]]:
    if "://" in camera:
        role = Role.SUB if sub else Role.MAIN
        return [(role, _address(camera, user, password_env))]
    for known in load_estate(load_settings().cameras_file, os.environ).cameras:
        if known.id == camera:
            streams = [(Role.MAIN, known.main), (Role.SUB, known.sub)]
            return [(role, address) for role, address in streams if address is not None]
    raise NotFound(what="camera", key=camera)


def _address(text: str, user: str | None, password_env: str | None) -> StreamAddress:
    if user is not None:
        password = _asked(user) if password_env is None else _from_environment(password_env)
        scheme, mark, rest = text.partition("://")
        text = f"{scheme}{mark}{quote(user, safe='')}:{quote(password, safe='')}@{rest}"
    try:
        return StreamAddress(text)
    except ValueError as error:
        reason = str(error)  # quotes nothing of the address
    raise InvalidInput(field="ADDRESS", reason=reason)


def _measure(
    streams: list[tuple[Role, StreamAddress]], seconds: float
) -> "tuple[list[Measured], Image | None]":
    """Each stream's figures, and a picture of the first that has one."""
    from monitor.commands.camera_report import Measured
    from monitor.vision.probe import measure

    measured, picture = [], None
    for role, address in streams:
        typer.echo(f"Watching the {role.value} stream {address}", err=True)
        try:
            result = measure(address.reveal(), seconds, 2 * seconds)
        except ShouwangError as error:
            measured.append(Measured(role, address, error=str(error)))
            if isinstance(error, CameraRefused):
                break  # the other stream has the same password, and cameras lock accounts
            continue
        measured.append(Measured(role, address, result.figures))
        picture = result.picture if picture is None else picture
    return measured, picture


def _require_place(picture: Path) -> None:
    """Before the camera is watched for nothing."""
    if picture.suffix.lower() not in _JPEG or not picture.parent.is_dir():
        raise InvalidInput(field="--picture", reason="name a .jpg file in a folder that exists")


def _save(picture: Path, image: "Image") -> None:
    from monitor.vision.jpeg import encode

    try:
        picture.touch(0o600)  # it may show people
        picture.write_bytes(encode(image))
    except OSError as error:
        reason = error.strerror or "the file cannot be written"
    else:
        return
    raise InvalidInput(field="--picture", reason=reason)
