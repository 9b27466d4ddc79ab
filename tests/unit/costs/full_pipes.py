"""A full disk, where the product writes into a pipe."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def full_pipes() -> Iterator[None]:
    """Whatever is written into a pipe that is made meanwhile meets a full device."""
    make = os.pipe

    def make_full() -> tuple[int, int]:
        reader, writer = make()
        full = os.open("/dev/full", os.O_WRONLY)
        os.dup2(full, writer)
        os.close(full)
        return reader, writer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "pipe", make_full)
        yield
