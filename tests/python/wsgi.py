"""A web application that says how many users there are. One client, made when this is imported."""
import os
import zoom

client = zoom.make("client_from_env")


def application(environ, start_response):
    try:
        count, email = zoom.users(client)
        status, body = "200 OK", f"{os.getpid()} {count} {email}"
    except Exception as error:
        status, body = "500 Internal Server Error", str(error)
    start_response(status, [("Content-Type", "text/plain; charset=utf-8")])
    return [body.encode()]
