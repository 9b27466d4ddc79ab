"""One HTTPS request to a host that somebody named, without letting him reach into our own network.

The host has to be on a list, every address that it resolves to has to be a public one, the connection is made to the
very address that was judged, and a redirect is an answer like any other.
"""

import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

SECONDS = 10
LONGEST_URL = 2000
HTTPS = 443
# Addresses that lead on to an IPv4 address that they contain.
TRANSLATED = ("64:ff9b:", "2002:", "::ffff:")
type Resolve = Callable[[str], Sequence[str]]


class UnsafeAddressError(Exception):
    """We do not send requests there."""


class NoAnswerError(Exception):
    """The host did not answer."""


@dataclass(frozen=True, kw_only=True)
class Destination:
    host: str
    path: str
    port: int = HTTPS


def destination_of(url: str, hosts: Sequence[str]) -> Destination:
    """`hosts` are names, and names after `*.` for everything below them. Raises UnsafeAddressError."""
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise UnsafeAddressError("it is not a URL of printable ASCII characters")
    try:
        parts = urlsplit(url)
        port = parts.port or HTTPS
    except ValueError as error:
        raise UnsafeAddressError("it is not a URL") from error
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme != "https" or port != HTTPS or not host:
        raise UnsafeAddressError("it has to begin with https:// and lead to port 443")
    if "@" in parts.netloc or parts.fragment:
        raise UnsafeAddressError("it has no user, no password and no fragment")
    if is_address(host):
        raise UnsafeAddressError("it names a host, not an address")
    if not any(covers(pattern, host) for pattern in hosts):
        raise UnsafeAddressError(f"{host} is none of the hosts that webhooks may lead to (WebhookHosts)")
    return Destination(host=host, path=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def is_address(host: str) -> bool:
    # Resolvers also take 127.1, 0x7f.1 and 2130706433 for addresses; no name ends in a number.
    try:
        ip_address(host)
    except ValueError:
        last = host.rpartition(".")[2]
        return last.isdigit() or last.startswith("0x")
    return True


def covers(pattern: str, host: str) -> bool:
    if pattern.startswith("*."):
        return host.endswith(pattern[1:].lower())
    return host == pattern.lower()


def public_address_of(host: str, resolve: Resolve) -> str:
    """One address, after all of them were judged: whoever mixes in a private one means no good."""
    addresses = resolve(host)
    if not addresses:
        raise NoAnswerError(f"{host} has no address")
    for address in addresses:
        if not is_public(address):
            raise UnsafeAddressError(f"{host} leads to {address}, which is no public address")
    return addresses[0]


def is_public(text: str) -> bool:
    try:
        address: IPv4Address | IPv6Address = ip_address(text)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and (address.scope_id or str(address).startswith(TRANSLATED)):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def addresses_of(host: str) -> Sequence[str]:
    try:
        found = socket.getaddrinfo(host, HTTPS, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NoAnswerError(f"{host} cannot be resolved") from error
    return [str(address[0]) for *_, address in found]


class PinnedConnection(HTTPSConnection):
    """Connects to an address that was judged, and asks its certificate for the name."""

    def __init__(self, to: Destination, address: str, context: ssl.SSLContext) -> None:
        super().__init__(to.host, to.port, timeout=SECONDS, context=context)
        self._address = address
        self._tls = context

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), self.timeout)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)


def post(
    to: Destination,
    body: bytes,
    headers: Mapping[str, str],
    *,
    address: str,
    context: ssl.SSLContext | None = None,
) -> int:
    """The status of the answer. Raises NoAnswerError."""
    connection = PinnedConnection(to, address, context or ssl.create_default_context())
    try:
        connection.request("POST", to.path, body=body, headers=dict(headers))
        return connection.getresponse().status
    except (OSError, HTTPException) as error:
        raise NoAnswerError(f"{to.host} does not answer: {type(error).__name__}") from error
    finally:
        connection.close()
