"""The port's open connections, so that one can be cut before its answer."""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

Peer = tuple[str, int]


class Connections:
    def __init__(self) -> None:
        self._open: dict[Peer, asyncio.Transport] = {}

    def cut(self, peer: Peer) -> None:
        """The client sees its connection end without a byte of an answer."""
        self._open[peer].abort()

    def protocol(self) -> type[asyncio.Protocol]:
        connections = self._open

        class Tracked(H11Protocol):
            def connection_made(self, transport: Any) -> None:
                connections[transport.get_extra_info("peername")] = transport
                super().connection_made(transport)

            def connection_lost(self, exc: Exception | None) -> None:
                connections.pop(self.transport.get_extra_info("peername"), None)
                super().connection_lost(exc)

        return Tracked
