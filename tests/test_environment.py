"""Folders of a user on a machine that others use, or that knows no such user."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from surveygen.environment import cache_folder, login_name, make_private, temp_folder
from surveygen.errors import SourceError
from surveygen.sources.http import Clock
from surveygen.sources.http.limiter import Limiter

STRANGER = 54_321
URL = "http://127.0.0.1:1/"


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files, and no home and no name of the user."""
    for name in ("HOME", "XDG_CACHE_HOME", "LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(os, "getuid", lambda: STRANGER)
    return tmp_path


def test_a_user_without_a_home_has_a_cache(temporary: Path) -> None:
    """Neither HOME nor a passwd entry: the folder is among the temporary ones."""
    assert temp_folder() == temporary / f"surveygen-{STRANGER}"
    assert cache_folder() == temp_folder() / "cache"
    assert login_name() == "unknown"


def test_a_lock_works_without_a_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests are limited as for anybody; the folder is closed to others."""
    for name in ("HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr("pathlib.Path.home", missing)
    with Limiter(URL, 0.0, Clock()).acquire():
        pass

    assert temp_folder().stat().st_mode & 0o777 == 0o700
    assert [path.name for path in cache_folder().iterdir()] == ["127.0.0.1-1.lock"]


def test_a_folder_of_another_user_is_not_used(temporary: Path) -> None:
    """Neither for locks nor for the mark of a stop; the error says what to do."""
    planted = temp_folder()
    planted.mkdir()  # by who really runs this test, which is not the stranger
    (planted / "127.0.0.1-1.stopped").write_text("planted")
    limiter = Limiter(URL, 0.0, Clock())
    with pytest.raises(SourceError, match="cannot be written") as caught, limiter.acquire():
        pass

    assert limiter.stop_mark() == ""
    assert "XDG_CACHE_HOME" in caught.value.hint
    assert sorted(path.name for path in planted.iterdir()) == ["127.0.0.1-1.stopped"]


def test_a_link_is_not_a_folder(tmp_path: Path) -> None:
    """It may lead anywhere."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")

    assert not make_private(tmp_path / "link")


def test_an_open_folder_of_ours_is_closed(tmp_path: Path) -> None:
    """Earlier versions made it readable by everyone."""
    folder = tmp_path / "open"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)

    assert make_private(folder)
    assert folder.stat().st_mode & 0o777 == 0o700


def missing() -> Path:
    """Fail as `Path.home` does without a passwd entry."""
    raise RuntimeError("Could not determine home directory.")
