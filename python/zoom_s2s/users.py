"""Users of the account, page by page, read by columns."""

from __future__ import annotations

import ctypes
import json as jsonlib
from collections.abc import Iterable, Iterator, Sequence
from ctypes import POINTER, byref, c_int64, c_void_p
from functools import cache
from itertools import compress, repeat
from typing import TYPE_CHECKING, Any, Callable, Generic, Optional, TypeVar, Union, overload

from ._errors import InvalidArgumentError
from ._handles import Handle, call, data, encoded, make, make_or_none, milliseconds, number, whole
from ._library import READS
from ._listing import Listing, Page

STATUSES = {"active": 1, "inactive": 2, "pending": 3, "all": 4}
INCLUDE_FIELDS = {"custom_attributes": 1, "host_key": 2}
LICENSES = {"zoom_workforce_management": 1, "zoom_compliance_management": 2}
_NUMBER, _LIST = 2, 3  # of zoom_s2s_field_kind
_Offsets = POINTER(c_int64)
#: Makes 1 of the '0' of a row without a value, and 0 of the '1' of the others.
_ABSENT = bytes.maketrans(b"01", b"\1\0")
#: Most columns of numbers hold few and small ones, and looking those up is faster than reading them.
_FEW: dict[str, Optional[int]] = {"": None, **{str(few): few for few in range(100)}}


T = TypeVar("T")


@cache
def _known(field: str) -> tuple[int, int]:
    """Number and kind of a text or number field."""
    known: int = READS["user_field_number"](encoded("field", field))
    kind: int = READS["user_field_kind"](known)
    if kind in (0, _LIST):
        raise InvalidArgumentError(f"{field!r} is not a text or number field of a user")
    return known, kind


class _Field(Generic[T]):
    """Declares a text or number field, and makes a property of it: what Python calls with the least steps."""

    def __set_name__(self, owner: type, name: str) -> None:
        setattr(owner, name, property(self._reader(name)))

    def _reader(self, name: str) -> Callable[[User], Any]:
        def read(user: User) -> Any:
            try:
                return user._page._columns[name][user._row]
            except KeyError:
                pass  # the first of its page; errors of reading the column are not about this one
            return user._page.column(name)[user._row]

        return read

    if TYPE_CHECKING:

        @overload
        def __get__(self, user: None, owner: type) -> _Field[T]: ...
        @overload
        def __get__(self, user: User, owner: type) -> Optional[T]: ...
        def __get__(self, user: Optional[User], owner: type) -> Union[_Field[T], Optional[T]]: ...


class _List(_Field[list[Any]]):
    """A list field: texts, or objects as Zoom sent them."""

    def _reader(self, name: str) -> Callable[[User], Any]:
        def read(user: User) -> Any:
            value = user.get(name)
            return value if isinstance(value, list) else None

        return read


_Text, _Number = _Field[str], _Field[int]


class User:
    """A user, with one attribute for each field in Zoom's words; None for what Zoom did not send.

    Dates are texts as Zoom sent them. A member that has no attribute here is reached with ``get``.
    A user keeps its page in memory. Any number of threads may use it.
    """

    __slots__ = ("_page", "_row")

    #: Pending users have none.
    id = _Text()
    email = _Text()
    #: The plan type: 1 Basic, 2 Licensed, 4 Unassigned, 99 None.
    type = _Number()
    first_name = _Text()
    last_name = _Text()
    display_name = _Text()
    #: active, inactive or pending.
    status = _Text()
    #: The personal meeting ID.
    pmi = _Number()
    timezone = _Text()
    dept = _Text()
    language = _Text()
    phone_number = _Text()
    pic_url = _Text()
    vanity_url = _Text()
    cluster = _Text()
    created_at = _Text()
    user_created_at = _Text()
    last_login_time = _Text()
    last_client_version = _Text()
    employee_unique_id = _Text()
    #: Where ``include_fields`` asked for it.
    host_key = _Text()
    role_id = _Text()
    plan_united_type = _Text()
    #: 1 if the e-mail address is verified, else 0.
    verified = _Number()
    group_ids = _List()
    im_group_ids = _List()
    division_ids = _List()
    #: Where ``include_fields`` asked for it.
    custom_attributes = _List()
    license_info_list = _List()

    def __init__(self, page: UsersPage, row: int) -> None:
        self._page = page
        self._row = row

    def __eq__(self, other: object) -> bool:
        """Whether both are the same row of the same page; the same person in two listings is not."""
        if not isinstance(other, User):
            return NotImplemented
        return self._page is other._page and self._row == other._row

    def __hash__(self) -> int:
        return hash((id(self._page), self._row))

    def get(self, name: str, default: Any = None) -> Any:
        """Any member, read from the user's JSON at each call."""
        member = make_or_none(
            "text",
            "users_page_member_json",
            self._page._handle,
            self._row,
            encoded("name", name),
        )
        return default if member is None else jsonlib.loads(data("text_value", member))

    @property
    def raw(self) -> bytes:
        """The user's JSON exactly as received."""
        return data("users_page_user_json", self._page._handle, self._row)

    def json(self) -> dict[str, Any]:
        """All that Zoom sent of this user; a plain dict, also to be sent to another process."""
        found: dict[str, Any] = jsonlib.loads(self.raw)
        return found

    def __repr__(self) -> str:
        return f"<User {self.email} {self.id or '(pending)'}>"


class UsersPage(Page, Sequence[User]):
    """A page of users. Any number of threads may use it."""

    _kind = "users"

    def __init__(self, handle: Handle) -> None:
        super().__init__(handle)
        self._columns: dict[str, list[Any]] = {}

    def __iter__(self) -> Iterator[User]:
        return map(User, repeat(self), range(self._count))

    @overload
    def __getitem__(self, row: int) -> User: ...
    @overload
    def __getitem__(self, row: slice) -> list[User]: ...
    def __getitem__(self, row: Union[int, slice]) -> Union[User, list[User]]:
        rows = range(self._count)[row]
        return User(self, rows) if isinstance(rows, int) else [User(self, each) for each in rows]

    def column(self, field: str) -> list[Any]:
        """A text or number field of all users of the page; None for those who have none.

        The fastest way to read: ``for email in page.column("email")``. Do not change the list.
        """
        column = self._columns.get(field)
        if column is None:
            column = self._columns[field] = self._read(field)
        return column

    def _read(self, field: str) -> list[Any]:
        known, kind = _known(field)
        texts, present, offsets = c_void_p(), c_void_p(), _Offsets()
        call("users_page_column", self._handle, known, byref(texts), byref(offsets), byref(present))
        # The offset behind the last row is the length of all texts.
        whole_text = ctypes.string_at(texts.value or 0, offsets[self._count])
        values: list[Any] = whole_text.decode().split("\0")
        del values[self._count :]
        if kind == _NUMBER:
            try:
                return list(map(_FEW.__getitem__, values))
            except KeyError:
                return [int(value) if value else None for value in values]
        there = ctypes.string_at(present.value or 0, self._count)
        if b"0" in there:
            for row in compress(range(self._count), there.translate(_ABSENT)):
                values[row] = None
        return values


class Users(Listing[UsersPage, User]):
    """A listing of users: each ``for`` over it begins anew. Complete, or an exception at the end.

    One thread at a time for each ``for``. After an exception, Ctrl-C included, begin a new one.
    """

    _page = UsersPage

    def __init__(
        self,
        client: Handle,
        *,
        status: Optional[str] = None,
        page_size: Optional[int] = None,
        role_id: Optional[str] = None,
        include_fields: Union[str, Iterable[str]] = (),
        license: Optional[str] = None,
        timeout: Optional[float] = None,
        max_passes: Optional[int] = None,
    ) -> None:
        calls: list[tuple[str, Any]] = []
        if status is not None:
            calls.append(("set_status", number("status", STATUSES, status)))
        if page_size is not None:
            calls.append(("set_page_size", whole("page_size", page_size, 32)))
        if role_id is not None:
            calls.append(("set_role_id", encoded("role_id", role_id)))
        for field in (include_fields,) if isinstance(include_fields, str) else include_fields:
            wanted = number("include_fields", INCLUDE_FIELDS, field)
            calls.append(("add_include_fields", wanted))
        if license is not None:
            calls.append(("set_license", number("license", LICENSES, license)))
        if timeout is not None:
            calls.append(("set_timeout_ms", milliseconds("timeout", timeout)))
        if max_passes is not None:
            calls.append(("set_max_passes", whole("max_passes", max_passes, 32)))
        self._calls = calls
        super().__init__(client)

    def _begin(self) -> Handle:
        query = make("users_query", "users_query_new")
        for name, value in self._calls:
            call("users_query_" + name, query, value)
        return make("users_pager", "client_list_users", self._client, query)
