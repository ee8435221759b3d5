"""Forks while threads are inside calls, with ctypes alone: fork_storm.py LIBRARY FORKS, at least."""
import os, signal, sys, threading, time
from ctypes import CDLL, POINTER, byref, c_char_p, c_int32, c_size_t, c_void_p

PARENT_THREADS, CHILD_THREADS, CHILDREN_AT_ONCE = 8, 3, 4
LEAST_SECONDS = 8  # Long enough for the token to be renewed.
OUT = POINTER(c_void_p)
zoom = CDLL(sys.argv[1])


def function(name, result, *arguments):
    found = zoom["zoom_s2s_" + name]
    found.restype, found.argtypes = result, arguments
    return found


# Made once: a child should not have to look anything up.
ERROR_TEXT = function("error_text", c_char_p, c_void_p)
COUNT = function("users_page_count", c_size_t, c_void_p)
VALUE = function("token_value", c_char_p, c_void_p)
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
        text = ERROR_TEXT(error).decode()
        FREE["error"](error)
        raise RuntimeError(text)
    return made


def call(client, kind):
    if kind % 3 == 0:
        pager = make("client_list_users", client, None)
        page = make("users_pager_next", pager)
        assert COUNT(page) > 0
        FREE["users_page"](page)
        FREE["users_pager"](pager)
    elif kind % 3 == 1:
        FREE["token"](make("client_token", client))
    else:
        request = make("request_new", b"GET", b"/users")
        FREE["response"](make("client_send", client, request))
        FREE["request"](request)


def threads(count, body):
    made = [threading.Thread(target=body, args=(at,), daemon=True) for at in range(count)]
    for thread in made:
        thread.start()
    return made


def fork(body):
    """A child that runs body and leaves; one that hangs is killed by its alarm."""
    child = os.fork()
    if child == 0:
        signal.alarm(10)
        status = 1
        try:
            body()
            status = 0
        except BaseException as error:
            os.write(2, f"child: {error!r}\n".encode())
        os._exit(status)
    return child


def reap():
    _, status = os.wait()
    assert status == 0, f"a child failed (256) or hung until its alarm (14): {status}"


client = make("client_from_env")
held_token = make("client_token", client)
held_pager = make("client_list_users", client, None)
held_page = make("users_pager_next", held_pager)
failures, calls, stop = [], [0] * PARENT_THREADS, False


def keep_calling(at):
    try:
        while not stop:
            call(client, at + calls[at])
            calls[at] += 1
    except BaseException as error:
        failures.append(error)


def child_of_storm():
    good = []

    def once(at):
        call(client, at)
        good.append(at)

    for thread in threads(CHILD_THREADS, once):
        thread.join()
    assert len(good) == CHILD_THREADS
    assert COUNT(held_page) > 0 and VALUE(held_token)
    FREE["users_page"](held_page)
    FREE["users_pager"](held_pager)
    FREE["token"](held_token)
    FREE["client"](client)


forks, forked, running, begun = int(sys.argv[2]), 0, 0, time.monotonic()
parents = threads(PARENT_THREADS, keep_calling)
while forked < forks or time.monotonic() - begun < LEAST_SECONDS:
    if running == CHILDREN_AT_ONCE:
        reap()
        running -= 1
    fork(child_of_storm)
    forked += 1
    running += 1
for _ in range(running):
    reap()
stop = True
for thread in parents:
    thread.join()
assert not failures, failures
seconds = time.monotonic() - begun
print(f"Python: {forked} children ended well, {sum(calls)} calls of the parent meanwhile, {seconds:.1f} s")
assert COUNT(held_page) > 0 and VALUE(held_token)
FREE["users_page"](held_page)
FREE["users_pager"](held_pager)
FREE["token"](held_token)
FREE["client"](client)
