"""Forks while threads are inside calls, with ctypes alone: fork_storm.py LIBRARY FORKS, at least."""
import os, signal, sys, threading, time
from pathlib import Path

os.environ["ZOOM_S2S_LIBRARY"] = sys.argv[1]
sys.path.insert(0, str(Path(__file__).parent.parent / "python"))
# Whose functions are made once: a child should not have to look anything up.
from zoom import FREE, count as COUNT, make, value as VALUE

PARENT_THREADS, CHILD_THREADS, CHILDREN_AT_ONCE = 8, 3, 4
LEAST_SECONDS = 8  # Long enough for the token to be renewed.


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
