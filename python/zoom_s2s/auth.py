"""The token for requests and httpx, neither of which is imported here."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import AsyncGenerator, Generator
from functools import partial
from typing import Any, Callable, NamedTuple, Optional

from .client import Client
from .token import Token

_REJECTED, _MISSING_SCOPE = 124, (4700, 4711)  # Zoom's codes
_PORTS = {"http": 80, "https": 443}

_default: Optional[Client] = None
_lock = threading.Lock()


def default_client() -> Client:
    """The client of this process, made of the environment when it is first wanted, or was closed."""
    global _default
    client = _default
    if client is None or client._made is None:
        with _lock:
            client = _default
            if client is None or client._made is None:
                client = _default = Client.from_env()
    return client


def _after_fork() -> None:
    # Another thread may have held it.
    global _lock
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


class Auth:
    """Puts the token on requests: ``requests.get(url, auth=zoom_s2s.Auth())``, and so for httpx.

    When Zoom refuses it (HTTP 401, or code 124), that token is rejected and the request sent once
    more with a better one. Any number of threads may share it. The token goes to whatever URL you
    ask for: use it for Zoom's.
    """

    def __init__(self, client: Optional[Client] = None) -> None:
        """Without a client: one for the process, made of the environment at the first request."""
        self._client = client

    @property
    def client(self) -> Client:
        """The client that the tokens come from."""
        return default_client() if self._client is None else self._client

    # requests: called with a PreparedRequest.
    def __call__(self, request: Any) -> Any:
        sent = self._put(request)
        if hasattr(request, "register_hook"):
            request.register_hook("response", partial(self._answered, sent, _place(request.body)))
        return request

    def _answered(self, sent: _Sent, place: Optional[int], answer: Any, **how: Any) -> Any:
        if not sent.refused(answer, lambda: answer.content):
            return answer
        self.client.reject_token(sent.token.value)
        if not _rewound(answer.request.body, place):
            return answer
        answer.content  # noqa: B018 - so that the connection can be used again
        answer.close()
        again = answer.request.copy()
        self._put(again)
        second = answer.connection.send(again, **how)
        second.history.append(answer)
        second.request = again
        return second

    # httpx asks isinstance(auth, httpx.Auth) and would treat anything else as a plain function, which
    # cannot send twice.
    @property  # type: ignore[misc]
    def __class__(self) -> type:
        httpx = sys.modules.get("httpx")
        kind: type = type(self) if httpx is None else httpx.Auth
        return kind

    def sync_auth_flow(self, request: Any) -> Generator[Any, Any, None]:
        """What httpx.Client runs."""
        sent = self._put(request)
        answer = yield request
        if sent.refused(answer, answer.read):
            self.client.reject_token(sent.token.value)
            if _is_whole(request):
                self._put(request)
                yield request

    auth_flow = sync_auth_flow

    async def async_auth_flow(self, request: Any) -> AsyncGenerator[Any, Any]:
        """What httpx.AsyncClient runs, under asyncio or trio."""
        from anyio import to_thread  # comes with httpx

        sent = await to_thread.run_sync(self._put, request)
        answer = yield request
        if answer.status_code >= 400:
            await answer.aread()
        if sent.refused(answer, lambda: answer.content):
            self.client.reject_token(sent.token.value)
            if _is_whole(request):
                await to_thread.run_sync(self._put, request)
                yield request

    def _put(self, request: Any) -> _Sent:
        token = self.client.token()
        request.headers["Authorization"] = token.bearer
        return _Sent(token, _origin(request))

    def __reduce__(self) -> Any:
        return Auth, (self._client,)


class _Sent(NamedTuple):
    """A token, and where it was sent."""

    token: Token
    origin: tuple[Any, ...]

    def refused(self, answer: Any, body: Callable[[], bytes]) -> bool:
        """Whether this answer says that the token is no good; the same rule as in the library."""
        status: int = answer.status_code
        if not 400 <= status < 500:
            return False
        # After a redirect, it is somebody else who refuses, or who got no token at all.
        asked = answer.request
        if asked.headers.get("Authorization") != self.token.bearer or _origin(asked) != self.origin:
            return False
        try:
            code = json.loads(body()).get("code")
        except (ValueError, AttributeError, RecursionError):
            code = None
        return (status == 401 and code not in _MISSING_SCOPE) or code == _REJECTED


def _origin(request: Any) -> tuple[Any, ...]:
    from urllib.parse import urlsplit  # here, as whoever sends requests has it already

    parts = urlsplit(str(request.url))
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)


def _place(body: Any) -> Optional[int]:
    """Where a file is; None for what is none, or cannot be set back, such as a pipe."""
    try:
        place: int = body.tell()
    except (OSError, AttributeError):
        return None
    return place


def _rewound(body: Any, place: Optional[int]) -> bool:
    """Whether a body of requests can be sent again; a file is set back to where it was."""
    if body is None or isinstance(body, (bytes, bytearray, memoryview, str)):
        return True
    if place is None:
        return False
    try:
        body.seek(place)
    except (OSError, AttributeError):
        return False
    return True


def _is_whole(request: Any) -> bool:
    """Whether httpx holds the body and can send it again."""
    return hasattr(request, "_content")
