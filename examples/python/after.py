#!/usr/bin/env python3
"""Prints e-mail address and ID of every active user of a Zoom account."""
import os
import sys
import time

import requests
import zoom_s2s

API = os.environ.get("ZOOM_S2S_API_URL", "https://api.zoom.us/v2")


def get(session, path, **params):
    for _ in range(5):
        response = session.get(API + path, params=params, timeout=30)
        if response.status_code != 429:
            break
        time.sleep(1)  # too many requests in this second
    response.raise_for_status()
    return response.json()


def users(session):
    next_page_token = ""
    while True:
        page = get(session, "/users", page_size=300, next_page_token=next_page_token)
        yield from page["users"]
        next_page_token = page.get("next_page_token")
        if not next_page_token:
            break


def main():
    session = requests.Session()
    session.auth = zoom_s2s.Auth()
    try:
        for user in users(session):
            print(user["email"], user["id"], sep="\t")
    except (requests.RequestException, zoom_s2s.Error) as error:
        sys.exit(f"Zoom: {error}")


if __name__ == "__main__":
    main()
