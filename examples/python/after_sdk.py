#!/usr/bin/env python3
"""Prints e-mail address and ID of every active user of a Zoom account."""
import sys

import zoom_s2s


def main():
    try:
        with zoom_s2s.Client.from_env() as zoom:
            for user in zoom.users():
                print(user.email, user.id, sep="\t")
    except zoom_s2s.Error as error:
        sys.exit(f"Zoom: {error}")


if __name__ == "__main__":
    main()
