"""What the tests share: the sandbox that the environment leads to, and processes of their own.

By hand: build the C library and the command, paste what `zoom-s2s sandbox` prints, name the library in
ZOOM_S2S_LIBRARY, and run python3 -m unittest discover -s python/tests.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import unittest
import urllib.request

import zoom_s2s

# A hanging answer, longer than any test takes.
HANG_MS = 30_000
# Python 3.12 warns of a fork while a thread that made a call is still on its way out; newer ones can
# wait for its end, older ones do not look.
WARNINGS = ["-W", "ignore:This process:DeprecationWarning"] if sys.version_info[:2] == (3, 12) else []
# Shells ignore Ctrl-C for what they run in the background, and children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def control(method, path, body=None):
    """Asks the sandbox's control endpoint."""
    url = os.environ["ZOOM_S2S_OAUTH_URL"] + "/sandbox/" + path
    data = None if body is None else json.dumps(body).encode()
    with _direct.open(urllib.request.Request(url, data, method=method), timeout=10) as answer:
        content = answer.read()
    return json.loads(content) if content else None


def state():
    return control("GET", "state")


def fault(**fault):
    control("POST", "faults", fault)


def kill_tokens():
    control("POST", "tokens/kill")


def wait_until(what, seconds=20):
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            raise AssertionError("it never happened")
        time.sleep(0.01)


async def tick_while_pending(client):
    """Ends the client's call once the loop has gone round during it; a loop that stands never would."""
    while state()["pending_faults"]:
        await asyncio.sleep(0.01)
    for _ in range(20):
        await asyncio.sleep(0.001)
    client.cancel()


class SandboxCase(unittest.TestCase):
    """A test with a client, on a sandbox that nobody has troubled."""

    def setUp(self):
        control("DELETE", "faults")
        control("DELETE", "journal")
        self.addCleanup(control, "DELETE", "faults")
        self.zoom = self.client()

    def client(self, **settings):
        client = zoom_s2s.Client.from_env(**settings)
        self.addCleanup(client.close)
        return client


def start(code, *arguments):
    """A Python process that runs this code, strictly, with its output readable."""
    return subprocess.Popen(
        [sys.executable, "-X", "dev", *WARNINGS, "-c", code, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=os.path.dirname(__file__),
    )


def run(case, code, *arguments):
    """Runs this code to its end, which must be a good and silent one; what it printed."""
    process = start(code, *arguments)
    try:
        out, err = process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
        case.fail(f"it hangs: {out} {err}")
    case.assertEqual((process.returncode, err), (0, ""), out)
    return out
