"""Django as fast as it can be: no middleware, one address."""

from anxin.config.settings import *  # noqa: F403

MIDDLEWARE: list[str] = []
ROOT_URLCONF = "benchmarks._scan_peers"
