"""A small OpenID Connect provider on loopback: the seam to the outside world, with every way to be wrong."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "docpipe-test", "s3cret with spaces&signs"


@dataclass
class Provider:
    """``person``: claims of whoever signs in. ``spoil``: claims that the next tokens have instead (None: left out)."""

    address: str = ""
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    signing_key: RSAKey | None = None
    person: dict[str, Any] = field(
        default_factory=lambda: {
            "sub": "248289761001", "preferred_username": "mei.lin", "name": "Mei Lin", "roles": ["reviewer", "staff"],
        }
    )  # fmt: skip
    spoil: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    down: bool = False

    def authorize(self, address: str) -> str:
        """What the person's browser does at the provider: signs in, and is led back with a code."""
        parts = urlsplit(address)
        asked = {k: v[0] for k, v in parse_qs(parts.query).items()}
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.address}/authorize"
        self.asked.append(asked)
        code = f"code-{len(self.asked)}"
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state'], 'iss': self.address})}"

    def token(self, asked: dict[str, str]) -> str:
        """The ID token for an authorization, spoiled where a test says so."""
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"], "auth_time": now,
            **self.person, **self.spoil,
        }  # fmt: skip
        claims = {k: v for k, v in claims.items() if v is not None}
        key: Any = self.signing_key or self.key
        return jwt.encode({"alg": self.algorithm, "kid": "one"}, claims, key, algorithms=[self.algorithm])


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def _send(self, value: object, status: int = 200) -> None:
        body = json.dumps(value).encode()
        self.send_response(503 if self.provider.down else status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        p = self.provider
        if self.path == "/.well-known/openid-configuration":
            self._send(
                {
                    "issuer": p.address, "authorization_endpoint": f"{p.address}/authorize",
                    "token_endpoint": f"{p.address}/token", "jwks_uri": f"{p.address}/keys",
                    "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
                }
            )  # fmt: skip
        elif self.path == "/keys":
            self._send({"keys": [p.key.as_dict(private=False)]})
        else:
            self._send({}, 404)

    def do_POST(self) -> None:
        p = self.provider
        form = {k: v[0] for k, v in parse_qs(self.rfile.read(int(self.headers["content-length"])).decode()).items()}
        wrong = self._wrong(form)
        if wrong:
            p.refused.append(wrong)
            self._send({"error": wrong}, 400)
            return
        asked = p.codes.pop(form["code"])
        self._send({"access_token": "opaque", "token_type": "Bearer", "id_token": p.token(asked)})

    def _wrong(self, form: dict[str, str]) -> str:
        from urllib.parse import unquote_plus

        scheme, _, given = self.headers.get("authorization", "").partition(" ")
        pair = base64.b64decode(given).decode().split(":") if scheme == "Basic" else []
        if [unquote_plus(part) for part in pair] != [CLIENT, SECRET]:
            return "invalid_client"
        asked = self.provider.codes.get(form.get("code", ""))
        if asked is None or form.get("redirect_uri") != asked["redirect_uri"]:
            return "invalid_grant"
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked.get("code_challenge"):
            return "invalid_pkce"
        return ""


@contextmanager
def standing() -> Iterator[Provider]:
    """A provider that answers until the block ends."""
    provider = Provider()
    handler = type("Handler", (_Handler,), {"provider": provider})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    provider.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
