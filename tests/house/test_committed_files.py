"""What may stand in the repository: no secret, nobody's home, no host that a page would call."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

# Names of things, never fetched: XML and SVG namespaces, JSON Schema, licences quoted in full.
NAMESPACES = (
    "http://www.w3.org/",
    "https://www.w3.org/",
    "https://json-schema.org/",
    "http://json-schema.org/",
)
SHOWN = (".html", ".css", ".js", ".svg", ".webmanifest")
TEXT = (*SHOWN, ".py", ".toml", ".md", ".txt", ".json", ".sh", ".cfg", ".csv", ".yml", ".yaml", "")

SECRETS = {
    "private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "AppSecret": re.compile(r"(?i)secret\s*[=:]\s*[\"'][0-9a-f]{32}[\"']"),
    "data key": re.compile(r"[A-Za-z0-9_.-]+:(?!A{43}=)[A-Za-z0-9+/]{43}=(?![A-Za-z0-9+/=])"),
    "password in an address": re.compile(
        r"(?:postgresql|redis)://[^\s:/@\"'{<]+:(?!password@|口令@)[^\s@\"'{$<]+@"
    ),
    "token of a forge": re.compile(r"\b(?:ghp|gho|github_pat|glpat)[_-][A-Za-z0-9_]{20,}"),
    "cloud key": re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    "real AppID": re.compile(r"\bwx(?!(.)\1{15}|1234567890abcdef)[0-9a-f]{16}\b"),
}
HOMES = re.compile(r"(?<![\w.])/(?:Users/|root/|work/|home/[a-z]{2,}/)")


def committed(project: Path) -> Iterator[tuple[str, str]]:
    """Path and text of every file that is committed, or would be by the next commit."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=project, capture_output=True, check=True, text=True,
    )  # fmt: skip
    for name in filter(None, listing.stdout.split("\0")):
        file = project / name
        if file.suffix in TEXT and file.is_file():
            yield name, file.read_text(encoding="utf-8", errors="replace")


def found(project: Path, pattern: re.Pattern[str], but: tuple[str, ...] = ()) -> list[str]:
    """Where a pattern occurs: path and what it was."""
    return [
        f"{name}: {match[0]}"
        for name, text in committed(project)
        if name not in but
        for match in pattern.finditer(text)
    ]


def test_no_committed_file_holds_a_secret(project: Path) -> None:
    holding = {kind: where for kind, pattern in SECRETS.items() if (where := found(project, pattern))}
    assert holding == {}


def test_a_secret_would_be_noticed() -> None:
    samples = {
        "private key": "-----BEGIN RSA " + "PRIVATE KEY-----",
        "AppSecret": 'secret = "' + "0123456789abcdef" * 2 + '"',
        "data key": "k1:" + "Zm9v" * 10 + "Zm8=",
        "password in an address": "postgresql://home:" + "hunter2@db/home",
        "token of a forge": "ghp_" + "a1B2" * 9,
        "cloud key": "AKIA" + "ABCD" * 4,
        "real AppID": "wx" + "0123456789abcde0",
    }
    assert {kind for kind, text in samples.items() if SECRETS[kind].search(text)} == set(SECRETS)


def test_no_committed_file_names_somebody_s_own_folder(project: Path) -> None:
    assert found(project, HOMES, but=("tests/house/test_committed_files.py",)) == []


def test_no_page_style_or_script_names_an_outside_host(project: Path) -> None:
    """Whatever a browser loads comes from us; a link that a person may follow is written in Markdown only."""
    outside = [
        f"{name}: {address[0]}"
        for name, text in committed(project)
        if name.startswith("app/") and name.endswith(SHOWN)
        for address in re.finditer(
            r"(?:https?:)?//[a-zA-Z0-9][\w.-]*\.[a-z]{2,}[^\s\"'<>)]*", without_licences(text)
        )
        if not address[0].startswith(NAMESPACES)
    ]
    assert outside == []


def without_licences(text: str) -> str:
    """Comments of a vendored file say where it came from; nothing loads them."""
    return re.sub(r"/\*.*?\*/|<!--.*?-->|^\s*//.*?$", "", text, flags=re.DOTALL | re.MULTILINE)


def test_what_is_installed_or_run_is_never_committed(project: Path) -> None:
    kept_out = (".venv/", "var/", "config.toml", "node_modules/", "__pycache__/", ".hypothesis/")
    assert [name for name, _ in committed(project) if name.startswith(kept_out)] == []


def test_every_pinned_requirement_is_sorted_and_has_a_reason(project: Path) -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = [
            line for line in (project / name).read_text().splitlines() if line and not line.startswith("#")
        ]
        assert [
            line for line in lines if not re.match(r"^[a-z0-9._\[\]-]+==[\w.]+ +# \S.{3,}$", line)
        ] == [], name
        assert lines == sorted(lines, key=lambda line: re.split(r"[=\[]", line)[0]), name
