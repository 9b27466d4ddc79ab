import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from local.functions import FunctionBusyError, FunctionError, Functions, FunctionTimeoutError
from local.template import Template


def echo(functions: Functions, **event: Any) -> Any:
    return json.loads(functions.invoke("echo", event)["body"])


def test_a_handler_gets_the_event_and_a_context(functions: Functions) -> None:
    answer = echo(functions, number=7)

    assert answer["event"] == {"number": 7}
    assert answer["context"]["name"] == "echo"
    assert answer["context"]["memory"] == 256
    assert answer["context"]["arn"] == "arn:aws:lambda:us-east-1:123456789012:function:echo"
    assert 28_000 < answer["context"]["left"] <= 29_000


def test_an_environment_is_kept_warm_and_every_request_has_its_own_id(functions: Functions) -> None:
    first, second = echo(functions), echo(functions)

    assert second["pid"] == first["pid"] != os.getpid()
    assert second["calls"] == first["calls"] + 1
    assert second["context"]["request"] != first["context"]["request"]


def test_two_events_at_a_time_get_two_environments(functions: Functions) -> None:
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: echo(functions, do="x" * 10), range(20)))

    assert 1 <= len({answer["pid"] for answer in answers}) <= 2


def test_an_error_of_the_handler_is_named_and_leaves_the_environment_warm(functions: Functions) -> None:
    before = echo(functions)["pid"]

    with pytest.raises(FunctionError, match=r"^ValueError: as asked$"):
        functions.invoke("echo", {"do": "raise"})

    assert echo(functions)["pid"] == before


def test_a_result_that_is_no_json_is_an_error(functions: Functions) -> None:
    with pytest.raises(FunctionError, match="TypeError"):
        functions.invoke("echo", {"do": "not json"})


def test_a_process_that_ends_is_an_error_and_is_replaced(functions: Functions) -> None:
    with pytest.raises(FunctionError, match="exited with status 3"):
        functions.invoke("echo", {"do": "exit"})

    assert echo(functions)["calls"] >= 1


def test_a_handler_past_its_time_is_killed(
    small_template: Template, small_root: Path, tmp_path: Path
) -> None:
    quick = replace(small_template.functions["echo"], timeout=1)
    functions = Functions({"echo": quick}, environment={}, logs=tmp_path, root=small_root)
    try:
        pid = echo(functions)["pid"]
        with pytest.raises(FunctionTimeoutError, match=r"after 1\.00 seconds"):
            functions.invoke("echo", {"do": "sleep"})

        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    finally:
        functions.close()


def ask_until(functions: Functions, done: Callable[[], bool]) -> None:
    while not done():
        functions.invoke("echo", {}, seconds=0.2)


def test_a_caller_does_not_wait_for_ever_for_a_free_environment(
    small_template: Template, small_root: Path, tmp_path: Path
) -> None:
    functions = Functions(small_template.functions, environment={}, logs=tmp_path, root=small_root, size=1)
    try:
        with ThreadPoolExecutor(1) as pool:
            busy = pool.submit(functions.invoke, "echo", {"do": "sleep"}, seconds=1.5)
            # Its thread may come later than this one, which then finds the environment free.
            with pytest.raises(FunctionBusyError):
                ask_until(functions, busy.done)
            with pytest.raises(FunctionTimeoutError):
                busy.result()
    finally:
        functions.close()


def test_a_handler_sees_its_own_environment_and_nothing_of_the_users_aws(
    functions: Functions,
    monkeypatch: pytest.MonkeyPatch,
    small_template: Template,
    small_root: Path,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "real")
    fresh = Functions(
        small_template.functions, environment={"AWS_ENDPOINT_URL": "http://x"}, logs=tmp_path, root=small_root
    )
    try:
        seen = fresh.invoke("echo", {"do": "environment"})
    finally:
        fresh.close()

    assert {name for name in seen if name.startswith("AWS_")} == {
        "AWS_ENDPOINT_URL",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_VERSION",
    }
    assert seen["QUEUE_ARN"] == "arn:aws:sqs:us-east-1:123456789012:cloudops-work"


def test_a_handler_that_cannot_be_imported_says_why(
    small_template: Template, small_root: Path, tmp_path: Path
) -> None:
    broken = replace(small_template.functions["echo"], handler="nowhere.handler.handler")
    functions = Functions({"echo": broken}, environment={}, logs=tmp_path, root=small_root)
    try:
        with pytest.raises(FunctionError, match="ModuleNotFoundError: No module named 'nowhere'"):
            functions.invoke("echo", {})
    finally:
        functions.close()


def test_what_a_handler_prints_is_in_its_log(
    small_template: Template, small_root: Path, tmp_path: Path
) -> None:
    functions = Functions(small_template.functions, environment={}, logs=tmp_path, root=small_root)
    functions.invoke("echo", {"do": "chatter"})
    functions.close()

    assert "handled chatter" in (tmp_path / "echo.log").read_text()


def test_closing_leaves_no_process(small_template: Template, small_root: Path, tmp_path: Path) -> None:
    functions = Functions(small_template.functions, environment={}, logs=tmp_path, root=small_root)
    pid = echo(functions)["pid"]

    functions.close()

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
