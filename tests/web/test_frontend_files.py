"""What the front end is built from: icons that exist, locks that name no host, words that come from the server."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FRONTEND = ROOT / "frontend"
TEMPLATES = sorted((ROOT / "src" / "anxin").glob("*/templates/**/*.html"))


def icons() -> set[str]:
    lines = (FRONTEND / "icons.txt").read_text().splitlines()
    return {line.strip() for line in lines if line.strip() and not line.startswith("#")}


def test_every_icon_that_a_page_names_is_in_the_sprite() -> None:
    asked = set()
    for path in TEMPLATES:
        text = path.read_text()
        asked |= set(re.findall(r"""{%\s*icon\s+["']([\w-]+)["']""", text))
        asked |= set(re.findall(r"""{%[^%]*\bicon=["']([\w-]+)["']""", text))
    sources = [*(ROOT / "src/anxin/web").rglob("*.py")]
    for path in sources:
        asked |= set(re.findall(r"""Item\(_\("[^"]+"\), "[^"]+", "([\w-]+)\"""", path.read_text()))
    assert asked - icons() == set()


def test_the_list_of_icons_is_sorted_and_has_no_doubles() -> None:
    lines = [line for line in (FRONTEND / "icons.txt").read_text().splitlines() if not line.startswith("#")]
    assert lines == sorted(set(lines))


def test_the_lock_pins_every_package_and_names_no_host() -> None:
    text = (FRONTEND / "package-lock.json").read_text()
    assert "://" not in text
    packages = json.loads(text)["packages"]
    assert all("integrity" in one for name, one in packages.items() if name)


def test_scripts_and_styles_name_no_host_and_use_no_eval() -> None:
    for path in [*FRONTEND.glob("js/*.js"), *FRONTEND.glob("css/*.css")]:
        text = path.read_text().replace("http://www.w3.org/2000/svg", "")
        assert "://" not in text, path
        assert not re.search(r"\beval\(|new Function\(|\.innerHTML\s*=", text), path


def test_scripts_carry_no_words_of_their_own() -> None:
    for path in FRONTEND.glob("js/*.js"):
        code = re.sub(r"//.*", "", path.read_text())
        assert not re.search(r"[\u4e00-\u9fff]", code), path


def test_pages_carry_no_script_and_no_style_of_their_own() -> None:
    for path in TEMPLATES:
        if path.name == "copy.html":  # a document that people take home, read without us
            continue
        text = path.read_text()
        assert not re.search(r"<style|\sstyle=|\son(click|change|submit|load)=", text), path
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", text), path


def test_colours_come_from_tokens_only() -> None:
    """Outside tokens.css a colour value appears only where paper, ink or a camera picture is meant.

    code.css draws the code as it is printed: the same on paper and screen, by day and night.
    """
    allowed = {"#fff", "#000", "#0e1420", "#5f6b7d"}
    for path in FRONTEND.glob("css/*.css"):
        if path.name in ("tokens.css", "code.css"):
            continue
        found = set(re.findall(r"#[0-9a-f]{3,8}\b", path.read_text()))
        assert found <= allowed, (path.name, found - allowed)
