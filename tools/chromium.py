"""Find the browser for the journeys: an installed Chrome or Chromium, else one that Playwright installs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def executable() -> str | None:
    """The installed browser's program, ANXIN_CHROMIUM first; None means: the one that belongs to Playwright."""
    named = os.environ.get("ANXIN_CHROMIUM")
    if named:
        return named
    found = (shutil.which(name) for name in NAMES)
    return next((path for path in (*found, *MAC) if path and Path(path).exists()), None)


def ensure() -> None:
    """Have a browser, or end with one line that says how to get one."""
    found = executable()
    if found and shutil.which(found) is None:
        sys.exit(f"ANXIN_CHROMIUM names {found}, which is no program: name an installed Chrome or Chromium.")
    if found:
        return
    install = [sys.executable, "-m", "playwright", "install", "chromium"]
    if subprocess.run(install, check=False, stdin=subprocess.DEVNULL).returncode:
        sys.exit(
            "The browser journeys need Chrome or Chromium, and Playwright could not install one: install it "
            "(Debian: apt install chromium), or name its program in ANXIN_CHROMIUM."
        )
