"""An ASGI application on a port of its own."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send


class Changing:
    """Serves whatever application it holds at the moment; a port is slower to open than to keep."""

    held: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.held(scope, receive, send)


@contextmanager
def served(application: ASGIApp, port: socket.socket) -> Iterator[str]:
    """The origin. The socket comes from outside, because the application has to know its address."""
    server = uvicorn.Server(uvicorn.Config(application, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [port]})
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield f"http://localhost:{port.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def free_port() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))
