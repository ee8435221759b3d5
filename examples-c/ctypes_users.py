"""Takes a token and prints the e-mail address of every active user, with ctypes alone."""
import ctypes.util, os, sys
from ctypes import CDLL, CFUNCTYPE, POINTER, byref, c_char_p, c_int32, c_int64, c_size_t, c_void_p

zoom = CDLL(os.environ.get("ZOOM_S2S_LIBRARY") or ctypes.util.find_library("zoom_s2s"))
def function(name, result, *arguments):
    return CFUNCTYPE(result, *arguments)(("zoom_s2s_" + name, zoom))

def make(name, *inputs):  # Calls a function that hands out an object, or else an error.
    made, error, out = c_void_p(), c_void_p(), POINTER(c_void_p)
    call = function(name, c_int32, *[c_void_p] * len(inputs), out, out)
    if call(*inputs, byref(made), byref(error)):
        text = function("error_text", c_char_p, c_void_p)(error).decode()
        function("error_free", None, c_void_p)(error)
        raise RuntimeError(text)
    return made

email = function("users_page_text", c_char_p, c_void_p, c_size_t, c_int32, c_void_p)
client = make("client_from_env")
token = make("client_token", client)
left = function("token_expires_in_ms", c_int64, c_void_p)(token)
print("token good for", left // 1000, "seconds", file=sys.stderr)
pager = make("client_list_users", client, None)
while page := make("users_pager_next", pager):
    for row in range(function("users_page_count", c_size_t, c_void_p)(page)):
        print(email(page, row, 2, None).decode())  # 2 is ZOOM_S2S_USER_EMAIL.
    function("users_page_free", None, c_void_p)(page)
for kind, handle in ("users_pager", pager), ("token", token), ("client", client):
    function(kind + "_free", None, c_void_p)(handle)
