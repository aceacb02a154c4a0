"""Version and commit, from a checkout and from elsewhere."""

import shutil
import subprocess
from importlib import metadata
from pathlib import Path

import pytest

from frameloom.core.provenance import commit, version


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small git checkout with one commit."""
    package = tmp_path / "src" / "frameloom"
    package.mkdir(parents=True)
    (package / "a.py").write_text("1\n")
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "One"]):
        subprocess.run([*git, *command], check=True)
    return package


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_a_checkout_has_a_commit_and_a_mark_when_files_differ(checkout: Path) -> None:
    clean = commit(checkout)
    assert clean is not None
    assert len(clean) == 12
    commit.cache_clear()
    (checkout / "a.py").write_text("2\n")
    assert commit(checkout) == f"{clean}+"


def test_an_installed_package_has_none(tmp_path: Path, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert commit(tmp_path / "venv" / "lib" / "frameloom") is None
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert commit(checkout) is None


def test_version_is_that_of_the_installed_package(monkeypatch: pytest.MonkeyPatch) -> None:
    assert version() == metadata.version("frameloom")

    def missing(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    assert version() == "unknown"
