"""An access token, for programs that make their HTTP requests themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._handles import Handle, encoded, text
from ._library import READS

if TYPE_CHECKING:
    from datetime import datetime


class Token:
    """An access token. Take one for each request or batch of requests: it expires within the hour.

    Any number of threads may use it. The library's copy is wiped when the object goes; the texts that
    Python made of it are not.
    """

    __slots__ = ("_handle",)

    def __init__(self, handle: Handle) -> None:
        self._handle = handle

    @property
    def value(self) -> str:
        """The token itself."""
        return text("token_value", self._handle)

    @property
    def bearer(self) -> str:
        """The value of the Authorization header: ``Bearer …``."""
        return text("token_bearer", self._handle)

    @property
    def header(self) -> str:
        """The whole header line: ``Authorization: Bearer …``."""
        return text("token_header", self._handle)

    @property
    def expires_at(self) -> datetime:
        """When it expires by this machine's clock, in UTC. The client replaces it minutes before."""
        # Not at the top: a script that lists users starts faster without.
        from datetime import datetime, timedelta, timezone

        epoch = datetime(1970, 1, 1, tzinfo=timezone.utc)
        return epoch + timedelta(milliseconds=READS["token_expires_at_ms"](self._handle))

    @property
    def expires_in(self) -> float:
        """How long it is still good, in seconds; 0 once it has expired."""
        return float(READS["token_expires_in_ms"](self._handle)) / 1000

    @property
    def scope(self) -> str:
        """The scopes, separated by blanks, as the token endpoint listed them."""
        return text("token_scope", self._handle)

    def has_scope(self, scope: str) -> bool:
        """Whether the token endpoint listed this scope, or a classic one that includes it."""
        return bool(READS["token_has_scope"](self._handle, encoded("scope", scope)))

    def __repr__(self) -> str:
        return f"<Token, expires at {self.expires_at:%Y-%m-%d %H:%M:%SZ}>"
