"""Lists the users with zoomus, the library for Zoom that Python programs have had for years."""

import os
import sys

from zoomus import ZoomClient

most = int(sys.argv[1]) if len(sys.argv) > 1 else -1
zoom = ZoomClient(
    os.environ["ZOOM_CLIENT_ID"],
    os.environ["ZOOM_CLIENT_SECRET"],
    os.environ["ZOOM_ACCOUNT_ID"],
    base_uri=os.environ["ZOOM_S2S_API_URL"],
    oauth_uri=os.environ["ZOOM_S2S_OAUTH_URL"] + "/oauth/token",
)

users = checksum = 0
following = ""
while True:
    answer = zoom.user.list(page_size=300, next_page_token=following)
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
