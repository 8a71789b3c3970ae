"""Sign-on at an OpenID Connect provider: authorization code with PKCE, every answer checked. Imports authlib, joserfc and httpx.

Sources: OpenID Connect Core 1.0 (3.1.2, 3.1.3.7), Discovery 1.0, RFC 7636 (PKCE), RFC 9207 (issuer in the answer), RFC 9700. What
is under way is kept here in memory, for one use and a few minutes: a state that comes a second time is unknown.
"""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from docpipe.errors import BadSetting, SignOnFailed
from docpipe.settings import Settings

if TYPE_CHECKING:
    import httpx

SKEW_SECONDS = 60
PENDING_SECONDS = 600
FRESH_SECONDS = 300
_MOST_PENDING = 10_000
_KEEP_SECONDS = 3600
_LARGEST = 1 << 20
ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
"""Signatures that are believed: none without a key pair."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A person on the way to the provider. ``session``: the one that wants to sign, "" for a sign-in. ``began``: Unix time."""

    nonce: str
    verifier: str
    going: str
    session: str
    redirect_uri: str
    began: float


class SignOn:
    """The provider that the settings name. Safe to share between threads."""

    def __init__(self, settings: Settings) -> None:
        self._issuer = settings.oidc_issuer.rstrip("/")
        self._client, self._secret = settings.oidc_client_id, settings.oidc_client_secret.get_secret_value()
        self._lock = threading.Lock()
        self._pending: dict[str, Pending] = {}
        self._fresh: dict[str, float] = {}
        self._known: tuple[float, dict[str, Any]] | None = None
        self._keys: dict[str, Any] | None = None
        if not self._client:
            raise BadSetting("The setting oidc_client_id is missing.", setting="oidc_client_id")
        _check_address(self._issuer)

    # ------------------------------------------------------------ going there

    def begin(self, redirect_uri: str, going: str, *, session: str = "") -> tuple[str, str]:
        """The provider's address to lead the person to, and the state to bind the browser by.

        ``session``: one that wants to sign; the provider then asks for the credentials again. Raises ``SignOnFailed``.
        """
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        state, now = secrets.token_urlsafe(32), time.time()
        made = Pending(secrets.token_urlsafe(32), secrets.token_urlsafe(64), going, session, redirect_uri, now)
        more = {"prompt": "login", "max_age": "0"} if session else {}
        address = prepare_grant_uri(
            self._configuration()["authorization_endpoint"], client_id=self._client, response_type="code",
            redirect_uri=redirect_uri, scope="openid profile email", state=state, nonce=made.nonce,
            code_challenge=create_s256_code_challenge(made.verifier), code_challenge_method="S256", **more,
        )  # fmt: skip
        with self._lock:
            self._pending = {k: p for k, p in self._pending.items() if now - p.began < PENDING_SECONDS}
            while len(self._pending) >= _MOST_PENDING:
                self._pending.pop(next(iter(self._pending)))
            self._pending[state] = made
        return str(address), state

    # ------------------------------------------------------------ coming back

    def finish(self, state: str, bound: str, code: str, issuer: str = "") -> tuple[dict[str, Any], Pending]:
        """The verified claims of who came back, and what they were on the way to. ``bound``: the state in the browser's cookie.

        Raises ``SignOnFailed`` for a state that is unknown, used, too old or another browser's, and for every token that does
        not verify.
        """
        with self._lock:
            pending = self._pending.pop(state, None)
        if pending is None or not secrets.compare_digest(state, bound):
            raise SignOnFailed("This sign-in was not begun here, or was used already: begin again.")
        if time.time() - pending.began > PENDING_SECONDS:
            raise SignOnFailed("The sign-in took too long: begin again.")
        configuration = self._configuration()
        if issuer and issuer != configuration["issuer"]:
            raise SignOnFailed("The answer is another provider's.")
        claims = self._verified(self._exchange(configuration, code, pending), pending)
        if pending.session and not _number(claims.get("auth_time")) >= pending.began - SKEW_SECONDS:
            raise SignOnFailed("The provider did not ask for the credentials again, so nothing can be signed.")
        return claims, pending

    def confirmed(self, session: str) -> None:
        """Notes that the person of a session has just shown their credentials again."""
        with self._lock:
            self._fresh = {k: at for k, at in self._fresh.items() if time.time() - at < FRESH_SECONDS}
            self._fresh[session] = time.time()

    def is_fresh(self, session: str) -> bool:
        """Whether ``take_fresh`` would say yes."""
        return time.time() - self._fresh.get(session, 0.0) < FRESH_SECONDS

    def take_fresh(self, session: str) -> bool:
        """Whether the credentials were shown a moment ago; true once."""
        with self._lock:
            return time.time() - self._fresh.pop(session, 0.0) < FRESH_SECONDS

    # ------------------------------------------------------------ the provider

    def _configuration(self) -> dict[str, Any]:
        """The provider's metadata, kept for an hour."""
        known = self._known
        if known and time.time() - known[0] < _KEEP_SECONDS:
            return known[1]
        found = _json("GET", f"{self._issuer}/.well-known/openid-configuration")
        if str(found.get("issuer", "")).rstrip("/") != self._issuer:
            raise SignOnFailed("The provider says that it is another one: check oidc_issuer.")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            _check_address(str(found.get(name, "")))
        self._known = (time.time(), found)
        return found

    def _exchange(self, configuration: dict[str, Any], code: str, pending: Pending) -> str:
        """The ID token for the code."""
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": pending.redirect_uri,
            "code_verifier": pending.verifier, "client_id": self._client,
        }  # fmt: skip
        ways = configuration.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        basic: tuple[str, str] | None = None
        if self._secret and "client_secret_basic" in ways:
            basic = (_quoted(self._client), _quoted(self._secret))
        elif self._secret:
            form["client_secret"] = self._secret
        token = _json("POST", configuration["token_endpoint"], data=form, auth=basic).get("id_token")
        if not isinstance(token, str):
            raise SignOnFailed("The provider sent no ID token.")
        return token

    def _verified(self, token: str, pending: Pending) -> dict[str, Any]:
        from joserfc import jwt
        from joserfc.errors import JoseError

        offered = self._configuration().get("id_token_signing_alg_values_supported") or ["RS256"]
        algorithms = sorted(ALGORITHMS & {str(a) for a in offered})
        claims: dict[str, Any] | None = None
        for again in (False, True):  # the second time with keys fetched anew: providers change theirs
            try:
                claims = dict(jwt.decode(token, self._key_set(again), algorithms=algorithms).claims)
                break
            except (JoseError, ValueError):
                continue
        if claims is None:
            raise SignOnFailed("The ID token's signature does not verify.")
        now = time.time()
        audience = claims.get("aud")
        audiences = [audience] if isinstance(audience, str) else audience if isinstance(audience, list) else []
        party = claims.get("azp")
        wrong = {
            "issuer": claims.get("iss") != self._configuration()["issuer"],
            "audience": self._client not in audiences or (len(audiences) > 1 and party is None),
            "authorized party": party is not None and party != self._client,
            "subject": not isinstance(claims.get("sub"), str) or not claims["sub"],
            "expiry": not _number(claims.get("exp")) > now - SKEW_SECONDS,
            "time of issue": not 0 < _number(claims.get("iat")) <= now + SKEW_SECONDS,
            "time of validity": not _number(claims.get("nbf", 0)) <= now + SKEW_SECONDS,
            "nonce": not secrets.compare_digest(str(claims.get("nonce", "")).encode(), pending.nonce.encode()),
        }
        bad = [name for name, is_wrong in wrong.items() if is_wrong]
        if bad:
            raise SignOnFailed(f"The ID token is not for this sign-in: wrong {', '.join(bad)}.")
        return claims

    def _key_set(self, again: bool) -> Any:
        from joserfc.jwk import KeySet

        if again or self._keys is None:
            self._keys = _json("GET", self._configuration()["jwks_uri"])
        return KeySet.import_key_set(self._keys)  # type: ignore[arg-type]


def _number(value: object) -> float:
    """A NumericDate, or a number that no check lets through."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else float("nan")


def _quoted(value: str) -> str:
    """For HTTP Basic by RFC 6749, 2.3.1."""
    from urllib.parse import quote_plus

    return quote_plus(value)


def _check_address(address: str) -> None:
    """Only https; plain http to this very machine, for trials. Raises ``BadSetting``."""
    parts = urlsplit(address)
    local = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not parts.hostname or parts.scheme not in ("https", "http") or (parts.scheme == "http" and not local):
        raise BadSetting("The sign-on provider's addresses begin with https://.", setting="oidc_issuer")


@cache
def _client() -> httpx.Client:
    """One for the process: reading the certificates of a system takes long."""
    import httpx

    return httpx.Client(timeout=10.0, follow_redirects=False)


def _json(method: str, address: str, **more: Any) -> dict[str, Any]:
    """An answer of the provider. Raises ``SignOnFailed``; nothing of the answer is repeated."""
    import httpx

    try:
        with _client().stream(method, address, **more) as answer:
            body = b""
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > _LARGEST:
                    raise SignOnFailed("The sign-on provider's answer is too large.")
            status = answer.status_code
    except httpx.HTTPError as error:
        raise SignOnFailed("The sign-on provider cannot be reached.", reason=type(error).__name__) from None
    if status != 200:
        raise SignOnFailed("The sign-on provider refused the request.", http_status=status)
    import json

    try:
        value = json.loads(body)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise SignOnFailed("The sign-on provider's answer cannot be read.")
    return value
