"""Requests to any endpoint, and their answers."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Iterable, Mapping
from typing import Any, Optional, Union

from ._errors import InvalidArgumentError
from ._handles import Handle, call, data, encoded, make, milliseconds, text
from ._library import READS

Value = Union[str, int, float, bool]
#: A mapping, or pairs where a name comes more than once. None leaves a parameter out.
Query = Union[Mapping[str, Optional[Value]], Iterable[tuple[str, Optional[Value]]]]
Body = Union[bytes, bytearray, memoryview]


class Response:
    """A successful answer (HTTP 2xx); any other is an exception that carries the body."""

    __slots__ = ("body", "headers", "status", "tracking_id")

    def __init__(self, handle: Handle) -> None:
        #: HTTP status, 200 to 299.
        self.status: int = READS["response_status"](handle)
        #: Headers by their names in lower case; those of one name are joined by ", ".
        self.headers: dict[str, str] = {}
        for index in range(READS["response_header_count"](handle)):
            name = text("response_header_name", handle, index)
            value = text("response_header_value", handle, index)
            self.headers[name] = f"{self.headers[name]}, {value}" if name in self.headers else value
        #: The body after decompression; b"" where Zoom sent none.
        self.body: bytes = data("response_body", handle)
        #: What Zoom's support asks for; "" if there was none.
        self.tracking_id: str = text("response_tracking_id", handle)

    def json(self) -> Any:
        """The body as JSON; None if there is no body."""
        return jsonlib.loads(self.body) if self.body else None

    def __repr__(self) -> str:
        return f"<Response {self.status}, {len(self.body)} bytes>"


def request(
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
) -> Handle:
    """A request of the library; see ``Client.send``."""
    made = make("request", "request_new", encoded("method", method), encoded("path", path))
    for name, value in (segments or {}).items():
        call("request_set_segment", made, encoded("segments", name), _written(name, value))
    pairs = query.items() if isinstance(query, Mapping) else query or ()
    for name, parameter in pairs:
        if parameter is not None:
            call("request_add_query", made, encoded("query", name), _written(name, parameter))
    for name, header in (headers or {}).items():
        call("request_add_header", made, encoded("headers", name), encoded(name, header))
    if json is not None:
        if body is not None:
            raise InvalidArgumentError("json and body are two bodies: give one of them")
        body, content_type = jsonlib.dumps(json).encode(), content_type or "application/json"
    if body is not None:
        kind = encoded("content_type", content_type or "application/octet-stream")
        content = _bytes("body", body)
        call("request_set_body", made, content, len(content), kind)
    if timeout is not None:
        call("request_set_timeout_ms", made, milliseconds("timeout", timeout))
    return made


def _bytes(name: str, value: Body) -> bytes:
    # An int would be a body of that many zeros.
    if not isinstance(value, (bytes, bytearray, memoryview)):
        raise TypeError(f"{name} must be bytes, not {type(value).__name__}")
    return bytes(value)


def _written(name: str, value: Value) -> bytes:
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if isinstance(value, (int, float)):
        return str(value).encode()
    return encoded(name, value)
