"""One exception for each status of the library."""

from __future__ import annotations

import ctypes
from ctypes import byref, c_size_t
from typing import TYPE_CHECKING, Optional

from ._library import READS

if TYPE_CHECKING:
    from ._handles import Handle


class Error(Exception):
    """What went wrong in one call. ``str(error)`` is everything a person needs, over several lines.

    No secret and no token is part of it. Can be pickled.
    """

    #: Number of the status, see ``zoom_s2s_status`` in zoom_s2s.h.
    status: int = 90
    #: What happened, in one line.
    message: str = ""
    #: What to do next; "" where there is nothing to add.
    hint: str = ""
    #: HTTP status of the answer behind the error, if there was one.
    http_status: Optional[int] = None
    #: Zoom's own error code from the answer's body, such as 124, 300 or 1001.
    zoom_code: Optional[int] = None
    #: OAuth error code of the token endpoint, such as "invalid_client".
    oauth_error: Optional[str] = None
    #: How long to wait before trying again, in seconds, where that is known.
    retry_after: Optional[float] = None
    #: Whether the same call may succeed later without anybody changing anything.
    is_retryable: bool = False
    #: Whether Zoom may have carried the request out although it failed here.
    in_doubt: bool = False
    #: What Zoom's support asks for.
    tracking_id: Optional[str] = None
    #: The scopes that the app lacks, in Zoom's spelling.
    missing_scopes: tuple[str, ...] = ()
    #: Body of the API's answer, at most its first 1048576 bytes.
    body: Optional[bytes] = None

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.message = text.partition("\n")[0]


class InvalidArgumentError(Error, ValueError):
    """A value given to the call cannot be used; the message names it. Nothing was sent."""

    status = 1


class ConfigError(Error):
    """The settings do not make a client: a missing variable, an unreadable file."""

    status = 2


class NetworkError(Error):
    """No connection, or it broke."""

    status = 10


class TLSError(Error):
    """The TLS handshake failed: unknown issuer, wrong name, expired certificate."""

    status = 11


class TimedOutError(Error, TimeoutError):
    """The call's deadline passed before Zoom answered. Also Python's own TimeoutError."""

    status = 12


class CancelledError(Error):
    """``Client.cancel`` ended this call. The client still works."""

    status = 13


class ShutdownError(Error):
    """The client was shut down or closed. Make a new one."""

    status = 14


class CredentialsError(Error):
    """The token endpoint refused the credentials. A person has to change them, or the app."""

    status = 20


class UnauthorizedError(Error):
    """The API kept refusing freshly issued tokens."""

    status = 21


class MissingScopeError(Error):
    """The app lacks a scope: ``missing_scopes``. Only tokens issued after it was added carry it."""

    status = 22


class ForbiddenError(Error):
    """The role or the plan of the account does not permit the call."""

    status = 23


class NotFoundError(Error):
    """The user or other thing asked for does not exist in this account."""

    status = 30


class RateLimitedError(Error):
    """A rate limit was met; ``retry_after`` where Zoom told."""

    status = 31


class ServerError(Error):
    """Zoom answered with HTTP 5xx, also after retries."""

    status = 32


class RejectedError(Error):
    """Zoom understood the request and refused it; the message is Zoom's own."""

    status = 33


class BadResponseError(Error):
    """The answer is not what Zoom's API sends; usually a proxy stands between."""

    status = 40


class TooLargeError(Error):
    """The answer is larger than the limit for one body."""

    status = 41


class IncompleteError(Error):
    """A listing ended with fewer entries than Zoom said there are. What arrived was delivered."""

    status = 42


class StoreError(Error):
    """The token store cannot be used, and its URL has the option strict."""

    status = 50


class InternalError(Error):
    """A defect of the library, or a status that this package does not know."""

    status = 90


#: The exception of each status.
BY_STATUS: dict[int, type[Error]] = {kind.status: kind for kind in Error.__subclasses__()}

for _kind in (Error, *BY_STATUS.values()):
    _kind.__module__ = __package__  # where people import it from, and what a traceback shows


def read(handle: Handle) -> Error:
    """The exception for an error of the library."""
    status: int = READS["error_status"](handle)
    error = BY_STATUS.get(status, InternalError)(READS["error_text"](handle).decode())
    error.status = status
    error.message = READS["error_message"](handle).decode()
    error.hint = READS["error_hint"](handle).decode()
    error.http_status = READS["error_http_status"](handle) or None
    error.zoom_code = READS["error_zoom_code"](handle) or None
    error.oauth_error = READS["error_oauth_error"](handle).decode() or None
    wait: int = READS["error_retry_after_ms"](handle)
    error.retry_after = None if wait < 0 else wait / 1000
    error.is_retryable = bool(READS["error_is_retryable"](handle))
    error.in_doubt = bool(READS["error_in_doubt"](handle))
    error.tracking_id = READS["error_tracking_id"](handle).decode() or None
    error.missing_scopes = tuple(READS["error_missing_scopes"](handle).decode().split())
    if READS["error_has_body"](handle):
        length = c_size_t()
        error.body = ctypes.string_at(READS["error_body"](handle, byref(length)), length.value)
    return error
