"""The short HTML pages with which the server answers what its handlers do not expect."""

from __future__ import annotations

from sandbox.app import Answer

__all__ = ["page"]

_PAGES = {
    400: ("Bad Request", "The browser (or proxy) sent a request that this server could not understand."),
    405: ("Method Not Allowed", "The method is not allowed for the requested URL."),
    500: (
        "Internal Server Error",
        "The server encountered an internal error and was unable to complete your request. "
        "Either the server is overloaded or there is an error in the application.",
    ),
}


def page(status: int, **headers: str) -> Answer:
    """The page of a status."""
    title, words = _PAGES[status]
    body = (
        '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n'
        f"<title>{status} {title}</title>\n<h1>{title}</h1>\n<p>{words}</p>\n"
    )
    return Answer(body, status, headers, "text/html; charset=utf-8")
