"""Objects of the C library: made, passed on, freed once, and by the process that made them."""

from __future__ import annotations

import ctypes
import os
import sys
from ctypes import byref, c_size_t, c_void_p
from typing import Any, Callable, NoReturn, Optional

from . import _errors
from ._library import CALLS, FREES, READS


class Handle:
    """Owns one object of the library, and can be passed where that is wanted.

    Whoever calls with it holds a reference, so that it cannot be freed during a call; and no order in
    which Python lets go of things is wrong, since the library's objects hold what they need.
    """

    # Set last: what a signal's handler has interrupted in its making frees nothing.
    _process: Optional[int] = None

    def __init__(self, kind: str, address: int) -> None:
        self._free = FREES[kind]
        self._as_parameter_ = address
        self._process = os.getpid()

    # The defaults are still there when the interpreter has taken the modules apart.
    def __del__(
        self,
        getpid: Callable[[], int] = os.getpid,
        finalizing: Callable[[], bool] = sys.is_finalizing,
    ) -> None:
        # Not in a forked child, whose parent goes on with the object; and not when the process ends
        # anyway, with threads of it perhaps still in a call.
        if self._process == getpid() and not finalizing():
            self._free(self._as_parameter_)

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "objects of zoom_s2s cannot be pickled or copied: send their values to the other process, "
            "such as user.json(), and make a client there"
        )


def call(name: str, *arguments: Any) -> None:
    """Calls a function that hands out nothing."""
    error = c_void_p()
    if CALLS[name](*arguments, byref(error)):
        raise _taken(error)


def make_or_none(kind: str, name: str, *arguments: Any) -> Optional[Handle]:
    """Calls a function that may hand out an object of this kind."""
    made, error = c_void_p(), c_void_p()
    if CALLS[name](*arguments, byref(made), byref(error)):
        raise _taken(error)
    return None if made.value is None else Handle(kind, made.value)


def make(kind: str, name: str, *arguments: Any) -> Handle:
    """Calls a function that hands out an object of this kind."""
    made = make_or_none(kind, name, *arguments)
    if made is None:
        raise _errors.InternalError(f"zoom_s2s_{name} handed out nothing")
    return made


def data(name: str, *arguments: Any) -> bytes:
    """Reads bytes that a function gives by address and length."""
    length = c_size_t()
    address = READS[name](*arguments, byref(length))
    return ctypes.string_at(address, length.value)


def text(name: str, *arguments: Any) -> str:
    """Reads a text that ends with a NUL."""
    found: bytes = READS[name](*arguments)
    return found.decode()


def encoded(name: str, value: str) -> bytes:
    """A text for the library; ``name`` is what the caller knows it by."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    if "\0" in value:
        raise _errors.InvalidArgumentError(f"{name} contains U+0000")
    try:
        return value.encode()
    except UnicodeEncodeError:
        raise _errors.InvalidArgumentError(f"{name} contains half a surrogate pair") from None


def milliseconds(name: str, seconds: float) -> int:
    """A time for the library, at least a millisecond if it is above 0."""
    try:
        exact = float(seconds) * 1000
        rounded = max(1, round(exact)) if exact > 0 else int(exact)
    except (TypeError, ValueError, OverflowError):
        raise _errors.InvalidArgumentError(f"{name} must be a number of seconds") from None
    return whole(name, rounded, 64)


def whole(name: str, value: int, bits: int) -> int:
    """A whole number that the library can take; ctypes would cut off what is too long."""
    if not isinstance(value, int):
        raise TypeError(f"{name} must be an int, not {type(value).__name__}")
    if not -(1 << (bits - 1)) <= value < 1 << (bits - 1):
        raise _errors.InvalidArgumentError(f"{name} is out of range")
    return value


def number(name: str, words: dict[str, int], word: str) -> int:
    """The number of one of these words."""
    try:
        return words[word]
    except (KeyError, TypeError):
        raise _errors.InvalidArgumentError(f"{name} must be one of {', '.join(words)}") from None


def flag(name: str, value: bool) -> int:
    """Yes or no; any text would be a yes, "false" too."""
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be a bool, not {type(value).__name__}")
    return int(value)


def _taken(pointer: c_void_p) -> _errors.Error:
    if pointer.value is None:
        return _errors.InternalError("the library failed and did not say why")
    return _errors.read(Handle("error", pointer.value))
