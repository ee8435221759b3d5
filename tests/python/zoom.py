"""As much of the library as the tests need, with ctypes alone."""
import os
from ctypes import CDLL, POINTER, byref, c_char_p, c_int32, c_size_t, c_void_p

OUT = POINTER(c_void_p)
EMAIL = 2  # ZOOM_S2S_USER_EMAIL
library = CDLL(os.environ["ZOOM_S2S_LIBRARY"])


def function(name, result, *arguments):
    found = library["zoom_s2s_" + name]
    found.restype, found.argtypes = result, arguments
    return found


error_text = function("error_text", c_char_p, c_void_p)
count = function("users_page_count", c_size_t, c_void_p)
text = function("users_page_text", c_char_p, c_void_p, c_size_t, c_int32, c_void_p)
value = function("token_value", c_char_p, c_void_p)
FREE = {
    kind: function(kind + "_free", None, c_void_p)
    for kind in ("client", "token", "users_pager", "users_page", "request", "response", "error")
}
MAKE = {
    "client_from_env": function("client_from_env", c_int32, OUT, OUT),
    "client_token": function("client_token", c_int32, c_void_p, OUT, OUT),
    "client_list_users": function("client_list_users", c_int32, c_void_p, c_void_p, OUT, OUT),
    "users_pager_next": function("users_pager_next", c_int32, c_void_p, OUT, OUT),
    "request_new": function("request_new", c_int32, c_char_p, c_char_p, OUT, OUT),
    "client_send": function("client_send", c_int32, c_void_p, c_void_p, OUT, OUT),
}


def make(name, *inputs):
    made, error = c_void_p(), c_void_p()
    if MAKE[name](*inputs, byref(made), byref(error)):
        message = error_text(error).decode()
        FREE["error"](error)
        raise RuntimeError(message)
    return made


def token_and_call(client):
    token = make("client_token", client)
    assert len(value(token)) > 100
    FREE["token"](token)
    request = make("request_new", b"GET", b"/users")
    FREE["response"](make("client_send", client, request))
    FREE["request"](request)


def users(client):
    """How many users are on the first page, and the first one's e-mail address."""
    pager = make("client_list_users", client, None)
    page = make("users_pager_next", pager)
    found = count(page), text(page, 0, EMAIL, None).decode()
    FREE["users_page"](page)
    FREE["users_pager"](pager)
    return found
