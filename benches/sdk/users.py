"""The SDK from Python: lists the users. The argument is how many pages to read at most; without one, all."""

import sys

from zoom_s2s import Client

most = int(sys.argv[1]) if len(sys.argv) > 1 else -1
users = checksum = 0
with Client.from_env() as zoom:
    for page in zoom.users().pages():
        for user in page:
            users += 1
            checksum += len(user.email) + len(user.id or "") + user.type
        most -= 1
        if most == 0:
            break
print(f"users={users} checksum={checksum}")
