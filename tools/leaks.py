"""No key, token or password in what is committed."""

import subprocess
from pathlib import Path

from detect_secrets.core.scan import scan_file
from detect_secrets.settings import transient_settings

# Detectors of known forms. Those that judge by randomness alone cry at every checksum and alphabet.
DETECTORS = (
    "AWSKeyDetector", "AzureStorageKeyDetector", "BasicAuthDetector", "GitHubTokenDetector", "GitLabTokenDetector",
    "JwtTokenDetector", "NpmDetector", "OpenAIDetector", "PrivateKeyDetector", "PypiTokenDetector",
    "SendGridDetector", "SlackDetector", "StripeDetector", "TwilioKeyDetector",
)  # fmt: skip


def problems(root: Path) -> list[str]:
    """One line for each committed file and line that looks like a secret; `pragma: allowlist secret` lets one pass."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True)
    return [line for name in listed.stdout.split("\0") if name for line in in_file(root / name, name)]


def in_file(path: Path, name: str) -> list[str]:
    """What one file gives away, by line."""
    with transient_settings({"plugins_used": [{"name": one} for one in DETECTORS]}):
        found = scan_file(str(path))
        return sorted(f"{name}:{secret.line_number}: {secret.type}" for secret in found)
