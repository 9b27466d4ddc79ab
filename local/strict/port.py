"""The rules in their order, and what becomes of an answer that is none of AWS's."""

import logging
from collections.abc import Sequence

from local.strict.assume_role import AssumeRoleTrust
from local.strict.call import Call, Reply
from local.strict.checksums import Checksums
from local.strict.client_token import ClientTokens
from local.strict.errors import RefusedError
from local.strict.faults import Faults
from local.strict.instance_type import StoppedForInstanceType
from local.strict.metric_data import MetricData
from local.strict.own.compute_optimizer import ComputeOptimizer
from local.strict.own.cost_optimization_hub import CostOptimizationHub
from local.strict.own.pricing import Pricing
from local.strict.pagination import Pagination
from local.strict.rule import Forward, Rule
from local.strict.shapes import ShapeError
from local.strict.troubles import Troubles

logger = logging.getLogger(__name__)


class StrictPort:
    """Tests arm `faults`, the demo and tests `troubles`; they seed the services that the emulation lacks."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.troubles = Troubles()
        self.pricing = Pricing()
        self.compute_optimizer = ComputeOptimizer()
        self.cost_optimization_hub = CostOptimizationHub()
        self._rules: Sequence[Rule] = (
            self.faults,
            self.troubles,
            AssumeRoleTrust(),
            ClientTokens(),
            StoppedForInstanceType(),
            Checksums(),
            MetricData(),
            Pagination(),
            self.pricing,
            self.compute_optimizer,
            self.cost_optimization_hub,
        )

    def add(self, rule: Rule) -> None:
        """A rule that needs to know more than AWS's interface; it comes before all others but the faults."""
        self._rules = (self.faults, rule, *self._rules[1:])

    def rules_for(self, call: Call) -> Sequence[Rule]:
        return [rule for rule in self._rules if rule.applies(call)]

    def answer(self, call: Call, rules: Sequence[Rule], emulation: Forward) -> Reply:
        """Raises AnswerLostError where a fault cuts the connection."""

        def forward(call: Call) -> Reply:
            return understood(call, emulation(call))

        try:
            return _through(rules, forward)(call)
        except RefusedError as error:
            return call.error(error)
        except ShapeError as error:
            logger.exception("an answer of our own is none of AWS's")
            return call.error(RefusedError("InternalFailure", str(error), status=500))


def _through(rules: Sequence[Rule], forward: Forward) -> Forward:
    for rule in reversed(rules):
        forward = _before(rule, forward)
    return forward


def _before(rule: Rule, forward: Forward) -> Forward:
    return lambda call: rule.answer(call, forward)


def understood(call: Call, reply: Reply) -> Reply:
    """The emulation's page for what it does not implement becomes an error that clients do not retry."""
    if not (reply.header("content-type") or "").startswith("text/html") or reply.status < 400:
        return reply
    logger.warning("the emulated AWS does not answer %s.%s", call.service, call.operation)
    return call.error(not_implemented(call))


def not_implemented(call: Call) -> RefusedError:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonErrors.html (InvalidAction)"""
    message = f"The emulated AWS does not answer {call.operation} of {call.service}."
    if call.service == "s3":
        return RefusedError("NotImplemented", message, status=501)
    if call.protocol in {"ec2", "query"}:
        return RefusedError("InvalidAction", message)
    return RefusedError("UnknownOperationException", message)
