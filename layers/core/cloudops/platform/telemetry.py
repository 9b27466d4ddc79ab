"""Logs, metrics and traces: the one place that knows Powertools' and X-Ray's names for them."""

import os
from collections.abc import Callable
from functools import wraps
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.platform.aws import close_single_attempts
from cloudops.platform.snapshot import prepare

Event = dict[str, Any]
Handler = Callable[[Event, LambdaContext], Any]

logger = Logger()
metrics = Metrics(namespace="CloudOpsGuardrails")
tracer = Tracer(auto_patch=False)


def observed(handler: Handler) -> Handler:
    """A handler whose logs carry the request, whose metrics are flushed and whose run is a trace segment."""

    @tracer.capture_lambda_handler(capture_response=False)
    @logger.inject_lambda_context(clear_state=True)
    @wraps(handler)
    def entry_point(event: Event, context: LambdaContext) -> Any:
        try:
            return handler(event, context)
        finally:
            close_single_attempts()
            if metrics.metric_set:
                metrics.flush_metrics()

    # Every function declares its handler by this, at its import, which is what a snapshot is made after.
    prepare(os.environ)
    return entry_point  # type: ignore[no-any-return]


def count(name: str, value: float = 1) -> None:
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
