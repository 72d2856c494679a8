"""What the pages of governance share: their layout, and the hook of the fresh confirmation."""

from __future__ import annotations

from collections.abc import Callable

from anxin.kit import access
from anxin.kit.access import Request, Rule

# A fresh confirmation of who acts, where access offers it.
fresh: Callable[[Rule], Rule] = getattr(access, "fresh", lambda rule: rule)


def layout(request: Request) -> str:
    """Staff at a desk read at the desk; everybody else as on a phone."""
    return "web/desk.html" if request.actor.post.startswith(("agency.", "operator.")) else "web/phone.html"
