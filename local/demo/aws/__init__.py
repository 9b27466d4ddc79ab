"""The demo's resources in the emulated AWS, in its own process, with the ids that the demo's bill names.

Nobody can choose the id of an instance or a volume through AWS's API, so they are written into the emulation's
memory. It forgets them when it ends: every start writes the same ones again.
"""

from local.demo.aws.seeding import seed

__all__ = ["seed"]
