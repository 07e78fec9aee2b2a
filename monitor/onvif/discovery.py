"""WS-Discovery: who on this network says that they are an ONVIF device."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from wsdiscovery import QName
from wsdiscovery.discovery import ThreadedWSDiscovery
from wsdiscovery.namespaces import NS_ACTION_PROBE_MATCH, NS_ACTION_RESOLVE_MATCH

_CAMERA = QName("http://www.onvif.org/ver10/network/wsdl", "NetworkVideoTransmitter")
_ANSWERS = (NS_ACTION_PROBE_MATCH, NS_ACTION_RESOLVE_MATCH)


@dataclass(frozen=True, order=True)
class Endpoint:
    """Where a device listens for ONVIF questions."""

    host: str
    port: int = 80
    scheme: str = "http"

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == 80 else f"{host}:{self.port}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """From `192.168.1.20`, `camera.local:8000` or a whole address. Raises ValueError."""
        parts = urlsplit(text if "://" in text else f"//{text}", scheme="http")
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            raise ValueError("write it like 192.168.1.20 or 192.168.1.20:8000")
        return cls(parts.hostname, parts.port or (443 if parts.scheme == "https" else 80), parts.scheme)


class _Search(ThreadedWSDiscovery):  # type: ignore[misc]  # the package has no types
    """Listens to answers only: whatever else is said on the network is nothing to us."""

    def __init__(self, only: ipaddress.IPv4Address | None) -> None:
        self._only = only
        super().__init__(ttl=1)

    def start(self) -> None:
        super().start()
        if self._only is not None:
            self.addSourceAddr(self._only)

    def envReceived(self, env, addr) -> None:  # type: ignore[no-untyped-def]
        if env.getAction() in _ANSWERS:
            super().envReceived(env, addr)

    def _networkAddressAdded(self, addr) -> None:  # type: ignore[no-untyped-def]
        if self._only is None:
            super()._networkAddressAdded(addr)

    def _networkAddressRemoved(self, addr) -> None:  # type: ignore[no-untyped-def]
        if self._only is None:
            super()._networkAddressRemoved(addr)


def find(seconds: float, only: ipaddress.IPv4Address | None = None) -> list[Endpoint]:
    """The ONVIF devices that answer in this time, sorted; with `only`, on the network card with this address.

    Asked twice: some devices answer only when they are called by their type, some only when they are not.
    """
    search = _Search(only)
    search.start()
    try:
        search.searchServices(types=[_CAMERA], timeout=seconds / 2)
        services = search.searchServices(timeout=seconds / 2)
    finally:
        search.stop()
    found = {_best(service.getXAddrs()) for service in services if _is_camera(service)}
    return sorted(endpoint for endpoint in found if endpoint is not None)


def _is_camera(service) -> bool:  # type: ignore[no-untyped-def]
    """Printers and computers answer too."""
    called = any(name.getLocalname() == _CAMERA.getLocalname() for name in service.getTypes())
    return called or any(scope.getValue().startswith("onvif://") for scope in service.getScopes())


def _best(addresses: Iterable[str]) -> Endpoint | None:
    """A device names all its addresses, also those that nobody else can reach."""
    usable = []
    for address in addresses:
        try:
            usable.append(Endpoint.parse(address))
        except ValueError:
            continue
    return min(usable, key=lambda endpoint: _remoteness(endpoint.host), default=None)


def _remoteness(host: str) -> int:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return 1
    return 3 if address.is_link_local else 0 if address.version == 4 else 2
