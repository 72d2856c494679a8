"""No file over 400 lines, no function over 60: past that, it does more than one thing."""

import ast
from pathlib import Path

FILE, FUNCTION = 400, 60


def problems(root: Path) -> list[str]:
    """One line for each file and function that is too long. Migrations and data tables are not read by people."""
    found = []
    for folder in ("src", "tests", "tools", "benchmarks"):
        for path in sorted((root / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                found += _of_file(path, path.relative_to(root))
    return found


def _of_file(path: Path, name: Path) -> list[str]:
    text = path.read_text()
    lines = len(text.splitlines())
    found = [f"{name}: {lines} lines, the limit is {FILE}"] if lines > FILE else []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION:
                found.append(f"{name}:{node.lineno}: {node.name} has {length} lines, the limit is {FUNCTION}")
    return found
