"""Finds the C library, compares its ABI number, and declares its functions for ctypes."""

from __future__ import annotations

import ctypes
import os
import sys
from ctypes import POINTER, c_char_p, c_int32, c_int64, c_size_t, c_void_p
from typing import Any, Optional

#: The binary interface that this package was written for: the library's number must not be lower.
ABI = 2

if sys.platform == "win32":
    CARRIED, INSTALLED = "zoom_s2s.dll", "zoom_s2s.dll"
elif sys.platform == "darwin":
    CARRIED, INSTALLED = "libzoom_s2s.dylib", "libzoom_s2s.1.dylib"
else:
    CARRIED, INSTALLED = "libzoom_s2s.so", "libzoom_s2s.so.1"

OUT = POINTER(c_void_p)
_LENGTH = POINTER(c_size_t)

# What may wait for the network or a lock: called with the GIL released. All of these return a status,
# and take the place for an error last, which is left out here.
_CALLS: dict[str, tuple[Any, ...]] = {
    "config_new": (OUT,),
    "config_from_env": (OUT,),
    "config_jwt_from_env": (OUT,),
    "client_new": (c_void_p, OUT),
    "client_cancel": (c_void_p,),
    "client_shutdown": (c_void_p,),
    "client_status_json": (c_void_p, OUT),
    "client_token": (c_void_p, OUT),
    "client_refresh_token": (c_void_p, OUT),
    "client_reject_token": (c_void_p, c_char_p),
    "client_revoke_token": (c_void_p,),
    "users_query_new": (OUT,),
    "users_query_set_status": (c_void_p, c_int32),
    "users_query_set_page_size": (c_void_p, c_int32),
    "users_query_set_role_id": (c_void_p, c_char_p),
    "users_query_add_include_fields": (c_void_p, c_int32),
    "users_query_set_license": (c_void_p, c_int32),
    "users_query_set_timeout_ms": (c_void_p, c_int64),
    "users_query_set_max_passes": (c_void_p, c_int32),
    "client_list_users": (c_void_p, c_void_p, OUT),
    "client_user": (c_void_p, c_char_p, OUT),
    "users_pager_next": (c_void_p, OUT),
    "users_page_column": (c_void_p, c_int32, OUT, POINTER(POINTER(c_int64)), OUT),
    "users_page_member_json": (c_void_p, c_size_t, c_char_p, OUT),
    "request_new": (c_char_p, c_char_p, OUT),
    "request_set_segment": (c_void_p, c_char_p, c_char_p),
    "request_add_query": (c_void_p, c_char_p, c_char_p),
    "request_add_header": (c_void_p, c_char_p, c_char_p),
    "request_set_body": (c_void_p, c_char_p, c_size_t, c_char_p),
    "request_set_timeout_ms": (c_void_p, c_int64),
    "client_send": (c_void_p, c_void_p, OUT),
    "client_pages": (c_void_p, c_void_p, c_char_p, OUT),
    "entries_pager_set_max_passes": (c_void_p, c_int32),
    "entries_pager_next": (c_void_p, OUT),
}
for _text in (
    "account_id client_id client_secret account_id_file client_id_file client_secret_file "
    "api_key api_secret api_key_file api_secret_file "
    "oauth_url api_url ca_file proxy token_store user_agent"
).split():
    _CALLS["config_set_" + _text] = (c_void_p, c_char_p)
for _number in "cloud regional ca_only".split():
    _CALLS["config_set_" + _number] = (c_void_p, c_int32)
for _large in "timeout_ms connect_timeout_ms body_limit".split():
    _CALLS["config_set_" + _large] = (c_void_p, c_int64)
_CALLS["config_set_no_proxy"] = (c_void_p,)

# What only reads memory: faster with the GIL held. The result comes first.
_READS: dict[str, tuple[Any, ...]] = {
    "version": (c_char_p,),
    "abi": (c_int32,),
    "features": (c_char_p,),
    "stat_name": (c_char_p, c_int32),
    "user_field_name": (c_char_p, c_int32),
    "user_field_number": (c_int32, c_char_p),
    "user_field_kind": (c_int32, c_int32),
    "error_status": (c_int32, c_void_p),
    "error_http_status": (c_int32, c_void_p),
    "error_zoom_code": (c_int64, c_void_p),
    "error_retry_after_ms": (c_int64, c_void_p),
    "error_is_retryable": (c_int32, c_void_p),
    "error_in_doubt": (c_int32, c_void_p),
    "error_has_body": (c_int32, c_void_p),
    "error_body": (c_void_p, c_void_p, _LENGTH),
    "text_value": (c_void_p, c_void_p, _LENGTH),
    "client_stat": (c_int64, c_void_p, c_int32),
    "token_expires_at_ms": (c_int64, c_void_p),
    "token_expires_in_ms": (c_int64, c_void_p),
    "token_has_scope": (c_int32, c_void_p, c_char_p),
    "users_page_count": (c_size_t, c_void_p),
    "users_page_total_records": (c_int64, c_void_p),
    "users_page_json": (c_void_p, c_void_p, _LENGTH),
    "users_page_user_json": (c_void_p, c_void_p, c_size_t, _LENGTH),
    "response_status": (c_int32, c_void_p),
    "response_body": (c_void_p, c_void_p, _LENGTH),
    "response_header_count": (c_size_t, c_void_p),
    "response_header_name": (c_char_p, c_void_p, c_size_t),
    "response_header_value": (c_char_p, c_void_p, c_size_t),
    "entries_page_count": (c_size_t, c_void_p),
    "entries_page_total_records": (c_int64, c_void_p),
    "entries_page_entry_json": (c_void_p, c_void_p, c_size_t, _LENGTH),
    "entries_page_json": (c_void_p, c_void_p, _LENGTH),
}
for _pager in ("users_pager", "entries_pager"):
    _READS[_pager + "_total_records"] = (c_int64, c_void_p)
    _READS[_pager + "_changed"] = _READS[_pager + "_checked"] = (c_int32, c_void_p)
for _part in "text message hint oauth_error tracking_id missing_scopes".split():
    _READS["error_" + _part] = (c_char_p, c_void_p)
for _part in "value bearer header scope".split():
    _READS["token_" + _part] = (c_char_p, c_void_p)
_READS["response_tracking_id"] = (c_char_p, c_void_p)

# Of the calls with a status, those that only read a page. Releasing the GIL for them would let a thread
# that computes keep it for a switch interval, thousands of times as long as they take.
_HELD = ("users_page_column", "users_page_member_json")

_KINDS = (
    "error text config client token users_query users_page users_pager "
    "request response entries_page entries_pager"
).split()


def _find() -> str:
    carried = os.path.join(os.path.dirname(os.path.abspath(__file__)), CARRIED)
    if os.path.isfile(carried):
        return carried
    named = os.environ.get("ZOOM_S2S_LIBRARY")
    if named:
        return named
    return INSTALLED


def _check(path: str, library: ctypes.CDLL) -> None:
    abi: Optional[Any] = getattr(library, "zoom_s2s_abi", None)
    if abi is None:
        raise ImportError(f"{path} is not the zoom_s2s library: it has no function zoom_s2s_abi")
    abi.restype, abi.argtypes = c_int32, ()
    if abi() < ABI:
        raise ImportError(
            f"the zoom_s2s library {path} is too old for this package: its ABI number is {abi()}, "
            f"and at least {ABI} is needed. Install a newer library, or a wheel that carries one."
        )


def _load() -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    path = _find()
    try:
        released, held = ctypes.CDLL(path), ctypes.PyDLL(path)
    except OSError as error:
        raise ImportError(
            f"the zoom_s2s library cannot be loaded ({error}). Install a wheel of this package, which "
            "carries it, or the C library (make install), or name it in ZOOM_S2S_LIBRARY."
        ) from None
    _check(path, released)

    def declare(library: ctypes.CDLL, name: str, result: Any, arguments: tuple[Any, ...]) -> Any:
        function = library["zoom_s2s_" + name]
        function.restype, function.argtypes = result, arguments
        return function

    calls = {
        name: declare(held if name in _HELD else released, name, c_int32, (*inputs, OUT))
        for name, inputs in _CALLS.items()
    }
    reads = {name: declare(held, name, types[0], types[1:]) for name, types in _READS.items()}
    # Freeing a client closes connections.
    frees = {kind: declare(released, kind + "_free", None, (c_void_p,)) for kind in _KINDS}
    return calls, reads, frees


CALLS, READS, FREES = _load()
