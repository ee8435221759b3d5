"""Token, any endpoint, settings, and the exceptions."""

import datetime
import os
import pickle
import re
import threading
import unittest
from unittest import mock

import zoom_s2s
from support import HANG_MS, SandboxCase, control, fault, kill_tokens, state, wait_until


class Tokens(SandboxCase):
    def test_a_token_and_what_is_known_of_it(self):
        token = self.zoom.token()
        self.assertEqual(token.bearer, "Bearer " + token.value)
        self.assertEqual(token.header, "Authorization: " + token.bearer)
        left = token.expires_at - datetime.datetime.now(datetime.timezone.utc)
        self.assertAlmostEqual(left.total_seconds(), token.expires_in, delta=5)
        self.assertIn("user:read:list_users:admin", token.scope.split())
        self.assertTrue(token.has_scope("user:read:list_users:admin"))
        self.assertFalse(token.has_scope("meeting:write:admin"))
        for shown in (repr(token), str(token), repr(self.zoom), str(self.zoom.status), str(self.zoom.stats)):
            self.assertNotIn(token.value, shown)

    def test_one_is_kept_and_a_rejected_one_is_not(self):
        first = self.zoom.token().value
        self.assertEqual(self.zoom.token().value, first)
        self.zoom.reject_token(first)
        second = self.zoom.token().value
        self.assertNotEqual(second, first)
        self.zoom.reject_token("Bearer " + first)
        self.assertEqual(self.zoom.token().value, second, "the old one is no news")
        self.zoom.revoke_token()
        self.assertNotEqual(self.zoom.token().value, second)

    def test_refresh_carries_new_scopes(self):
        self.assertFalse(self.zoom.token().has_scope("meeting:read:list_meetings:admin"))
        control("POST", "app", {"add_scope": "meeting:read:list_meetings:admin"})
        token = self.zoom.refresh_token()
        self.assertTrue(token.has_scope("meeting:read:list_meetings:admin"))
        user = next(iter(self.zoom.users()))
        meetings = self.zoom.pages("/users/{userId}/meetings", key="meetings", segments={"userId": user.id})
        found = list(meetings)
        self.assertEqual([page.total_records for page in meetings.pages()][:1], [len(found)])
        self.assertTrue(all("topic" in meeting for meeting in found))

    def test_killed_tokens_are_replaced_in_a_call(self):
        self.zoom.token()
        kill_tokens()
        self.assertTrue(list(self.zoom.users()))
        self.assertEqual(self.zoom.stats["tokens_rejected"], 1)


class Requests(SandboxCase):
    def test_an_answer(self):
        answer = self.zoom.send("GET", "/users", query={"page_size": 1, "status": None})
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.headers["content-type"].split(";")[0], "application/json")
        self.assertEqual(len(answer.json()["users"]), 1)
        self.assertTrue(answer.tracking_id)
        self.assertEqual(control("GET", "journal")[-1]["path"], "/v2/users")

    def test_answers_can_be_pickled(self):
        answer = self.zoom.send("GET", "/users", query={"page_size": 1})
        again = pickle.loads(pickle.dumps(answer))
        for name in ("status", "headers", "body", "tracking_id"):
            self.assertEqual(getattr(again, name), getattr(answer, name))

    def test_bodies(self):
        for kind in (bytes, bytearray, memoryview):
            control("DELETE", "journal")
            with self.assertRaises(zoom_s2s.Error, msg=kind.__name__):
                # No such endpoint, but the request is sent.
                self.zoom.send("POST", "/none", body=kind(b"abc"))
            self.assertEqual(control("GET", "journal")[-1]["path"], "/v2/none")
        for wrong in ("text", 3, ["a"], {"a": 1}):
            kind = type(wrong).__name__
            with self.assertRaisesRegex(TypeError, f"^body must be bytes, not {kind}$"):
                self.zoom.send("POST", "/none", body=wrong)

    def test_any_list_and_its_pages(self):
        request = {"query": [("page_size", 30), ("status", "active")]}
        entries = self.zoom.pages("/users", "users", **request)
        emails = [entry["email"] for entry in entries]
        self.assertEqual(emails, [user.email for user in self.zoom.users()])
        self.assertTrue(entries.checked)
        self.assertEqual(entries.total_records, len(emails))
        pages = list(self.zoom.pages("/users", key="users", **request).pages())
        self.assertEqual(sum(map(len, pages)), len(emails))
        self.assertIn(b'"users"', pages[0].raw)

    def test_mistakes(self):
        for wrong in (
            {"path": "users"}, {"path": "/a\0"}, {"timeout": 0}, {"timeout": 1e300}, {"headers": {"Host": "x"}},
            {"json": {}, "body": b""}, {"segments": {"a": ".."}},
        ):  # fmt: skip
            arguments = {"method": "GET", "path": "/users/{a}", **wrong}
            with self.assertRaises(zoom_s2s.InvalidArgumentError, msg=str(wrong)):
                self.zoom.send(**arguments)


class Exceptions(SandboxCase):
    """A table: what the sandbox does, and which exception that is."""

    TABLE = (
        ({"server_error": 503}, zoom_s2s.ServerError, 503),
        ({"rate_limited": {"daily": {"retry_after": "2030-01-01T00:00:00Z"}}}, zoom_s2s.RateLimitedError, 429),
        ({"html": 200}, zoom_s2s.BadResponseError, 200),
        ({"status": {"status": 400, "body": '{"code":300,"message":"No."}', "content_type": "application/json", "headers": {}}},
         zoom_s2s.RejectedError, 400),
        ({"status": {"status": 403, "body": '{"code":200,"message":"No permission."}', "content_type": "application/json",
                     "headers": {}}}, zoom_s2s.ForbiddenError, 403),
        ({"status": {"status": 404, "body": '{"code":1001,"message":"No."}', "content_type": "application/json",
                     "headers": {}}}, zoom_s2s.NotFoundError, 404),
        ({"oversized": 2_000_000}, zoom_s2s.TooLargeError, None),
        ({"cut": "before_headers"}, zoom_s2s.NetworkError, None),
        ("unauthorized", zoom_s2s.UnauthorizedError, 401),
    )  # fmt: skip

    def test_the_table(self):
        zoom = self.client(body_limit=1_000_000, timeout=8)
        for action, kind, http in self.TABLE:
            with self.subTest(kind.__name__):
                control("DELETE", "faults")
                fault(on="api", times="always", action=action)
                with self.assertRaises(kind) as caught:
                    zoom.send("GET", "/users")
                error = caught.exception
                self.assertIs(type(error), kind)
                self.assertEqual((error.status, error.http_status), (kind.status, http))
                self.assertIn(error.message, str(error))
                self.assertNotIn("\n", error.message)

    def test_all_that_is_known(self):
        fault(on="api", action={"status": {"status": 404, "body": '{"code":1001,"message":"No."}',
              "content_type": "application/json", "headers": {}}})  # fmt: skip
        with self.assertRaises(zoom_s2s.NotFoundError) as caught:
            self.zoom.send("GET", "/users")
        error = caught.exception
        self.assertEqual((error.zoom_code, error.body), (1001, b'{"code":1001,"message":"No."}'))
        self.assertTrue(error.tracking_id)
        self.assertFalse(error.is_retryable or error.in_doubt)
        self.assertIsNone(error.retry_after)
        again = pickle.loads(pickle.dumps(error))
        self.assertEqual((type(again), str(again), vars(again)), (type(error), str(error), vars(error)))

    def test_a_daily_limit_says_how_long(self):
        fault(on="api", action={"rate_limited": {"daily": {"retry_after": "2030-01-01T00:00:00Z"}}})
        with self.assertRaises(zoom_s2s.RateLimitedError) as caught:
            self.zoom.send("GET", "/users")
        self.assertGreater(caught.exception.retry_after, 60)

    def test_missing_scopes_are_named(self):
        control("POST", "app", {"scopes": ["user:read:user:admin"]})
        self.addCleanup(
            control, "POST", "app", {"scopes": ["user:read:list_users:admin", "user:read:user:admin"]}
        )
        self.zoom.refresh_token()
        with self.assertRaises(zoom_s2s.MissingScopeError) as caught:
            list(self.zoom.users())
        self.assertIn("user:read:list_users:admin", caught.exception.missing_scopes)

    def test_a_wrong_secret(self):
        with self.assertRaises(zoom_s2s.CredentialsError) as caught:
            self.client(client_secret="not-the-secret").token()
        self.assertEqual(caught.exception.oauth_error, "invalid_client")
        self.assertTrue(caught.exception.hint)
        self.assertNotIn("not-the-secret", str(caught.exception))

    def test_a_deadline_is_pythons_timeout_too(self):
        fault(on="api", latency_ms=HANG_MS)
        with self.assertRaises(TimeoutError) as caught:
            self.zoom.send("GET", "/users", timeout=0.2)
        self.assertIs(type(caught.exception), zoom_s2s.TimedOutError)

    def test_cancel_and_shutdown(self):
        for how, kind in (("cancel", zoom_s2s.CancelledError), ("shutdown", zoom_s2s.ShutdownError)):
            self.ends(how, kind)
            if how == "cancel":
                self.assertTrue(list(self.zoom.users()), "it lives on")
        with self.assertRaises(zoom_s2s.ShutdownError):
            self.zoom.token()

    def test_close_ends_pending_calls(self):
        self.ends("close", zoom_s2s.ShutdownError)
        self.zoom.close()
        with self.assertRaises(zoom_s2s.ShutdownError):
            self.zoom.users()

    def ends(self, how, kind):
        fault(on="api", latency_ms=HANG_MS)
        met = []

        def work():
            try:
                self.zoom.send("GET", "/users")
            except zoom_s2s.Error as error:
                met.append(type(error))

        thread = threading.Thread(target=work)
        thread.start()
        wait_until(lambda: state()["pending_faults"] == 0)
        getattr(self.zoom, how)()
        thread.join(5)
        self.assertEqual(met, [kind])

    def test_each_status_has_one(self):
        from zoom_s2s._errors import BY_STATUS

        header = os.environ.get("ZOOM_S2S_HEADER")
        if not header:
            self.skipTest("ZOOM_S2S_HEADER does not name zoom_s2s.h")
        with open(header, encoding="utf-8") as file:
            text = file.read()
        part = text[text.index("enum zoom_s2s_status {") : text.index("enum zoom_s2s_cloud")]
        there = {int(n): name for name, n in re.findall(r"ZOOM_S2S_([A-Z_]+) = (\d+)", part) if n != "0"}
        self.assertEqual(set(there), set(BY_STATUS))
        for number, name in there.items():
            kind = BY_STATUS[number].__name__
            expected = {"TIMEOUT": "TimedOutError", "INTERNAL": "InternalError"}.get(
                name, name.replace("_", "") + "Error"
            )
            self.assertEqual(kind.lower(), expected.lower())
            self.assertIs(getattr(zoom_s2s, kind), BY_STATUS[number])


class Settings(SandboxCase):
    def test_by_hand(self):
        zoom = zoom_s2s.Client(
            account_id=os.environ["ZOOM_ACCOUNT_ID"],
            client_id=os.environ["ZOOM_CLIENT_ID"],
            client_secret=os.environ["ZOOM_CLIENT_SECRET"],
            oauth_url=os.environ["ZOOM_S2S_OAUTH_URL"],
            api_url=os.environ["ZOOM_S2S_API_URL"],
            timeout=20,
            connect_timeout=2.5,
            proxy="",
            cloud="commercial",
            regional=False,
            user_agent="report/1.4",
            token_store="memory:",
        )
        with zoom:
            self.assertTrue(list(zoom.users()))
        self.assertEqual(repr(zoom), "<Client, closed>")

    def test_the_retired_way(self):
        with zoom_s2s.Client.jwt_from_env() as before:
            emails = [user.email for user in before.users()]
            with self.assertRaises(zoom_s2s.InvalidArgumentError):
                before.revoke_token()
        self.assertEqual(emails, [user.email for user in self.zoom.users()])

    def test_what_is_wrong(self):
        with self.assertRaisesRegex(TypeError, "acount_id"):
            zoom_s2s.Client(acount_id="x")
        for wrong in ({"cloud": "private"}, {"timeout": 0}, {"body_limit": -1}, {"body_limit": 2**70}):
            with self.assertRaises(zoom_s2s.InvalidArgumentError, msg=str(wrong)):
                zoom_s2s.Client.from_env(**wrong)
        for name in ("timeout", "connect_timeout"):
            for seconds in (1e300, -1e300, 2**63 / 1000, float("inf"), float("-inf"), float("nan"), None):
                with self.assertRaisesRegex(ValueError, f"^{name} ", msg=str(seconds)):
                    zoom_s2s.Client.from_env(**{name: seconds})
        for name in ("regional", "ca_only"):
            for no in ("false", 0, 1, None):
                kind = type(no).__name__
                with self.assertRaisesRegex(TypeError, f"^{name} must be a bool, not {kind}$"):
                    zoom_s2s.Client.from_env(**{name: no})
        with self.assertRaises(zoom_s2s.ConfigError):
            zoom_s2s.Client()
        with mock.patch.dict(os.environ), self.assertRaisesRegex(zoom_s2s.ConfigError, "ZOOM_CLIENT_ID"):
            del os.environ["ZOOM_CLIENT_ID"]
            zoom_s2s.Client.from_env()


if __name__ == "__main__":
    unittest.main()
