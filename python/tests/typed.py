"""What mypy must be able to follow in a program of a user's; never run."""

from __future__ import annotations

from datetime import datetime
from typing import Optional

import httpx
import requests

import zoom_s2s


def report() -> list[tuple[Optional[str], Optional[int]]]:
    with zoom_s2s.Client.from_env(token_store="memory:", timeout=2.5) as zoom:
        expires: datetime = zoom.token().expires_at
        print(expires, zoom.stats["retries"], zoom.send("GET", "/users").json())
        return [(user.email, user.type) for user in zoom.users(status="all")]


class Own(zoom_s2s.Client):
    """Made by the same constructors."""


def both() -> Own:
    requests.get("https://api.zoom.us/v2/users", auth=zoom_s2s.Auth(), timeout=30)
    httpx.get("https://api.zoom.us/v2/users", auth=zoom_s2s.Auth())
    try:
        return Own.from_env()
    except zoom_s2s.RateLimitedError as error:
        wait: Optional[float] = error.retry_after
        raise SystemExit(wait) from None


zoom_s2s.Client(acount_id="x")  # type: ignore[call-arg]
