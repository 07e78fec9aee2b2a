"""Asking one ONVIF device. Nothing it says or fails with is passed on unread: it may hold the password."""

import asyncio
import re
from collections.abc import Coroutine, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit, urlunsplit

import aiohttp
from lxml.etree import LxmlError
from onvif import ONVIFCamera
from onvif.exceptions import ONVIFError
from onvif.util import is_auth_error
from zeep.exceptions import Error as ZeepError
from zeep.exceptions import Fault, TransportError

from monitor.clock import utc_now
from monitor.config.address import StreamAddress, redact
from monitor.core.profile import Choice, Profile, choices
from monitor.onvif.discovery import Endpoint

T = TypeVar("T")

TIME_LIMIT_S = 10.0  # for all questions to one device
AT_ONCE = 16
_MEDIA = "http://www.onvif.org/ver10/media/wsdl"
_CODECS = {"H264": "h264", "H265": "hevc", "JPEG": "mjpeg"}
_NAME_SCOPE = "onvif://www.onvif.org/name/"
_OVER_TCP = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
# Devices answer with anything: the last four are what the library makes of answers that lack a part.
_ODD_ANSWER = (
    aiohttp.ClientError,
    ONVIFError,
    ZeepError,
    LxmlError,
    AttributeError,
    KeyError,
    TypeError,
    ValueError,
)
_NO_ANSWER = (aiohttp.ClientConnectionError, OSError, TimeoutError)


class Trouble(StrEnum):
    SILENT = "silent"  # nobody answers
    REFUSED = "refused"  # wrong user name or password
    NO_ONVIF = "no_onvif"  # somebody answers, but not like an ONVIF device
    NO_VIDEO = "no_video"  # no stream that we can read


@dataclass(frozen=True)
class Offer:
    """What one lens of a device offers, with addresses that hold no secret; none when the device gave a bad one."""

    choice: Choice
    main: StreamAddress | None
    sub: StreamAddress | None


@dataclass(frozen=True)
class Device:
    """What a device says about itself."""

    endpoint: Endpoint
    name: str = ""
    maker: str = ""
    model: str = ""
    clock_off_s: float | None = None  # how far its clock is ahead of ours
    offers: tuple[Offer, ...] = ()
    trouble: Trouble | None = None


@dataclass(frozen=True)
class Login:
    user: str
    password: str

    def __repr__(self) -> str:
        return "<Login>"


def ask_all(endpoints: Sequence[Endpoint], login: Login) -> list[Device]:
    """Ask all of them, a few at once; in their order."""

    async def ask() -> list[Device]:
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(endpoint: Endpoint) -> Device:
            async with gate:
                return await _ask(endpoint, login)

        return list(await asyncio.gather(*(one(endpoint) for endpoint in endpoints)))

    return _waited_for(ask())


def clock_off_s(endpoint: Endpoint, time_limit_s: float = 3.0) -> float | None:
    """How far the device's clock is ahead of ours; none when it does not tell everybody."""

    async def ask() -> float | None:
        async with asyncio.timeout(time_limit_s):
            async with _Questions(endpoint, None) as questions:
                await questions.clock()
                return questions.off_s

    try:
        return _waited_for(ask())
    except (*_NO_ANSWER, *_ODD_ANSWER):
        return None


def _waited_for(answer: Coroutine[Any, Any, T]) -> T:
    """In a thread of its own, because whoever asks may have an event loop of theirs."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, answer).result()


async def _ask(endpoint: Endpoint, login: Login) -> Device:
    questions = _Questions(endpoint, login)
    try:
        async with asyncio.timeout(TIME_LIMIT_S), questions:
            return await questions.device()
    except _NO_ANSWER:
        trouble = Trouble.SILENT
    except _ODD_ANSWER as error:
        trouble = _trouble(error)
    return Device(endpoint, clock_off_s=questions.off_s, trouble=trouble)


def _trouble(error: Exception) -> Trouble:
    refused = is_auth_error(error) or (isinstance(error, TransportError) and error.status_code in (401, 403))
    return Trouble.REFUSED if refused else Trouble.NO_ONVIF


class _Questions:
    """A conversation with one device. A wrong password is tried twice at most, so that no account is locked."""

    def __init__(self, endpoint: Endpoint, login: Login | None) -> None:
        self._endpoint, self._login = endpoint, login
        self.off_s: float | None = None  # how far its clock is ahead, as soon as that is known

    async def __aenter__(self) -> "_Questions":
        user, password = (self._login.user, self._login.password) if self._login else (None, None)
        host = f"https://{self._endpoint.host}" if self._endpoint.scheme == "https" else self._endpoint.host
        self._camera = ONVIFCamera(host, self._endpoint.port, user, password, no_cache=True)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._camera.close()

    async def clock(self) -> None:
        """Asked without a password, as the standard wants it."""
        management = await self._camera.create_devicemgmt_service()
        with suppress(Fault):
            self.off_s = _ahead_s(await management.authless_GetSystemDateAndTime())

    async def device(self) -> Device:
        await self.clock()
        # The library then corrects the time in its log-in, which a device with a wrong clock would refuse.
        self._camera.adjust_time = self.off_s is not None
        await self._camera.update_xaddrs()
        management = await self._camera.create_devicemgmt_service()
        about = await management.GetDeviceInformation()
        if self.off_s is None:
            self.off_s = _ahead_s(await management.GetSystemDateAndTime())
        name = _name(item.ScopeItem for item in await management.GetScopes() or ())
        offers = await self._offers() if _MEDIA in self._camera.xaddrs else ()
        return Device(
            self._endpoint,
            name,
            _plain(about.Manufacturer),
            _plain(about.Model),
            self.off_s,
            offers,
            None if offers else Trouble.NO_VIDEO,
        )

    async def _offers(self) -> tuple[Offer, ...]:
        media = await self._camera.create_media_service()
        profiles = [profile for told in await media.GetProfiles() or () if (profile := _profile(told))]
        return tuple([await self._offer(media, choice) for choice in choices(profiles)])

    async def _offer(self, media: Any, choice: Choice) -> Offer:
        main = await self._address(media, choice.main)
        return Offer(choice, main, await self._address(media, choice.sub) if choice.sub else None)

    async def _address(self, media: Any, profile: Profile) -> StreamAddress | None:
        told = await media.GetStreamUri({"StreamSetup": _OVER_TCP, "ProfileToken": profile.token})
        return without_secrets(told.Uri, self._login)


def _ahead_s(told: Any) -> float | None:
    """Whole seconds are all that a device tells."""
    utc = told.UTCDateTime if told is not None else None
    if utc is None or utc.Date is None or utc.Time is None:
        return None
    date, time = utc.Date, utc.Time
    clock = datetime(
        date.Year, date.Month, date.Day, time.Hour, time.Minute, min(time.Second, 59), tzinfo=UTC
    )
    return float(round((clock - utc_now()).total_seconds()))


def _profile(told: Any) -> Profile | None:
    """None for sound, analytics and whatever else is no video."""
    video = told.VideoEncoderConfiguration
    if video is None or video.Resolution is None:
        return None
    source = told.VideoSourceConfiguration
    return Profile(
        told.token,
        source.SourceToken if source is not None else "",
        _CODECS.get(str(video.Encoding).upper(), str(video.Encoding).lower()),
        (int(video.Resolution.Width), int(video.Resolution.Height)),
        float(video.RateControl.FrameRateLimit) if video.RateControl is not None else None,
    )


def _name(scopes: Iterable[Any]) -> str:
    for scope in scopes:
        if str(scope).startswith(_NAME_SCOPE):
            return _plain(str(scope).removeprefix(_NAME_SCOPE).replace("%20", " ").replace("_", " "))
    return ""


def _plain(text: Any) -> str:
    """What a device says goes onto a terminal and into a file."""
    return "".join(sign for sign in str(text or "") if sign.isprintable()).strip()[:60]


def without_secrets(uri: Any, login: Login | None) -> StreamAddress | None:
    """The address without user and password; none when it still holds a secret or is no stream's address."""
    try:
        parts = urlsplit(str(uri))
        plain = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        address = StreamAddress(plain)
    except ValueError:
        return None
    return None if redact(plain) != plain or (login and _names(plain, login.password)) else address


def _names(address: str, secret: str) -> bool:
    """As a word of its own: a password `101` does not stand in `/channels/1012`."""
    return any(
        re.search(rf"(?<![A-Za-z0-9]){re.escape(text)}(?![A-Za-z0-9])", address)
        for text in {secret, quote(secret, safe="")} - {""}
    )
