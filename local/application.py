"""The application itself, for the few commands that call it without a function around it."""

import sys

from local.functions import CHECKOUT


def make_importable() -> None:
    path = str(CHECKOUT / "layers" / "core")
    if path not in sys.path:
        sys.path.insert(0, path)
