"""Listing: complete, in Zoom's words, by attributes and by columns."""

import collections
import copy
import pickle
import sys
import threading
from unittest import mock

import zoom_s2s
from support import SandboxCase, fault, state
from zoom_s2s._library import CALLS, READS

FIELDS = [name for name in vars(zoom_s2s.User) if not name.startswith("_")]


class Listing(SandboxCase):
    def test_every_status_is_complete(self):
        there = state()["users"]
        for status, count in [*there.items(), ("all", sum(there.values()))]:
            users = self.zoom.users(status=status)
            found = list(users)
            self.assertEqual(len(found), count, status)
            self.assertEqual(len({user.email for user in found}), count)
            self.assertTrue(users.checked)
            self.assertFalse(users.changed)
            self.assertIsNotNone(users.total_records)
        self.assertEqual(len(list(self.zoom.users())), there["active"], "Zoom's default")

    def test_attributes_are_what_zoom_sent(self):
        users = list(self.zoom.users(status="all", include_fields=["custom_attributes", "host_key"]))
        seen = set()
        for user in users:
            sent = user.json()
            for name in set(FIELDS) - {"get", "raw", "json"}:
                value, expected = getattr(user, name), sent.get(name)
                if isinstance(expected, bool):
                    expected = int(expected)
                elif isinstance(expected, str):
                    expected = expected.replace("\0", "\ufffd")
                elif expected is not None and not isinstance(expected, (list, type(value))):
                    # Where Zoom sent another type than it documents, it is converted without loss, or absent.
                    self.assertIn(str(value), (str(expected), "None"), name)
                    continue
                self.assertEqual(value, expected, name)
                seen |= {name} if value is not None else set()
        self.assertGreater(len(seen), 20, "the sandbox sends most fields")
        pending = next(iter(self.zoom.users(status="pending")))
        self.assertIsNone(pending.id)
        self.assertIn("(pending)", repr(pending))

    def test_the_attributes_are_the_fields_of_the_library(self):
        known = []
        while READS["user_field_name"](len(known) + 1):
            known.append(READS["user_field_name"](len(known) + 1).decode())
        self.assertEqual(known, [name for name in FIELDS if name not in ("get", "raw", "json")])

    def test_columns_are_the_attributes(self):
        for page in self.zoom.users(status="all").pages():
            for name in ("email", "id", "type", "dept", "verified"):
                self.assertEqual(page.column(name), [getattr(user, name) for user in page])
            for name in ("group_ids", "nonsense", "e\0mail"):
                with self.assertRaises(zoom_s2s.InvalidArgumentError):
                    page.column(name)

    def test_fields_cannot_be_set(self):
        user = next(iter(self.zoom.users()))
        for name in ("email", "group_ids", "nonsense"):
            with self.assertRaises(AttributeError, msg=name):
                setattr(user, name, "x")

    def test_pages_are_sequences(self):
        pages = list(self.zoom.users(page_size=30).pages())
        self.assertEqual([len(page) for page in pages][:2], [30, 30])
        page = pages[0]
        self.assertEqual(page[-1].email, page[29].email)
        self.assertEqual([user.email for user in page[2:4]], [page[2].email, page[3].email])
        with self.assertRaises(IndexError):
            page[30]
        self.assertEqual(page.total_records, state()["users"]["active"])
        self.assertIn(page[0].email.encode(), page.raw)

    def test_a_user_is_its_row_of_its_page(self):
        page, other = (next(self.zoom.users(page_size=30).pages()) for _ in range(2))
        self.assertEqual(page[3], page[-27])
        self.assertEqual(len({*page, *page, *page[:5]}), 30)
        self.assertEqual((page.index(page[4]), page.count(page[4])), (4, 1))
        self.assertIn(page[29], page)
        for another in (page[4], other[3], page[3].email, None):
            self.assertNotEqual(page[3], another)

    def test_one_user(self):
        first = next(iter(self.zoom.users()))
        for which in (first.id, first.email):
            self.assertEqual(self.zoom.user(which).email, first.email)
        with self.assertRaises(zoom_s2s.NotFoundError):
            self.zoom.user("nobody@example.com")

    def test_any_member(self):
        user = next(iter(self.zoom.users()))
        self.assertEqual(user.get("email"), user.email)
        self.assertIsNone(user.get("no_such_member"))
        self.assertEqual(user.get("no_such_member", 7), 7)

    def test_mistakes_are_told_at_once(self):
        before = state()["api_requests"]
        for wrong in (
            {"status": "gone"}, {"page_size": 0}, {"page_size": 2**40}, {"role_id": ""},
            {"include_fields": "all"}, {"license": "x"}, {"timeout": -1}, {"max_passes": 9},
            {"role_id": "a\0b"}, {"role_id": "\ud800"}, {"timeout": float("nan")},
        ):  # fmt: skip
            with self.assertRaises(zoom_s2s.InvalidArgumentError, msg=str(wrong)):
                self.zoom.users(**wrong)
        with self.assertRaises(TypeError):
            self.zoom.users(page_size="30")
        self.assertEqual(state()["api_requests"], before)

    def test_what_is_missing_is_told_at_the_end(self):
        fault(on="api", times="always", action={"total_records": {"off_by": 3}})
        users, found = self.zoom.users(max_passes=1), []
        with self.assertRaises(zoom_s2s.IncompleteError):
            for user in users:
                found.append(user.email)
        self.assertEqual(len(found), state()["users"]["active"])
        self.assertEqual(users.total_records, len(found) + 3)

    def test_threads_share_pages_and_clients(self):
        expected = [user.email for user in self.zoom.users(status="all")]
        found, barrier = [None] * 8, threading.Barrier(8)

        def work(number):
            barrier.wait()
            found[number] = [user.email for user in self.zoom.users(status="all")]

        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(found, [expected] * 8)

    def test_addresses_do_not_travel(self):
        page = next(iter(self.zoom.users().pages()))
        for thing in (self.zoom, page, page[0], self.zoom.token()):
            for copied in (pickle.dumps, copy.deepcopy):
                with self.assertRaises(TypeError, msg=f"{copied} {thing}"):
                    copied(thing)


class Steps(SandboxCase):
    """What a listing costs, counted: time depends on the machine."""

    def read(self):
        return sum(1 for user in self.zoom.users() if (user.email, user.id, user.type))

    def test_the_library_is_called_for_each_page_and_field_but_not_for_each_user(self):
        counted = collections.Counter()

        def counting(name, function):
            def call(*arguments):
                counted[name] += 1
                return function(*arguments)

            return call

        with mock.patch.dict(CALLS), mock.patch.dict(READS):
            for functions in (CALLS, READS):
                functions.update({name: counting(name, made) for name, made in functions.items()})
            self.read()  # asks for the fields' numbers, if nobody has yet
            counted.clear()
            users = self.read()
        pages = counted["users_pager_next"] - 1
        self.assertEqual((pages, users), (-(-users // 300), state()["users"]["active"]))
        self.assertEqual(counted.pop("users_page_count"), pages)
        self.assertEqual(counted.pop("users_page_column"), 3 * pages)
        # The pager is made twice: see zoom_s2s._listing.
        self.assertLess(sum(counted.values()), pages + 10, counted)

    def test_python_runs_one_function_for_each_user_and_one_for_each_field(self):
        counted = collections.Counter()

        def profile(_frame, event, _argument):
            counted[event] += 1

        before = sys.getprofile()
        sys.setprofile(profile)
        try:
            users = self.read()
        finally:
            sys.setprofile(before)
        # One more for this test's own generator.
        self.assertLess(counted["call"] - users, (1 + 3) * users + 100 * (users // 300 + 1))
