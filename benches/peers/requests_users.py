"""Lists the users with requests: one session, so one connection, and json() of each page."""

import os
import sys

import requests

most = int(sys.argv[1]) if len(sys.argv) > 1 else -1
api = os.environ["ZOOM_S2S_API_URL"]
session = requests.Session()
answer = session.post(
    os.environ["ZOOM_S2S_OAUTH_URL"] + "/oauth/token",
    data={"grant_type": "account_credentials", "account_id": os.environ["ZOOM_ACCOUNT_ID"]},
    auth=(os.environ["ZOOM_CLIENT_ID"], os.environ["ZOOM_CLIENT_SECRET"]),
    timeout=30,
)
answer.raise_for_status()
session.headers["Authorization"] = "Bearer " + answer.json()["access_token"]

users = checksum = 0
following = ""
while True:
    parameters = {"page_size": 300, "next_page_token": following}
    answer = session.get(api + "/users", params=parameters, timeout=30)
    answer.raise_for_status()
    page = answer.json()
    for user in page["users"]:
        users += 1
        checksum += len(user["email"]) + len(user.get("id", "")) + user["type"]
    following = page["next_page_token"]
    most -= 1
    if not following or most == 0:
        break
print(f"users={users} checksum={checksum}")
