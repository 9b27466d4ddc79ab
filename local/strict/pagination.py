"""Lists come in pages of the size asked for, with a token for the next, as the services document it.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html#api-pagination
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeDBInstances.html (MaxRecords, Marker)
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html
https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html
https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancers.html
https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_DescribeAutoScalingGroups.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.core.utils import get_pagination_model

from local.strict.call import Call, Reply
from local.strict.errors import RefusedError
from local.strict.pages import InvalidPageTokenError, page
from local.strict.rule import Forward

MOST_PAGES = 1000


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """`default` is the size of a page where none is asked for; None gives everything."""

    least: int
    most: int
    default: int | None
    wrong_size: str
    unknown_token: str


RECORDS = Bounds(
    least=20, most=100, default=100, wrong_size="InvalidParameterValue", unknown_token="InvalidParameterValue"
)
BOUNDS: Mapping[str, Bounds] = {
    "ec2": Bounds(
        least=5, most=1000, default=None, wrong_size="InvalidParameterValue", unknown_token="InvalidNextToken"
    ),
    "rds": RECORDS,
    "elasticache": RECORDS,
    "redshift": RECORDS,
    "logs": Bounds(
        least=1,
        most=50,
        default=50,
        wrong_size="InvalidParameterException",
        unknown_token="InvalidParameterException",
    ),
    "lambda": Bounds(
        least=1,
        most=10000,
        default=50,
        wrong_size="InvalidParameterValueException",
        unknown_token="InvalidParameterValueException",
    ),
    "s3": Bounds(
        least=1, most=10000, default=None, wrong_size="InvalidArgument", unknown_token="InvalidArgument"
    ),
    "elbv2": Bounds(
        least=1, most=400, default=400, wrong_size="ValidationError", unknown_token="ValidationError"
    ),
    "autoscaling": Bounds(
        least=1, most=100, default=50, wrong_size="ValidationError", unknown_token="InvalidNextToken"
    ),
}
# However many are asked for, Lambda gives fifty functions at a time.
LAMBDA_PAGE = 50
# The emulation itself pages what a bucket holds.
BUCKETS = "ListBuckets"


class Pagination:
    def applies(self, call: Call) -> bool:
        return (
            call.service in BOUNDS
            and call.operation.startswith(("Describe", "List"))
            and (call.service != "s3" or call.operation == BUCKETS)
            and "limit_key" in get_pagination_model(call.service).get(call.operation, {})
        )

    def answer(self, call: Call, forward: Forward) -> Reply:
        keys = get_pagination_model(call.service)[call.operation]
        size, token = self._size(call, keys), call.parameters.get(keys["input_token"])
        everything = call.changed(**{keys["limit_key"]: None, keys["input_token"]: None})
        first = forward(everything)
        if first.status != 200:
            return first
        whole = _all_pages(everything, first, keys, forward)
        listed = _result(keys)
        question = call.digest(without=[keys["limit_key"], keys["input_token"]])
        try:
            items, following = page(whole.get(listed, []), size=size, token=token, question=question)
        except InvalidPageTokenError as error:
            raise RefusedError(BOUNDS[call.service].unknown_token, "The token is not valid.") from error
        if following is None and token is None and len(items) == len(call.read(first).get(listed, [])):
            return first
        next_token = {keys["output_token"]: following} if following else {}
        return call.answer({**whole, listed: items, **next_token})

    def _size(self, call: Call, keys: Mapping[str, Any]) -> int | None:
        bounds, asked = BOUNDS[call.service], call.parameters.get(keys["limit_key"])
        if asked is None:
            return bounds.default
        if not bounds.least <= int(asked) <= bounds.most:
            raise RefusedError(
                bounds.wrong_size,
                f"Value ({asked}) for parameter {keys['limit_key']} is invalid. "
                f"Expecting a value between {bounds.least} and {bounds.most}.",
            )
        if call.operation == "DescribeInstances" and call.parameters.get("InstanceIds"):
            raise RefusedError(
                "InvalidParameterCombination",
                "The parameter instancesSet cannot be used with the parameter maxResults",
            )
        return min(int(asked), LAMBDA_PAGE) if call.service == "lambda" else int(asked)


def _all_pages(call: Call, first: Reply, keys: Mapping[str, Any], forward: Forward) -> dict[str, Any]:
    """The emulation's own pages put together, where it has some."""
    whole, listed = call.read(first), _result(keys)
    token = whole.pop(keys["output_token"], None)
    for _ in range(MOST_PAGES):
        if not token:
            break
        part = call.read(forward(call.changed(**{keys["input_token"]: token})))
        whole[listed] = [*whole.get(listed, []), *part.get(listed, [])]
        token = part.get(keys["output_token"])
    return whole


def _result(keys: Mapping[str, Any]) -> str:
    result = keys["result_key"]
    return str(result[0] if isinstance(result, list) else result)
