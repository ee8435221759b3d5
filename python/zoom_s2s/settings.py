"""What a client can be told, besides the environment."""

from __future__ import annotations

from typing import Any, TypedDict, cast

from ._handles import Handle, call, encoded, flag, milliseconds, number, whole

CLOUDS = {"commercial": 1, "government": 2}
_FLAGS = ("regional", "ca_only")
_SECONDS = ("timeout", "connect_timeout")


class Settings(TypedDict, total=False):
    """The settings of a client; each is explained in zoom_s2s.h at ``zoom_s2s_config_set_…``."""

    account_id: str
    client_id: str
    client_secret: str
    #: Files that hold the credentials, read again at every token request.
    account_id_file: str
    client_id_file: str
    client_secret_file: str
    #: Credentials of a retired JWT app.
    api_key: str
    api_secret: str
    api_key_file: str
    api_secret_file: str
    #: "commercial" (the default) or "government".
    cloud: str
    oauth_url: str
    api_url: str
    #: Whether requests go to the nearer host that the token names. Default: False.
    regional: bool
    #: Deadline of each call in seconds, retries included. Default: 30.
    timeout: float
    #: Longest time for opening a connection in seconds. Default: 10.
    connect_timeout: float
    #: PEM file of authorities to trust besides the system's.
    ca_file: str
    ca_only: bool
    #: http://[user:password@]host[:port]; "" connects directly, whatever the environment says.
    proxy: str
    #: "memory:", "file:PATH", "redis://HOST" and so on. Default: "memory:".
    token_store: str
    #: Longest answer taken, in bytes. Default: 64 MiB.
    body_limit: int
    #: A name for your program, such as "report/1.4".
    user_agent: str


def apply(config: Handle, settings: Settings) -> None:
    """Puts the settings into a config."""
    for name, value in cast("dict[str, Any]", settings).items():
        if name not in Settings.__annotations__:
            raise TypeError(f"there is no setting {name!r}")
        if name == "cloud":
            call("config_set_cloud", config, number("cloud", CLOUDS, value))
        elif name in _FLAGS:
            call("config_set_" + name, config, flag(name, value))
        elif name in _SECONDS:
            call(f"config_set_{name}_ms", config, milliseconds(name, value))
        elif name == "body_limit":
            call("config_set_body_limit", config, whole(name, value, 64))
        elif name == "proxy" and value == "":
            call("config_set_no_proxy", config)
        else:
            call("config_set_" + name, config, encoded(name, value))
