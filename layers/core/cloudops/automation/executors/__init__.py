"""Every kind of change that can be carried out, by its name."""

from collections.abc import Mapping

from cloudops.automation.executor import Executor
from cloudops.automation.executors.ec2_resize import ResizeInstance

EXECUTORS: Mapping[str, Executor] = {one.nature.type: one for one in (ResizeInstance(),)}
