"""Keys leave the house under a passphrase only, and come back without replacing any."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command

import anxin
from anxin.audit.adapters import signing
from anxin.config.keys import escrow
from anxin.config.recovery.key import backup_key
from anxin.kit import crypto
from anxin.kit.crypto import keyfiles


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


@pytest.fixture
def house(tmp_path: Path, settings, monkeypatch) -> Path:
    home = tmp_path / "home"
    move_to(home, settings)
    monkeypatch.setattr(escrow, "COST", {"n": 2**10, "r": 8, "p": 1})
    monkeypatch.setenv("ANXIN_PASSPHRASE", "correct horse battery")
    return home


def move_to(home: Path, settings) -> None:
    settings.ANXIN_HOME, settings.ANXIN_KEY_RING = home, home / "keys" / "ring.json"
    settings.ANXIN_AUDIT_KEY, settings.ANXIN_ANCHORS = home / "keys" / "audit.pem", home / "anchors"
    settings.ANXIN_BACKUP_KEY = home / "keys" / "backup.key"
    (home / "keys").mkdir(parents=True)


@pytest.mark.requirement("A-7.4.4")
def test_an_export_holds_every_key_file_of_the_house(house: Path, tmp_path: Path, settings) -> None:
    """Also one nobody registered, one that lies elsewhere, and what checks signatures of an earlier audit key."""
    crypto.seal(b"x", "c")
    backup_key(make=True)
    (house / "keys" / "secret").write_text("s")
    first = signing.sign(b"first")
    settings.ANXIN_AUDIT_KEY.unlink()
    signing._private.cache_clear()
    second = signing.sign(b"second")
    (house / "keys" / "new-kind").mkdir()
    (house / "keys" / "new-kind" / "signing.pem").write_text("of tomorrow")
    (tmp_path / "merchant.pem").write_text("of the channel")
    settings.ANXIN_WECHATPAY = {"key": str(tmp_path / "merchant.pem")}
    call_command("keys", "export", str(tmp_path / "export"), stdout=io.StringIO())

    held = escrow.unpack((tmp_path / "export").read_text(), "correct horse battery")
    on_disk = {p for p in (house / "keys").rglob("*") if p.is_file() and p.suffix != ".lock"}
    assert {keyfiles.place(name) for name in held} >= on_disk | {tmp_path / "merchant.pem"}
    assert set(keyfiles.REGISTER) <= set(held)
    assert sum(name.startswith("published/") for name in held) == 2

    settings.ANXIN_WECHATPAY = {}
    move_to(tmp_path / "other", settings)
    call_command("keys", "import", str(tmp_path / "export"), stdout=io.StringIO())
    signing._private.cache_clear()
    assert signing.is_ours(b"first", first) and signing.is_ours(b"second", second)
    assert signing.sign(b"second") == second  # Ed25519 signs alike with the same key.
    assert (tmp_path / "other" / "keys" / "channel-key").read_text() == "of the channel"


def test_an_import_writes_nowhere_else(house: Path, tmp_path: Path) -> None:
    for name in ("../outside", "/etc/outside", "published/../../outside"):
        file = tmp_path / "bad"
        file.write_text(escrow.pack({name: "x"}, "correct horse battery"))
        with pytest.raises(CommandError, match="no export"):
            call_command("keys", "import", str(file))
    assert not list(tmp_path.rglob("outside"))


def test_no_key_file_is_made_past_the_register() -> None:
    """Who writes private keys or secrets to a file does it by the register; settings that name a key are in it."""
    source = Path(anxin.__file__).parent
    makers = {
        str(file.relative_to(source))
        for file in source.rglob("*.py")
        if re.search(r"\bwrite_once\(|O_EXCL|\.private_bytes\(", file.read_text())
    }
    assert makers == {
        "kit/once.py", "kit/crypto/keyfiles.py",
        "kit/crypto/ring.py",  # a draft beside the ring that replaces it
        "config/settings.py",  # the secret, before there are settings to read a register's places from
        "config/keys/escrow.py", "config/management/commands/keys.py",  # the export, and putting it back
        "audit/adapters/signing.py", "audit/adapters/archives.py",  # the published half; entries past their time
        "config/embedded/place.py",  # the password of its own cluster, which a backup restores with it
        "contracts/engine/certificates.py",  # keys that are kept sealed in the database
        "payments/adapters/wechatpay/keys.py", "config/simulated/kms_simulator.py",
        "audit/adapters/tsa_simulator.py",  # simulators
    }  # fmt: skip
    named = {
        name for name in dir(django_settings)
        if name.startswith("ANXIN_") and isinstance(value := getattr(django_settings, name), Path)
        and ("KEY" in name or value.parent.name == "keys")
    }  # fmt: skip
    assert named == {one.setting for one in keyfiles.REGISTER.values() if one.setting}
