"""The token for requests and for httpx, whichever of them is there."""

import asyncio
import importlib.util
import io
import os
import pickle
import subprocess
import sys
import tempfile
import threading
import unittest

import zoom_s2s
from support import HANG_MS, SandboxCase, control, fault, kill_tokens, run, state, tick_while_pending

try:
    import requests
except ImportError:
    requests = None
try:
    import httpx
except ImportError:
    httpx = None

URL = os.environ.get("ZOOM_S2S_API_URL", "") + "/users"
DEAD = {"dead_token": {"status": 400, "message": "expired"}}
SCOPE = {"status": {"status": 401, "body": '{"code":4711,"message":"Invalid access token, does not contain scopes:[x]."}',
         "content_type": "application/json", "headers": {}}}  # fmt: skip


def api_requests():
    return [entry for entry in control("GET", "journal") if entry["path"].startswith("/v2/")]


class Common:
    """What both must do. ``self.get(auth)`` gives a status and an answer."""

    def setUp(self):
        super().setUp()
        self.zoom = self.fresh()

    def fresh(self):
        """A client with a store of its own: after a rejection elsewhere, it need not wait for its turn."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return self.client(token_store=f"file:{folder.name}/token")

    def test_a_token_is_put_on_and_kept(self):
        auth = zoom_s2s.Auth(self.zoom)
        for _ in range(3):
            status, answer = self.get(auth)
            self.assertEqual((status, len(answer.json()["users"])), (200, 30))
        self.assertEqual(len(api_requests()), 3)

    def test_without_a_client_it_is_the_one_of_the_environment(self):
        auth = zoom_s2s.Auth()
        self.assertEqual(self.get(auth)[0], 200)
        self.assertIs(auth.client, zoom_s2s.default_client())

    def test_a_killed_token_is_replaced(self):
        auth = zoom_s2s.Auth(self.zoom)
        before = self.zoom.token().value
        kill_tokens()
        self.assertEqual(self.get(auth)[0], 200)
        self.assertEqual(len(api_requests()), 2)
        self.assertNotEqual(self.zoom.token().value, before)

    def test_code_124_is_a_refusal_under_any_status(self):
        fault(on="api", action=DEAD)
        self.assertEqual(self.get(zoom_s2s.Auth(self.zoom))[0], 200)
        self.assertEqual(len(api_requests()), 2)

    def test_it_tries_only_once_more(self):
        fault(on="api", times="always", action="unauthorized")
        self.assertEqual(self.get(zoom_s2s.Auth(self.zoom))[0], 401)
        self.assertEqual(len(api_requests()), 2)

    def test_what_is_no_fault_of_the_token(self):
        for action, status in ((SCOPE, 401), ({"server_error": 503}, 503)):
            control("DELETE", "journal")
            before = self.zoom.token().value
            fault(on="api", action=action)
            self.assertEqual(self.get(zoom_s2s.Auth(self.zoom))[0], status)
            self.assertEqual(len(api_requests()), 1)
            self.assertEqual(self.zoom.token().value, before)

    def test_a_refusal_by_others_is_not_ours(self):
        # The redirect leads to another name of this machine, where neither of them sends the token.
        other = URL.replace("127.0.0.1", "localhost")
        fault(on="api", action={"redirect": {"status": 302, "location": other}})
        before = self.zoom.token().value
        self.assertEqual(self.get(zoom_s2s.Auth(self.zoom))[0], 401)
        self.assertEqual(len(api_requests()), 2)
        self.assertEqual(self.zoom.token().value, before)

    def test_a_refusal_behind_a_redirect_to_the_same_host_is_ours(self):
        fault(on="api", action={"redirect": {"status": 302, "location": URL + "?page_size=30"}})
        fault(on="api", action="unauthorized")
        before = self.zoom.token().value
        self.assertEqual(self.get(zoom_s2s.Auth(self.zoom))[0], 200)
        self.assertNotEqual(self.zoom.token().value, before)

    def test_any_body_of_a_refusal_is_borne(self):
        for body in ("", "[]", '{"code":[]}', "[" * 100_000):
            with self.subTest(body[:20]):
                control("DELETE", "journal")
                answer = {"status": 403, "body": body, "content_type": "application/json", "headers": {}}
                fault(on="api", action={"status": answer})
                self.assertEqual(self.get(zoom_s2s.Auth(self.zoom))[0], 403)
                self.assertEqual(len(api_requests()), 1)

    def test_no_token_is_an_error_of_ours(self):
        zoom = self.client(client_secret="not-the-secret")
        with self.assertRaises(zoom_s2s.CredentialsError):
            self.get(zoom_s2s.Auth(zoom))

    def test_a_body_is_sent_again_in_full(self):
        fault(on={"method": "POST", "path": "/v2/users"}, action="unauthorized")
        self.post(zoom_s2s.Auth(self.zoom), b'{"action":"create"}')
        self.assertEqual(len(api_requests()), 2)

    def test_threads(self):
        auth, found = zoom_s2s.Auth(self.zoom), []
        self.zoom.token()
        kill_tokens()
        threads = [threading.Thread(target=lambda: found.append(self.get(auth)[0])) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(found, [200] * 8)


@unittest.skipIf(requests is None, "requests is not installed")
class Requests(Common, SandboxCase):
    def get(self, auth):
        answer = requests.get(URL, params={"page_size": 30}, auth=auth, timeout=60)
        return answer.status_code, answer

    def post(self, auth, body):
        return requests.post(URL, data=body, auth=auth, timeout=60)

    def test_a_file_is_sent_again_from_where_it_was(self):
        file = io.BytesIO(b'xx{"action":"create"}')
        file.seek(2)
        fault(on={"method": "POST", "path": "/v2/users"}, action="unauthorized")
        self.post(zoom_s2s.Auth(self.zoom), file)
        self.assertEqual(len(api_requests()), 2)
        self.assertEqual(file.read(), b"")

    def test_buffers_are_sent_again(self):
        for kind in (bytes, bytearray, memoryview):
            with self.subTest(kind.__name__):
                control("DELETE", "journal")
                fault(on={"method": "POST", "path": "/v2/users"}, action="unauthorized")
                answer = self.post(zoom_s2s.Auth(self.fresh()), kind(b'{"action":"create"}'))
                self.assertNotEqual(answer.status_code, 401)
                self.assertEqual(len(api_requests()), 2)

    def test_what_cannot_be_sent_again_is_not(self):
        reading, writing = os.pipe()
        os.write(writing, b"{}")
        os.close(writing)
        with open(reading, "rb") as pipe:
            for body in (iter([b"{}"]), pipe):
                with self.subTest(type(body).__name__):
                    control("DELETE", "journal")
                    fault(on={"method": "POST", "path": "/v2/users"}, action="unauthorized")
                    zoom = self.fresh()
                    before = zoom.token().value
                    answer = self.post(zoom_s2s.Auth(zoom), body)
                    self.assertEqual((answer.status_code, len(api_requests())), (401, 1))
                    self.assertNotEqual(zoom.token().value, before, "but the next one is a better one")

    def test_in_a_session_with_history(self):
        with requests.Session() as session:
            session.auth = zoom_s2s.Auth(self.zoom)
            fault(on="api", action="unauthorized")
            answer = session.get(URL, timeout=60)
            self.assertEqual([answer.status_code, *(old.status_code for old in answer.history)], [200, 401])
            self.assertEqual(session.get(URL, timeout=60).history, [])


@unittest.skipIf(httpx is None, "httpx is not installed")
class Httpx(Common, SandboxCase):
    def get(self, auth):
        with httpx.Client(trust_env=False, timeout=60, follow_redirects=True) as client:
            answer = client.get(URL, params={"page_size": 30}, auth=auth)
            return answer.status_code, answer

    def post(self, auth, body):
        return httpx.post(URL, content=body, auth=auth, trust_env=False, timeout=60)

    def test_it_is_both_kinds(self):
        auth = zoom_s2s.Auth(self.zoom)
        self.assertIsInstance(auth, httpx.Auth)
        self.assertIsInstance(auth, zoom_s2s.Auth)

    def test_what_cannot_be_sent_again_is_not(self):
        fault(on={"method": "POST", "path": "/v2/users"}, action="unauthorized")
        answer = self.post(zoom_s2s.Auth(self.zoom), iter([b"{}"]))
        self.assertEqual((answer.status_code, len(api_requests())), (401, 1))

    def test_streamed_answers(self):
        fault(on="api", action="unauthorized")
        client = httpx.Client(trust_env=False, auth=zoom_s2s.Auth(self.zoom), timeout=60)
        with client, client.stream("GET", URL) as answer:
            self.assertEqual(answer.status_code, 200)
            self.assertTrue(answer.read())


@unittest.skipIf(httpx is None, "httpx is not installed")
class HttpxAsync(Common, SandboxCase):
    def get(self, auth):
        async def once():
            async with httpx.AsyncClient(trust_env=False, timeout=60, follow_redirects=True) as client:
                answer = await client.get(URL, params={"page_size": 30}, auth=auth)
                return answer.status_code, answer

        return asyncio.run(once())

    def post(self, auth, body):
        async def once():
            async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
                return await client.post(URL, content=body, auth=auth)

        return asyncio.run(once())

    def test_the_loop_goes_on_while_a_token_is_fetched(self):
        self.zoom.revoke_token()
        fault(on="token", latency_ms=HANG_MS)

        async def both():
            ticker = asyncio.ensure_future(tick_while_pending(self.zoom))
            auth = zoom_s2s.Auth(self.zoom)
            async with httpx.AsyncClient(trust_env=False, auth=auth, timeout=60) as client:
                with self.assertRaises(zoom_s2s.CancelledError):
                    await client.get(URL)
            ticker.cancel()

        asyncio.run(both())


class Default(SandboxCase):
    def test_a_closed_one_is_replaced(self):
        with zoom_s2s.default_client() as first:
            self.assertIs(zoom_s2s.default_client(), first)
        second = zoom_s2s.default_client()
        self.addCleanup(second.close)
        self.assertIsNot(second, first)
        self.assertTrue(second.token().value)
        self.assertIs(zoom_s2s.Auth().client, second)

    def test_it_can_be_pickled_where_it_holds_no_client(self):
        self.assertIs(pickle.loads(pickle.dumps(zoom_s2s.Auth())).client, zoom_s2s.default_client())
        with self.assertRaises(TypeError):
            pickle.dumps(zoom_s2s.Auth(self.zoom))


class Imports(SandboxCase):
    def test_neither_is_imported(self):
        out = run(self, """
import sys, zoom_s2s
auth = zoom_s2s.Auth()
print([name for name in ("requests", "httpx", "anyio", "gevent") if name in sys.modules], isinstance(auth, zoom_s2s.Auth))
""")  # fmt: skip
        self.assertEqual(out, "[] True\n")

    @unittest.skipIf(importlib.util.find_spec("httpx") is None, "httpx is not installed")
    def test_made_before_httpx_is_imported(self):
        fault(on="api", action="unauthorized")
        code = "import os, zoom_s2s; auth = zoom_s2s.Auth(); import httpx\n"
        code += "print(httpx.get(os.environ['ZOOM_S2S_API_URL'] + '/users', auth=auth, trust_env=False).status_code)"
        done = subprocess.run(
            [sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=60
        )
        self.assertEqual(done.stdout, "200\n", done.stderr)
        self.assertTrue(state())


if __name__ == "__main__":
    unittest.main()
