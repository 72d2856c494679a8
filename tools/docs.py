"""The documents hold together: links lead somewhere, and both READMEs say the same."""

import re
import subprocess
from pathlib import Path
from urllib.parse import unquote

LINK = re.compile(r"(?<!`)!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)|<img[^>]+src=\"([^\"]+)\"")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^(#+) ", re.MULTILINE)


def problems(root: Path) -> list[str]:
    """One line for each link within the repository that leads nowhere, and for READMEs that drifted apart."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=root, check=True, capture_output=True, text=True,
    )  # fmt: skip
    found = []
    for name in listed.stdout.split():
        text = FENCE.sub("", (root / name).read_text())
        for markdown, html in LINK.findall(text):
            target = unquote((markdown or html).split("#")[0])
            if target and not re.match(r"[a-z]+:", target) and not ((root / name).parent / target).exists():
                found.append(f"{name}: link to {target} leads nowhere")
    english, chinese = (_outline(root / name) for name in ("README.md", "README.zh-CN.md"))
    if english != chinese:
        found.append(
            f"README.md has headings of levels {english}, README.zh-CN.md {chinese}: same content in both"
        )
    return found


def _outline(readme: Path) -> list[int]:
    """The levels of its headings, in order."""
    return [len(marks) for marks in HEADING.findall(FENCE.sub("", readme.read_text()))]
