"""docs/settings.md: every environment variable that the product reads, with its default, read from settings.py.

usage: python -m tools.settings_page      write it anew
"""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = "src/anxin/config/settings.py"
HEAD = """# Settings

Every environment variable, written from `src/anxin/config/settings.py` by `make docs`; `make check` fails if it is out
of date. Everything has a default that works on one machine with the demo. `operations.md` says which ones to set.

| variable | default | meaning |
| --- | --- | --- |
"""
# What the comment above the setting does not say of each.
WORDS = {
    "ANXIN_ANCHORS": "folder of the anchors of what was sealed in the audit trail",
    "ANXIN_AUDIT_KEY": "file of the key that signs the audit trail, apart from the ring",
    "ANXIN_AUDIT_MONTHS": "months until sealed audit entries move from the table to a file; never fewer than six",
    "ANXIN_BACKGROUND_APP": "our name at the authority that checks backgrounds",
    "ANXIN_BACKGROUND_SECRET": "our secret there, which also signs the files of requests and answers",
    "ANXIN_BACKGROUND_URL": "the authority that checks backgrounds",
    "ANXIN_BACKUP_DATABASE_URL": "a role that may replicate, where the product's own may not",
    "ANXIN_BACKUP_FOLLOW": "1: `anxin run` keeps the archiver running",
    "ANXIN_BACKUP_KEY": "file of the key that backups are sealed with",
    "ANXIN_BACKUP_S3_ENDPOINT": "address of the object store",
    "ANXIN_BACKUP_S3_KEY": "its access key",
    "ANXIN_BACKUP_S3_REGION": "its region",
    "ANXIN_BACKUP_S3_SECRET": "its secret",
    "ANXIN_BACKUP_TO": "where backups go: a folder or s3://bucket/prefix",
    "ANXIN_CALLBACK_ORIGIN": "where the payment channel reaches us, if not at ANXIN_ORIGIN",
    "ANXIN_CITY_CODE": "division code of the city this house serves",
    "ANXIN_COUNTY_CODE": "division code of the county this house serves",
    "ANXIN_DATABASE_URL": "a PostgreSQL of your own, 15 or later; without it `anxin` runs an embedded one",
    "ANXIN_DEBUG": "never in production",
    "ANXIN_DEMO": "demo data and demo logins; `anxin serve` switches them off",
    "ANXIN_FACE_APP": "our name at the provider that compares faces",
    "ANXIN_FACE_SECRET": "our secret there",
    "ANXIN_FACE_URL": "the provider that compares a live picture with the identity card's",
    "ANXIN_HOME": "data, keys, logs",
    "ANXIN_HOSTS": "host names that requests may ask for, parted by commas",
    "ANXIN_IDENTITY_APP": "our name at the identity check",
    "ANXIN_IDENTITY_SECRET": "our secret at the identity check",
    "ANXIN_IDENTITY_URL": "the identity check",
    "ANXIN_INVOICE_URL": "the tax channel",
    "ANXIN_INVOICE_…": "key and secret at the tax channel (KEY, SECRET)",
    "ANXIN_KEY_RING": "file of the key ring",
    "ANXIN_LIVE_URL": "where browsers reach the live streams",
    "ANXIN_LOG_LEVEL": "from which level on lines are written",
    "ANXIN_MINISTRY_APP": "our name at the Ministry's platform of credit records",
    "ANXIN_MINISTRY_SECRET": "our secret there",
    "ANXIN_MINISTRY_URL": "the Ministry's platform of credit records",
    "ANXIN_ORIGIN": "the address people use; with https:// cookies are secure and HSTS is sent",
    "ANXIN_PASSPHRASE": "answers for scripts where `anxin keys export` and `import` ask for the passphrase",
    "ANXIN_PORT": "pages and API; live streams one above, simulators two above",
    "ANXIN_POSTGRES_BIN": "programs of the server's major version, where they are not found",
    "ANXIN_SECRET_KEY": "secret of sessions; without it a file below ANXIN_HOME/keys",
    "ANXIN_SIMULATOR_URL": "where browsers reach the simulators of the demo",
    "ANXIN_SMS_KEY": "access key at the provider of text messages",
    "ANXIN_SMS_SECRET": "its secret",
    "ANXIN_SMS_SIGN_NAME": "the registered signature of text messages",
    "ANXIN_SMS_URL": "the provider of text messages",
    "ANXIN_TIMESTAMP_ROOTS": "file of root certificates (PEM) by which its tokens are judged, offline",
    "ANXIN_TIMESTAMP_URL": "a time-stamp authority (RFC 3161) for the anchors of the audit trail; empty: none",
    "ANXIN_WEB_WORKERS": "processes that answer pages and API; default: one to a core, at most 4",
    "ANXIN_WECHATPAY_URL": "the payment channel",
    "ANXIN_WECHATPAY_…": (
        "MCHID, APPID, SERIAL, PLATFORM_SERIAL; KEY, APIV3_KEY, PLATFORM_KEY are paths of files; a real channel only"
    ),
}


def page(root: Path) -> str:
    """The text of docs/settings.md."""
    text = (root / SETTINGS).read_text()
    lines = text.splitlines()
    rows: dict[str, tuple[str, str]] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and node.args:
            name = _name(node)
            if name:
                default = _default(node.args[1]) if len(node.args) > 1 else ""
                rows.setdefault(name, (default or "—", _comment(lines, node.lineno - 1)))
    for name, words in WORDS.items():
        rows[name] = (rows.get(name, ("—", ""))[0], words)
    body = [f"| `{name}` | {_cell(rows[name][0])} | {rows[name][1]} |\n" for name in sorted(rows)]
    return HEAD + "".join(body)


def _name(call: ast.Call) -> str:
    """The variable a call reads, or nothing."""
    if ast.unparse(call.func) not in ("os.environ.get", "_flag"):
        return ""
    first = call.args[0]
    if isinstance(first, ast.JoinedStr):
        return re.sub(r"\{.*\}", "…", ast.unparse(first)[2:-1])
    found = first.value if isinstance(first, ast.Constant) else ""
    return str(found) if str(found).startswith("ANXIN_") else ""


def _default(node: ast.expr) -> str:
    return (
        str(node.value) if isinstance(node, ast.Constant) else ast.unparse(node).removeprefix("f").strip("'")
    )


def _cell(default: str) -> str:
    return "—" if default == "—" else f"`{default.replace('|', '/')}`"


def _comment(lines: list[str], line: int) -> str:
    """The comment that stands above the setting, if any stands directly above its group."""
    while line > 0 and lines[line - 1].startswith(("ANXIN_", "    ", "}")):
        line -= 1
    told: list[str] = []
    while line > 0 and lines[line - 1].startswith("# ") and "──" not in lines[line - 1]:
        told.insert(0, lines[line - 1][2:])
        line -= 1
    return " ".join(told).replace("|", "/")


def problems(root: Path) -> list[str]:
    """One line if the page does not show the settings as they are."""
    path = root / "docs" / "settings.md"
    current = path.exists() and path.read_text() == page(root)
    return [] if current else ["docs/settings.md is out of date: `make docs` writes it anew"]


if __name__ == "__main__":
    (ROOT / "docs" / "settings.md").write_text(page(ROOT))
