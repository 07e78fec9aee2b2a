"""How a client proves to a camera who it is: Digest (RFC 2617, RFC 7616) or Basic."""

import hashlib
import re
import secrets
from base64 import b64encode
from dataclasses import dataclass, field
from functools import partial

from monitor.errors import CameraRefused

# A scheme, where one begins; then name=value, the value quoted or not.
_PARAMETER = re.compile(r'(?:\b([A-Za-z][\w-]*)\s+)?\b([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]*))')
_HASHES = {"MD5": "md5", "SHA-256": "sha256"}
_SESSION = "-SESS"


@dataclass
class Login:
    user: str
    password: str = field(repr=False)
    _scheme: str = field(default="", repr=False)
    _challenge: dict[str, str] = field(default_factory=dict, repr=False)
    _count: int = 0  # requests with this challenge

    def learn(self, headers: list[str]) -> None:
        """Of the ways that are offered the safer one. Raises CameraRefused when there is none that we know."""
        challenges = _challenges(headers)
        for wanted in ("digest", "basic"):
            for scheme, challenge in challenges:
                if scheme == wanted and (scheme == "basic" or _hash_of(challenge)):
                    self._scheme, self._challenge, self._count = scheme, challenge, 0
                    return
        raise CameraRefused()

    @property
    def stale(self) -> bool:
        """The password was right, only the camera's number was too old."""
        return self._challenge.get("stale", "").lower() == "true"

    def header(self, method: str, url: str, own: str = "") -> str | None:
        """`own`: our number instead of one at random, as in the examples of the RFCs."""
        if not self._scheme:
            return None
        if self._scheme == "basic":
            return "Basic " + b64encode(f"{self.user}:{self.password}".encode()).decode()
        self._count += 1
        return self._digest(method, url, own or secrets.token_hex(8))

    def _digest(self, method: str, url: str, own: str) -> str:
        asked = self._challenge
        digest = partial(_digest, _hash_of(asked))
        realm, nonce = asked.get("realm", ""), asked.get("nonce", "")
        who, what = digest(f"{self.user}:{realm}:{self.password}"), digest(f"{method}:{url}")
        in_session = asked.get("algorithm", "").upper().endswith(_SESSION)
        if in_session:
            who = digest(f"{who}:{nonce}:{own}")
        said = {"username": self.user, "realm": realm, "nonce": nonce, "uri": url}
        plain: dict[str, str] = {}
        if "auth" in re.split(r"[\s,]+", asked.get("qop", "").lower()):
            plain = {"qop": "auth", "nc": f"{self._count:08x}"}
            said["response"] = digest(f"{who}:{nonce}:{plain['nc']}:{own}:auth:{what}")
        else:
            said["response"] = digest(f"{who}:{nonce}:{what}")
        if plain or in_session:
            said["cnonce"] = own
        if "opaque" in asked:
            said["opaque"] = asked["opaque"]
        if "algorithm" in asked:
            plain["algorithm"] = asked["algorithm"]
        quoted = [f'{name}="{_escaped(value)}"' for name, value in said.items()]
        return "Digest " + ", ".join([*quoted, *(f"{name}={value}" for name, value in plain.items())])


def _challenges(headers: list[str]) -> list[tuple[str, dict[str, str]]]:
    """Scheme and parameters of each; a header may hold several."""
    found: list[tuple[str, dict[str, str]]] = []
    for header in headers:
        if header.strip().lower() == "basic":  # some leave out the realm
            found.append(("basic", {}))
        for scheme, name, quoted, plain in _PARAMETER.findall(header):
            if scheme:
                found.append((scheme.lower(), {}))
            if found:
                found[-1][1].setdefault(name.lower(), re.sub(r"\\(.)", r"\1", quoted) or plain)
    return found


def _hash_of(challenge: dict[str, str]) -> str:
    """Its name in hashlib, or nothing."""
    return _HASHES.get(challenge.get("algorithm", "MD5").upper().removesuffix(_SESSION), "")


def _digest(name: str, text: str) -> str:
    return hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()


def _escaped(value: str) -> str:
    return re.sub(r'(["\\])', r"\\\1", value)
