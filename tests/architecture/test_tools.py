"""The checks find what they look for: each is shown a fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import leaks, vulnerabilities


def test_a_private_key_in_a_file_is_found(tmp_path: Path) -> None:
    given = tmp_path / "config.py"
    given.write_text("A = 1\nKEY = '''-----BEGIN " + "PRIVATE KEY-----\nMIIEvQ\n'''\n")

    assert leaks.in_file(given, "config.py") == ["config.py:2: Private Key"]


def test_a_dependency_with_an_advisory_is_told() -> None:
    fine = {"name": "fine", "version": "1", "vulns": []}
    weak = {"name": "weak", "version": "2", "vulns": [{"id": "PYSEC-1"}, {"id": "PYSEC-2"}]}
    hidden = {"name": "hidden", "skip_reason": "not found"}

    assert vulnerabilities.judged({"dependencies": [fine, weak, hidden]}) == ["weak 2: PYSEC-1, PYSEC-2"]


def test_what_could_not_be_looked_up_is_not_called_fine(capsys: pytest.CaptureFixture[str]) -> None:
    hidden = {"name": "hidden", "skip_reason": "not found"}

    assert vulnerabilities.judged({"dependencies": [hidden]}) == []
    assert "not looked up" in capsys.readouterr().out
