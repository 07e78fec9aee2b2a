"""A signed webhook against a real server: who gets it can tell that it is ours, new, and not a repeat."""

import base64
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import rtsp

from monitor.core.ports import Message
from monitor.errors import NotifyError
from monitor.notify.signed_webhook import SignedWebhook

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
MESSAGE = Message("alert-7-opened-2-hook", "未见", "Ada · 3 号楼", "https://desk.example/alerts/7")
SECRET = "three quiet/herons"
ESCAPED = "three%20quiet%2Fherons"


class Receiver:
    """Keeps what comes, and answers as it is told."""

    def __init__(self) -> None:
        self.status = 204
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.requests.append(
                    (self.path, {name.lower(): value for name, value in self.headers.items()}, body)
                )
                self.send_response(outer.status)
                self.send_header("location", "/elsewhere")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing on stderr."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


def webhook(port: int, secret: str = ESCAPED) -> SignedWebhook:
    return SignedWebhook("hook", f"signed+http://:{secret}@127.0.0.1:{port}/in?estate=1", lambda: NOW)


def test_it_is_signed_with_the_time_and_the_key_and_the_secret_is_not_sent(receiver: Receiver) -> None:
    assert webhook(receiver.port).send(MESSAGE) == "answered 204"
    ((path, headers, body),) = receiver.requests
    assert path == "/in?estate=1"
    assert headers["webhook-id"] == MESSAGE.key
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    signed = f"{MESSAGE.key}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.digest(SECRET.encode(), signed, "sha256")).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert json.loads(body) == {
        "key": MESSAGE.key,
        "title": MESSAGE.title,
        "body": MESSAGE.body,
        "link": MESSAGE.link,
    }
    assert "herons" not in str(headers) and "authorization" not in headers


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(500, False), (503, False), (429, False), (408, False), (302, True), (401, True), (410, True)],
)
def test_what_is_refused_for_now_is_tried_again_and_the_rest_is_told(
    receiver: Receiver, status: int, permanent: bool
) -> None:
    receiver.status = status
    with pytest.raises(NotifyError, match=f"it answered {status}") as refused:
        webhook(receiver.port).send(MESSAGE)
    assert refused.value.permanent is permanent
    assert len(receiver.requests) == 1


def test_nobody_there_is_tried_again_and_no_secret_is_told() -> None:
    with pytest.raises(NotifyError, match="ConnectError") as refused:
        webhook(rtsp.free_port()).send(MESSAGE)
    assert not refused.value.permanent
    assert "herons" not in str(refused.value)


@pytest.mark.parametrize("address", ["signed+https://host/path", "signed+https://:secret@/path"])
def test_an_address_without_secret_or_host_says_what_is_missing(address: str) -> None:
    with pytest.raises(NotifyError, match="SECRET@host") as refused:
        SignedWebhook("hook", address).send(MESSAGE)
    assert refused.value.permanent


def test_the_secret_is_in_no_representation() -> None:
    assert "herons" not in repr(webhook(1))
