"""The functions of a stack: each with a few environments that are started on demand and kept warm."""

import json
import math
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from multiprocessing import Pipe
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from local.template import REGION, Function

CHECKOUT = Path(__file__).resolve().parent.parent
RUNTIME = CHECKOUT / "local" / "runtime.py"
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", "SSL_CERT_FILE")


class FunctionError(Exception):
    """The handler raised, or its process ended; the text is Lambda's "type: message"."""


class FunctionTimeoutError(FunctionError):
    """The handler was still at work when its time was up, and was killed."""


class FunctionBusyError(FunctionError):
    """All environments of the function were at work for as long as the caller would wait."""


class Invoker(Protocol):
    """Direct invocation by the function's folder name, as `aws lambda invoke` would. Raises FunctionError."""

    def invoke(self, name: str, event: Any, *, seconds: float | None = None) -> Any: ...

    def timeout(self, name: str) -> int: ...


class Environment:
    def __init__(self, function: Function, *, variables: Mapping[str, str], log: Path) -> None:
        self._connection, other = Pipe()
        try:
            with log.open("ab") as output:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", str(RUNTIME), str(other.fileno()), function.handler],
                    pass_fds=[other.fileno()],
                    cwd="/",
                    env=dict(variables),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    # Ctrl-C ends the stack, which lets its environments finish.
                    start_new_session=True,
                )
        finally:
            other.close()

    @property
    def pid(self) -> int:
        return self._process.pid

    def invoke(self, event: Any, *, timeout: float) -> Any:
        """Raises FunctionError; the environment is of no more use after a timeout or a crash."""
        request_id = str(uuid4())
        request = {
            "event": event,
            "request_id": request_id,
            "timeout": timeout,
            "trace_id": _trace_id(request_id),
        }
        try:
            self._connection.send_bytes(json.dumps(request).encode())
            if not self._connection.poll(timeout):
                raise FunctionTimeoutError(f"{request_id} Task timed out after {timeout:.2f} seconds")
            answer = json.loads(self._connection.recv_bytes())
        except (EOFError, OSError) as error:
            status = self._process.wait()
            raise FunctionError(f"Runtime.ExitError: {request_id} exited with status {status}") from error
        if "error" in answer:
            raise FunctionError(f"{answer['error']['errorType']}: {answer['error']['errorMessage']}")
        return answer["result"]

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        self._connection.close()
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        self._connection.close()
        self._process.kill()
        self._process.wait()


class Pool:
    """At most `size` environments of one function."""

    def __init__(self, function: Function, *, size: int, variables: Mapping[str, str], log: Path) -> None:
        self.function = function
        self._variables = variables
        self._log = log
        self._places = threading.BoundedSemaphore(size)
        self._idle: list[Environment] = []

    def invoke(self, event: Any, *, seconds: float | None = None) -> Any:
        """`seconds` is how long the caller waits, first for a free environment and then for the result."""
        if not self._places.acquire(timeout=seconds):
            raise FunctionBusyError(f"{self.function.name} is busy")
        try:
            return self._invoke(self._take(), event, min(seconds or math.inf, self.function.timeout))
        finally:
            self._places.release()

    def _invoke(self, environment: Environment, event: Any, timeout: float) -> Any:
        try:
            result = environment.invoke(event, timeout=timeout)
        except FunctionTimeoutError:
            environment.kill()
            raise
        except FunctionError:
            self._keep(environment)
            raise
        self._idle.append(environment)
        return result

    def _take(self) -> Environment:
        while self._idle:
            # The stack's own thread-safety rests on list.pop and list.append being atomic.
            try:
                environment = self._idle.pop()
            except IndexError:
                break
            if environment.is_alive():
                return environment
            environment.close()
        return Environment(self.function, variables=self._variables, log=self._log)

    def _keep(self, environment: Environment) -> None:
        if environment.is_alive():
            self._idle.append(environment)
        else:
            environment.close()

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()


class Functions:
    """`root` is the folder that holds `functions/` and `layers/`; `size` is environments per function."""

    def __init__(
        self,
        functions: Mapping[str, Function],
        *,
        environment: Mapping[str, str],
        logs: Path,
        root: Path = CHECKOUT,
        size: int = 2,
    ) -> None:
        self._pools = {
            name: Pool(
                function,
                size=size,
                variables=variables_of(function, environment, root),
                log=logs / f"{name}.log",
            )
            for name, function in functions.items()
        }

    def __contains__(self, name: str) -> bool:
        return name in self._pools

    def timeout(self, name: str) -> int:
        return self._pools[name].function.timeout

    def invoke(self, name: str, event: Any, *, seconds: float | None = None) -> Any:
        return self._pools[name].invoke(event, seconds=seconds)

    def close(self) -> None:
        for pool in self._pools.values():
            pool.close()


def variables_of(function: Function, environment: Mapping[str, str], root: Path) -> dict[str, str]:
    """The whole environment of one function's processes: nothing of the user's own AWS settings gets in."""
    layers = sorted(str(path) for path in root.glob("layers/*") if path.is_dir())
    return {
        **{name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ},
        "PYTHONPATH": os.pathsep.join([str(root / "functions"), *layers]),
        "PYTHONUNBUFFERED": "1",
        "TZ": "UTC",
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        # There is no X-Ray daemon on a laptop.
        "POWERTOOLS_TRACE_DISABLED": "true",
        **{name: _unpacked(value, function, root) for name, value in function.environment.items()},
        **environment,
    }


def _trace_id(request_id: str) -> str:
    digits = request_id.replace("-", "")
    return f"Root=1-{digits[:8]}-{digits[8:]};Parent={digits[:16]};Sampled=0"


def _unpacked(value: str, function: Function, root: Path) -> str:
    # Lambda unpacks a layer under /opt; a layer that no build step makes is a folder of the checkout.
    folders = [layer for layer in function.layers if layer.rstrip("/") != "layers"]
    return str(root / folders[-1]) if value == "/opt" and folders else value
