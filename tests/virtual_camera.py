"""Real ONVIF devices on loopback, made of the virtual camera `ipycam`."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import ThreadingHTTPServer

from ipycam.config import CameraConfig
from ipycam.discovery import WSDiscoveryServer
from ipycam.http import IPCameraHTTPHandler
from ipycam.onvif import ONVIFService, compute_password_digest

USER, PASSWORD = "viewer", "kanarienvogel"


@dataclass
class _Camera:
    """The two parts of ipycam's camera that its SOAP handler asks for."""

    config: CameraConfig
    onvif: ONVIFService


class Service(ONVIFService):
    """ipycam's device. Subclasses answer otherwise."""

    def create_probe_match(self, relates_to: str) -> str:
        """ipycam calls the answer ProbeMatch; WS-Discovery says ProbeMatches, and real cameras do."""
        answer: str = super().create_probe_match(relates_to)
        return answer.replace("discovery/ProbeMatch<", "discovery/ProbeMatches<")


def wrong_clock(off: timedelta) -> type[Service]:
    """A camera whose clock is off and that wants log-ins by its own clock. It tells everybody the time, as the
    standard wants."""

    class WrongClock(Service):
        def verify_usernametoken(self, soap_body: str) -> bool:
            if "GetSystemDateAndTime" in soap_body:
                return True
            created, nonce, digest = (_text(soap_body, tag) for tag in ("Created", "Nonce", "Password"))
            own = datetime.now(UTC) + off
            timely = bool(created) and abs(datetime.fromisoformat(created) - own) < timedelta(seconds=30)
            return timely and digest == compute_password_digest(nonce, created, self.config.password)

        def get_system_date_time(self) -> str:
            own = datetime.now(UTC) + off
            parts = {
                part: getattr(own, part) for part in ("hour", "minute", "second", "year", "month", "day")
            }
            return str(self._wrap_envelope(self._render("get_system_date_time", **parts)))

    return WrongClock


def _text(soap_body: str, tag: str) -> str:
    found = re.search(rf":{tag}[^>]*>([^<]*)<", soap_body)
    return found[1] if found else ""


@contextmanager
def virtual_camera(
    service: type[ONVIFService] = Service,
    *,
    announced: bool = False,
    open_to_all: bool = False,
    **settings: object,
) -> Iterator[CameraConfig]:
    """Serves ONVIF at 127.0.0.1:`config.onvif_port`; with `announced` it answers WS-Discovery too."""
    login = {} if open_to_all else {"username": USER, "password": PASSWORD}
    config = CameraConfig(**{"local_ip": "127.0.0.1", "name": "East gate", **login, **settings})
    # ipycam looks for an address of its own that others can reach.
    config.local_ip = "127.0.0.1"
    device = service(config)

    class Handler(IPCameraHTTPHandler):
        camera = _Camera(config, device)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        config.onvif_port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        responder = WSDiscoveryServer(device) if announced else None
        if responder:
            # Its Hello and Bye would go out on every network.
            responder._send_announcement = lambda action: None
            responder.start()
        try:
            yield config
        finally:
            if responder:
                responder.stop()
                responder.join()
            server.shutdown()
            thread.join()
