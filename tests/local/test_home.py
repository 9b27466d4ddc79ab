import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local.home import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def test_a_value_is_made_once_and_kept(home: Home) -> None:
    assert home.remember("port", lambda: "1") == "1"
    assert home.remember("port", lambda: "2") == "1"
    assert Home(home.path).recall("port") == "1"


def test_racing_callers_agree_on_one_value(home: Home) -> None:
    with ThreadPoolExecutor(8) as pool:
        values = set(pool.map(lambda number: home.remember("key", lambda: str(number)), range(64)))

    assert values == {home.recall("key")}


def test_what_is_kept_is_nobody_elses_to_read(home: Home) -> None:
    home.remember("key", lambda: "secret")

    assert stat.S_IMODE((home.path / "secrets").stat().st_mode) == 0o700
    assert stat.S_IMODE((home.path / "secrets" / "key").stat().st_mode) == 0o600


def test_replacing_and_forgetting(home: Home) -> None:
    home.remember("key", lambda: "old")

    home.replace("key", "new")
    assert home.recall("key") == "new"

    home.forget("key")
    home.forget("key")
    assert home.recall("key") is None


def test_a_lock_keeps_a_second_starter_out(home: Home) -> None:
    order: list[str] = []
    with home.lock("start"):
        second = threading.Thread(target=lambda: _enter(Home(home.path), order))
        second.start()
        second.join(0.1)
        order.append("first")
    second.join()

    assert order == ["first", "second"]


def test_only_the_last_user_to_leave_is_told_so(home: Home) -> None:
    first, second = Home(home.path), Home(home.path)
    first.join_users()
    second.join_users()

    assert first.leave_users() is False
    assert second.leave_users() is True
    assert second.leave_users() is False


def _enter(home: Home, order: list[str]) -> None:
    with home.lock("start"):
        order.append("second")
