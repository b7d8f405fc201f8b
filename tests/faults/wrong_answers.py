"""What the child may receive instead of the service's answer, as from a proxy, a log-in page or a gateway."""

from fault_case import BAD_GATEWAY, EMPTY, HTML, OTHER_SHAPE, REDIRECT, TRUNCATED

END = b"\r\n\r\n"
PAGE = b"<html><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>"
JSON_TYPE, HTML_TYPE = "Content-Type: application/json", "Content-Type: text/html"


def in_place_of(answer, trouble):
    """Return the answer itself, or what somebody else says in its place."""
    _, _, body = answer.partition(END)
    said = {
        HTML: ("200 OK", PAGE, HTML_TYPE),
        TRUNCATED: ("200 OK", body[: len(body) // 2] or b"{", JSON_TYPE),
        OTHER_SHAPE: ("200 OK", b'{"result": {"state": "queued", "place": 7}}', JSON_TYPE),
        EMPTY: ("200 OK", b""),
        REDIRECT: ("302 Found", b"", "Location: https://login.invalid/"),
        BAD_GATEWAY: ("502 Bad Gateway", PAGE, HTML_TYPE),
    }
    return _answer(*said[trouble]) if trouble in said else answer


def half_of(answer):
    """Return the head and half of the body; half of the head when there is no body."""
    head, _, body = answer.partition(END)
    return head + END + body[: len(body) // 2] if len(body) > 1 else head[: len(head) // 2]


def _answer(status, body, *headers):
    lines = (f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + END + body
