"""Keys leave the house under a passphrase only, and come back without replacing any."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from anxin.config.keys import escrow
from anxin.kit import crypto


@pytest.mark.requirement("A-7.4.4")
def test_keys_travel_under_a_passphrase_only(tmp_path: Path, settings, monkeypatch) -> None:
    settings.ANXIN_HOME, settings.ANXIN_KEY_RING = tmp_path, tmp_path / "keys" / "ring.json"
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "secret").write_text("of the old home")
    monkeypatch.setattr(escrow, "COST", {"n": 2**10, "r": 8, "p": 1})
    monkeypatch.setenv("ANXIN_PASSPHRASE", "correct horse battery")
    sealed, out = crypto.seal(b"x", "c"), io.StringIO()
    call_command("keys", "export", str(tmp_path / "export"), stdout=out)
    text = (tmp_path / "export").read_text()
    secret = json.loads(settings.ANXIN_KEY_RING.read_text())["keys"]["k1"]["secret"]
    assert secret not in text

    settings.ANXIN_KEY_RING = tmp_path / "other" / "ring.json"
    settings.ANXIN_HOME = tmp_path / "other-home"
    monkeypatch.setenv("ANXIN_PASSPHRASE", "wrong horse battery")
    with pytest.raises(CommandError, match="passphrase is wrong"):
        call_command("keys", "import", str(tmp_path / "export"))
    monkeypatch.setenv("ANXIN_PASSPHRASE", "correct horse battery")
    # A new home has made a secret of its own before any command runs.
    (tmp_path / "other-home" / "keys").mkdir(parents=True)
    (tmp_path / "other-home" / "keys" / "secret").write_text("of the new home")
    call_command("keys", "import", str(tmp_path / "export"), stdout=out)
    assert crypto.unseal(sealed, "c") == b"x"
    assert (tmp_path / "other-home" / "keys" / "secret").read_text() == "of the new home"

    monkeypatch.setenv("ANXIN_PASSPHRASE", "short")
    with pytest.raises(CommandError, match="12 characters"):
        call_command("keys", "export", str(tmp_path / "second"))
    monkeypatch.setenv("ANXIN_PASSPHRASE", "correct horse battery")
    settings.ANXIN_KEY_RING.write_text("{}")
    with pytest.raises(CommandError, match="holds something else"):
        call_command("keys", "import", str(tmp_path / "export"))
