"""What the pages of governance share: their layout."""

from __future__ import annotations

from anxin.kit.access import Request


def layout(request: Request) -> str:
    """Staff at a desk read at the desk; everybody else as on a phone."""
    return "web/desk.html" if request.actor.post.startswith(("agency.", "operator.")) else "web/phone.html"
