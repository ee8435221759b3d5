"""Zoom's Server-to-Server OAuth: one shared token that is renewed and recovered, and the calls on it.

    from zoom_s2s import Client

    with Client.from_env() as zoom:
        for user in zoom.users(status="all"):
            print(user.email, user.id or "(pending)")

Unofficial: this project does not belong to Zoom.
"""

from ._errors import (
    BadResponseError,
    CancelledError,
    ConfigError,
    CredentialsError,
    Error,
    ForbiddenError,
    IncompleteError,
    InternalError,
    InvalidArgumentError,
    MissingScopeError,
    NetworkError,
    NotFoundError,
    RateLimitedError,
    RejectedError,
    ServerError,
    ShutdownError,
    StoreError,
    TimedOutError,
    TLSError,
    TooLargeError,
    UnauthorizedError,
)
from ._library import READS as _READS
from .auth import Auth, default_client
from .client import Client
from .entries import Entries, EntriesPage
from .response import Response
from .settings import Settings
from .token import Token
from .users import User, Users, UsersPage

__version__ = "0.1.0"

#: Version of the C library that runs.
library_version: str = _READS["version"]().decode()

__all__ = [
    "Auth",
    "BadResponseError",
    "CancelledError",
    "Client",
    "ConfigError",
    "CredentialsError",
    "Entries",
    "EntriesPage",
    "Error",
    "ForbiddenError",
    "IncompleteError",
    "InternalError",
    "InvalidArgumentError",
    "MissingScopeError",
    "NetworkError",
    "NotFoundError",
    "RateLimitedError",
    "RejectedError",
    "Response",
    "ServerError",
    "Settings",
    "ShutdownError",
    "StoreError",
    "TLSError",
    "TimedOutError",
    "Token",
    "TooLargeError",
    "UnauthorizedError",
    "User",
    "Users",
    "UsersPage",
    "default_client",
]
