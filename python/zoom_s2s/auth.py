"""The token for requests and httpx, neither of which is imported here."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import AsyncGenerator, Generator
from functools import partial
from typing import Any, Optional
from urllib.parse import urlsplit

from .client import Client
from .token import Token

_REJECTED, _MISSING_SCOPE = 124, (4700, 4711)  # Zoom's codes

_default: Optional[Client] = None
_lock = threading.Lock()


def default_client() -> Client:
    """The client of this process, made of the environment when it is first wanted."""
    global _default
    if _default is None:
        with _lock:
            if _default is None:
                _default = Client.from_env()
    return _default


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
        token = self._put(request)
        if hasattr(request, "register_hook"):
            origin = _origin(request.url)
            body = getattr(request.body, "tell", None)
            place = body() if body is not None else None
            request.register_hook("response", partial(self._answered, token, origin, place))
        return request

    def _answered(
        self, token: Token, origin: tuple[str, str], place: Optional[int], answer: Any, **how: Any
    ) -> Any:
        sent = answer.request
        # After a redirect, it is somebody else who refuses, or who got no token at all.
        if sent.headers.get("Authorization") != token.bearer or _origin(sent.url) != origin:
            return answer
        if not _refused(answer.status_code, lambda: answer.content):
            return answer
        self.client.reject_token(token.value)
        if not _rewound(sent.body, place):
            return answer
        answer.content  # noqa: B018 - so that the connection can be used again
        answer.close()
        again = sent.copy()
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
        token = self._put(request)
        answer = yield request
        if _refused(answer.status_code, answer.read):
            self.client.reject_token(token.value)
            if _is_whole(request):
                self._put(request)
                yield request

    auth_flow = sync_auth_flow

    async def async_auth_flow(self, request: Any) -> AsyncGenerator[Any, Any]:
        """What httpx.AsyncClient runs, under asyncio or trio."""
        from anyio import to_thread  # comes with httpx

        token = await to_thread.run_sync(self._put, request)
        answer = yield request
        if answer.status_code >= 400:
            await answer.aread()
        if _refused(answer.status_code, lambda: answer.content):
            self.client.reject_token(token.value)
            if _is_whole(request):
                await to_thread.run_sync(self._put, request)
                yield request

    def _put(self, request: Any) -> Token:
        token = self.client.token()
        request.headers["Authorization"] = token.bearer
        return token

    def __reduce__(self) -> Any:
        return Auth, (self._client,)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _refused(status: int, body: Any) -> bool:
    """Whether an answer says that the token is no good; the same rule as in the library."""
    if not 400 <= status < 500:
        return False
    try:
        code = json.loads(body()).get("code")
    except (ValueError, AttributeError):
        code = None
    return (status == 401 and code not in _MISSING_SCOPE) or code == _REJECTED


def _rewound(body: Any, place: Optional[int]) -> bool:
    """Whether a body of requests can be sent again; a file is set back to where it was."""
    if body is None or isinstance(body, (bytes, str)):
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
