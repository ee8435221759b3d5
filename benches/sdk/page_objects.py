"""What it takes to have the users of a page as objects, beside json.loads of the same page.

Of each user, email, id and type are read, from the SDK's page in hand and from the list of dicts. Then all
members that the SDK has an attribute for. Prints microseconds a page."""

from json import loads
from time import process_time_ns as now

from zoom_s2s import Client, User

plain = {"group_ids", "im_group_ids", "division_ids", "custom_attributes", "license_info_list", "json", "get", "raw"}
FIELDS = [name for name in vars(User) if not name.startswith("_") and name not in plain]

pages = 0
objects = dicts = objects_all = dicts_all = 0
with Client.from_env() as zoom:
    for page in zoom.users().pages():
        pages += 1
        raw = page.raw

        # The order changes from page to page, since the second finds a warmer cache.
        for turn in (pages % 2, 1 - pages % 2):
            if turn:
                began = now()
                sdk = [(user.email, user.id, user.type) for user in page]
                objects += now() - began
            else:
                began = now()
                own = [(user["email"], user.get("id"), user["type"]) for user in loads(raw)["users"]]
                dicts += now() - began
        assert sdk == own

    for page in zoom.users().pages():
        raw = page.raw
        began = now()
        sdk = [[getattr(user, field) for field in FIELDS] for user in page]
        objects_all += now() - began
        began = now()
        own = [[user.get(field) for field in FIELDS] for user in loads(raw)["users"]]
        dicts_all += now() - began
        # Not the same everywhere: an attribute has one type, what Zoom sends sometimes another.
        assert len(sdk) == len(own)

for name, spent in {"objects": objects, "dicts": dicts, "objects_all": objects_all, "dicts_all": dicts_all}.items():
    print(f"{name}={spent / 1000 / pages:.2f}", end=" ")
print(f"fields={len(FIELDS)} pages={pages}")
