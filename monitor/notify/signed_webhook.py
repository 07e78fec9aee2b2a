"""A channel to a program: a signed POST, as https://www.standardwebhooks.com describes it, which any receiver can check."""

import base64
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar
from urllib.parse import unquote, urlsplit, urlunsplit

import httpx

from monitor.clock import utc_now
from monitor.core.ports import Message
from monitor.errors import NotifyError

TIMEOUT_S = 10.0
PASSING = frozenset({408, 425, 429})  # refused now, and perhaps not later; so is everything from 500 on


@dataclass(frozen=True)
class SignedWebhook:
    """`signed+https://:SECRET@host/path`. The secret signs and is not sent; id and time stamp let a receiver refuse a repeat."""

    SCHEMES: ClassVar = ("signed+https://", "signed+http://")

    name: str
    address: str = field(repr=False)
    now: Callable[[], datetime] = utc_now

    @classmethod
    def means(cls, address: str) -> bool:
        return address.startswith(cls.SCHEMES)

    def send(self, message: Message) -> str:
        """The receipt is the status that answers. A redirect is no answer: it could lead anywhere."""
        url, secret = self._parts()
        body = json.dumps(
            {"key": message.key, "title": message.title, "body": message.body, "link": message.link},
            ensure_ascii=False,
        ).encode()
        headers = {"content-type": "application/json", **self._signed(message.key, body, secret)}
        try:
            answer = httpx.post(url, content=body, headers=headers, timeout=TIMEOUT_S, follow_redirects=False)
        except httpx.HTTPError as error:
            raise NotifyError(channel=self.name, reason=type(error).__name__) from None
        if not answer.is_success:
            permanent = answer.status_code < 500 and answer.status_code not in PASSING
            raise NotifyError(
                channel=self.name, reason=f"it answered {answer.status_code}", permanent=permanent
            )
        return f"answered {answer.status_code}"

    def _parts(self) -> tuple[str, bytes]:
        parts = urlsplit(self.address.removeprefix("signed+"))
        if not parts.password or not parts.hostname:
            reason = "the address must be signed+https://:SECRET@host/path"
            raise NotifyError(channel=self.name, reason=reason, permanent=True)
        host = parts.netloc.rpartition("@")[2]
        url = urlunsplit((parts.scheme, host, parts.path, parts.query, ""))
        return url, unquote(parts.password).encode()

    def _signed(self, key: str, body: bytes, secret: bytes) -> dict[str, str]:
        at = str(int(self.now().timestamp()))
        digest = hmac.digest(secret, f"{key}.{at}.".encode() + body, "sha256")
        return {
            "webhook-id": key,
            "webhook-timestamp": at,
            "webhook-signature": "v1," + base64.b64encode(digest).decode(),
        }
