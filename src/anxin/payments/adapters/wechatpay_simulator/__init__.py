"""WeChat Pay on the loopback: verifies strictly, signs its answers, and lets the payer misbehave.

It is the adapter's opposite number in the demo and in every test; it moves no money and reaches no other machine.
"""

from functools import cache

from django.conf import settings

from anxin.kit import clock

from ..wechatpay import keys
from .channel import REFUND_WAYS, Channel
from .notices import Post
from .server import keep_stepping, post_notice, refuse_unless_loopback, routes_for

__all__ = [
    "PREFIX",
    "REFUND_WAYS",
    "Channel",
    "keep_stepping",
    "open_channel",
    "post_notice",
    "refuse_unless_loopback",
    "routes",
    "routes_for",
]

PREFIX = "/wechatpay"


def open_channel(post: Post = post_notice) -> Channel:
    """The channel whose keys and memory lie under ANXIN_HOME."""
    return Channel(
        settings.ANXIN_HOME / "simulators",
        keys.simulated(settings.ANXIN_HOME / "keys" / "wechatpay"),
        now=lambda: clock.now().timestamp(),
        post=post,
    )


@cache
def _running() -> Channel:
    # Made at the first request, so that importing the module leaves no file and starts no thread.
    refuse_unless_loopback(settings.ANXIN_SIMULATOR_URL)
    channel = open_channel()
    keep_stepping(channel)
    return channel


routes = routes_for(_running)
