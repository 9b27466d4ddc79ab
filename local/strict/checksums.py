"""An object that does not match the checksum sent with it is not stored.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html (BadDigest, InvalidDigest,
XAmzContentSHA256Mismatch)
"""

import hashlib
import zlib
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping
from functools import cache

from local.strict.call import Call, Http, Reply
from local.strict.errors import RefusedError
from local.strict.rule import Forward

CRC32C, CRC64NVME = 0x82F63B78, 0x9A6C9329AC4BC9B5


class Checksums:
    def applies(self, call: Call) -> bool:
        return call.service == "s3" and call.operation in {"PutObject", "UploadPart"}

    def answer(self, call: Call, forward: Forward) -> Reply:
        checked_content(call.http)
        return forward(call)


def checked_content(http: Http) -> bytes:
    """The object that is sent. Raises RefusedError where it is not the one that its checksums were made of."""
    content, trailers = content_of(http)
    _check_payload(http)
    _check_md5(http, content)
    for name, algorithm in ALGORITHMS.items():
        header = f"x-amz-checksum-{name}"
        given = http.header(header) or trailers.get(header)
        if given is not None and given != b64encode(algorithm(content)).decode():
            raise RefusedError(
                "BadDigest", f"The {name.upper()} you specified did not match the calculated checksum."
            )
    return content


def content_of(http: Http) -> tuple[bytes, Mapping[str, str]]:
    """The object and the headers that follow it, where it comes in signed chunks."""
    if "aws-chunked" not in (http.header("content-encoding") or ""):
        return http.body, {}
    content, rest = b"", http.body
    while True:
        head, _, rest = rest.partition(b"\r\n")
        length = int(head.partition(b";")[0] or b"0", 16)
        if not length:
            break
        content, rest = content + rest[:length], rest[length + 2 :]
    lines = (line.partition(":") for line in rest.decode().splitlines())
    return content, {name.strip().lower(): value.strip() for name, colon, value in lines if colon}


def _check_payload(http: Http) -> None:
    given = http.header("x-amz-content-sha256") or ""
    signed = len(given) == 64
    if signed and given != hashlib.sha256(http.body).hexdigest():
        raise RefusedError(
            "XAmzContentSHA256Mismatch",
            "The provided 'x-amz-content-sha256' header does not match what was computed.",
        )


def _check_md5(http: Http, content: bytes) -> None:
    given = http.header("content-md5")
    if given is None:
        return
    try:
        digest = b64decode(given, validate=True)
    except Base64Error:
        digest = b""
    if len(digest) != 16:
        raise RefusedError("InvalidDigest", "The Content-MD5 you specified was invalid.")
    if digest != hashlib.md5(content, usedforsecurity=False).digest():
        raise RefusedError("BadDigest", "The Content-MD5 you specified did not match what we received.")


def reflected_crc(content: bytes, polynomial: int, *, octets: int) -> bytes:
    table, mask = _table(polynomial), (1 << 8 * octets) - 1
    crc = mask
    for byte in content:
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8
    return (crc ^ mask).to_bytes(octets, "big")


@cache
def _table(polynomial: int) -> tuple[int, ...]:
    entries = []
    for entry in range(256):
        value = entry
        for _ in range(8):
            value = value >> 1 ^ (polynomial if value & 1 else 0)
        entries.append(value)
    return tuple(entries)


ALGORITHMS: Mapping[str, Callable[[bytes], bytes]] = {
    "crc32": lambda content: zlib.crc32(content).to_bytes(4, "big"),
    "crc32c": lambda content: reflected_crc(content, CRC32C, octets=4),
    "crc64nvme": lambda content: reflected_crc(content, CRC64NVME, octets=8),
    "sha1": lambda content: hashlib.sha1(content, usedforsecurity=False).digest(),
    "sha256": lambda content: hashlib.sha256(content).digest(),
}
