"""The client: a token that is renewed and shared, connections, and the calls."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NoReturn, Optional, Union

from . import response as _response
from ._errors import ShutdownError
from ._handles import Handle, call, data, encoded, make
from ._interrupt import interruptible
from ._library import READS
from .entries import Entries
from .response import Body, Query, Response, Value
from .settings import Settings, apply
from .token import Token
from .users import User, Users, UsersPage

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self, Unpack

_TOKENS_REJECTED = 4  # of zoom_s2s_stat
#: A token that is good for longer than this, in milliseconds, is never renewed yet.
_FRESH_MS = 600_000


class Client:
    """A client for one app of one Zoom account.

    Make one and share it: any number of threads may use it at a time, and forked processes go on with
    it. Each call has one deadline, ``timeout`` in seconds (30), which covers everything: waiting for a
    token, retries, the whole answer. Ctrl-C ends a pending call of the main thread at once, and with
    it those that other threads have pending on this client, which get CancelledError.
    """

    def __init__(self, **settings: Unpack[Settings]) -> None:
        """A client with these settings; see ``Settings``. Nothing is sent yet."""
        self._open(make("config", "config_new"), settings)

    def _open(self, config: Handle, settings: Settings) -> None:
        apply(config, settings)
        self._made: Optional[Handle] = make("client", "client_new", config)
        # How many tokens had been rejected when a fresh one was seen, and that one.
        self._fresh: tuple[int, Optional[Token]] = (-1, None)

    @classmethod
    def from_env(cls, **settings: Unpack[Settings]) -> Self:
        """A client of ZOOM_ACCOUNT_ID, ZOOM_CLIENT_ID, ZOOM_CLIENT_SECRET (each also with _FILE), and
        of the ZOOM_S2S_… variables. The settings given here win."""
        return cls._from("config_from_env", settings)

    @classmethod
    def jwt_from_env(cls, **settings: Unpack[Settings]) -> Self:
        """A client of the retired JWT way: ZOOM_API_KEY and ZOOM_API_SECRET."""
        return cls._from("config_jwt_from_env", settings)

    @classmethod
    def _from(cls, function: str, settings: Settings) -> Self:
        client = cls.__new__(cls)
        client._open(make("config", function), settings)
        return client

    @property
    def _handle(self) -> Handle:
        handle = self._made
        if handle is None:
            raise ShutdownError("the client is closed: make a new one")
        return handle

    def users(
        self,
        *,
        status: Optional[str] = None,
        page_size: Optional[int] = None,
        role_id: Optional[str] = None,
        include_fields: Union[str, Iterable[str]] = (),
        license: Optional[str] = None,
        timeout: Optional[float] = None,
        max_passes: Optional[int] = None,
    ) -> Users:
        """Lists users: ``for user in client.users(status="all")``.

        status: "active" (Zoom's default), "inactive", "pending" or "all".
        page_size: users a page, 1 to 2000.
        include_fields: "custom_attributes", "host_key", or both.
        license: only holders of "zoom_workforce_management" or "zoom_compliance_management".
        timeout: deadline of each page's request in seconds.
        max_passes: how often a status is listed at most while the account changes, 1 to 5 (3).
        """
        return Users(
            self._handle,
            status=status,
            page_size=page_size,
            role_id=role_id,
            include_fields=include_fields,
            license=license,
            timeout=timeout,
            max_passes=max_passes,
        )

    def user(self, id_or_email: str) -> User:
        """One user; NotFoundError if there is none."""
        handle, which = self._handle, encoded("id_or_email", id_or_email)
        page = interruptible(handle, lambda: make("users_page", "client_user", handle, which))
        return UsersPage(page)[0]

    def pages(
        self,
        path: str,
        key: str,
        *,
        query: Optional[Query] = None,
        segments: Optional[Mapping[str, Value]] = None,
        headers: Optional[Mapping[str, str]] = None,
        timeout: Optional[float] = None,
        max_passes: Optional[int] = None,
    ) -> Entries:
        """Lists whatever Zoom pages by next_page_token; ``key`` names the array in its answers.

            for meeting in zoom.pages("/users/{userId}/meetings", "meetings", segments={"userId": "me"}):
                print(meeting["topic"])

        timeout: deadline of each page's request in seconds.
        max_passes: how often the list is read at most while it changes, 1 to 5 (3).
        """
        request = _response.request(
            "GET", path, query=query, segments=segments, headers=headers, timeout=timeout
        )
        return Entries(self._handle, request, key, max_passes)

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Optional[Query] = None,
        segments: Optional[Mapping[str, Value]] = None,
        json: Any = None,
        body: Optional[Body] = None,
        content_type: Optional[str] = None,
        headers: Optional[Mapping[str, str]] = None,
        timeout: Optional[float] = None,
    ) -> Response:
        """Sends a request to any endpoint; an answer other than 2xx is an exception with its body.

        path: below the API's base, such as "/users/{userId}"; ``segments`` fills in what is in braces.
        json: what to send as JSON; or ``body`` with its ``content_type``.
        timeout: deadline in seconds instead of the client's.
        """
        handle = self._handle
        request = _response.request(
            method,
            path,
            query=query,
            segments=segments,
            json=json,
            body=body,
            content_type=content_type,
            headers=headers,
            timeout=timeout,
        )
        return Response(interruptible(handle, lambda: make("response", "client_send", handle, request)))

    def token(self) -> Token:
        """A token: the held one, or a new one when there is none or it is about to expire."""
        handle = self._handle
        rejected, seen = self._fresh
        now: int = READS["client_stat"](handle, _TOKENS_REJECTED)
        if now == rejected and seen is not None and seen.expires_in * 1000 > _FRESH_MS:
            # The client has it at hand: no need for a call that can be interrupted.
            return Token(make("token", "client_token", handle))
        token = Token(interruptible(handle, lambda: make("token", "client_token", handle)))
        self._fresh = (now, token)
        return token

    def refresh_token(self) -> Token:
        """A new token although the held one is good: only that carries scopes added meanwhile."""
        handle = self._handle
        return Token(interruptible(handle, lambda: make("token", "client_refresh_token", handle)))

    def reject_token(self, value: str) -> None:
        """Tells that Zoom refused this token (its value, bearer or header) in a request of yours.

        The next ``token()`` gives a better one. Every thread that met the refusal may say so.
        """
        call("client_reject_token", self._handle, encoded("value", value))

    def revoke_token(self) -> None:
        """Tells Zoom to forget the held token. Everybody who shares it loses it."""
        handle = self._handle
        self._fresh = (-1, None)
        interruptible(handle, lambda: call("client_revoke_token", handle))

    @property
    def stats(self) -> dict[str, int]:
        """How often what has happened since the client was made."""
        handle, found = self._handle, {}
        for number in range(1, 1000):
            name: bytes = READS["stat_name"](number)
            if not name:
                break
            found[name.decode()] = READS["client_stat"](handle, number)
        return found

    @property
    def status(self) -> dict[str, Any]:
        """The client's state, for people and monitoring: store (store_strict, store_error), token age,
        counters, last warning, where requests go (oauth_url, api_url) and through which proxy
        (oauth_proxy, api_proxy), and how far Zoom's clock is ahead of this machine's (clock_offset_ms).
        """
        text = make("text", "client_status_json", self._handle)
        found: dict[str, Any] = jsonlib.loads(data("text_value", text))
        return found

    def cancel(self) -> None:
        """Ends every call pending now, with CancelledError. From any thread; the client lives on."""
        call("client_cancel", self._handle)

    def shutdown(self) -> None:
        """Ends every pending call and refuses all later ones, with ShutdownError. From any thread."""
        call("client_shutdown", self._handle)

    def close(self) -> None:
        """Shuts down, and frees the client as soon as no call uses it any more. May come again."""
        handle, self._made = self._made, None
        if handle is not None:
            self._fresh = (-1, None)
            call("client_shutdown", handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.close()

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a client cannot be pickled or copied: it holds secrets. Make one in each process, with "
            "one token store for all: Client.from_env(token_store='file:/run/app/zoom-token')"
        )

    def __repr__(self) -> str:
        return "<Client, closed>" if self._made is None else "<Client>"
