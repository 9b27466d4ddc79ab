"""Rightsizing recommendations of AWS's own.

https://docs.aws.amazon.com/compute-optimizer/latest/APIReference/API_GetEC2InstanceRecommendations.html
https://docs.aws.amazon.com/compute-optimizer/latest/APIReference/API_GetEBSVolumeRecommendations.html
https://docs.aws.amazon.com/compute-optimizer/latest/APIReference/API_GetLambdaFunctionRecommendations.html
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from local.strict.call import Call
from local.strict.errors import RefusedError
from local.strict.own.service import OwnService, Result, one_page

Recommendation = Mapping[str, Any]
MOST = 1000
# Per operation: the member that lists, the member that a recommendation's ARN is in, the input that asks for ARNs.
KINDS = {
    "GetEC2InstanceRecommendations": ("instanceRecommendations", "instanceArn", "instanceArns"),
    "GetEBSVolumeRecommendations": ("volumeRecommendations", "volumeArn", "volumeArns"),
    "GetLambdaFunctionRecommendations": ("lambdaFunctionRecommendations", "functionArn", "functionArns"),
}


class ComputeOptimizer(OwnService):
    service = "compute-optimizer"

    def __init__(self) -> None:
        super().__init__()
        self._enrolled = False
        self._kept: dict[str, list[Recommendation]] = {member: [] for member, _, _ in KINDS.values()}
        self.operations = {
            "GetEnrollmentStatus": self._status,
            "UpdateEnrollmentStatus": self._enroll,
            **{name: partial(self._recommendations, name) for name in KINDS},
        }

    def seed(self, member: str, *recommendations: Recommendation) -> None:
        """`member` is the list of the answer, e.g. instanceRecommendations; enrolls the account as well."""
        self._kept[member].extend(recommendations)
        self._enrolled = True

    def _status(self, _: Call) -> Result:
        return {"status": "Active" if self._enrolled else "Inactive", "memberAccountsEnrolled": False}

    def _enroll(self, call: Call) -> Result:
        self._enrolled = call.parameters["status"] == "Active"
        return self._status(call)

    def _recommendations(self, operation: str, call: Call) -> Result:
        if not self._enrolled:
            raise RefusedError("OptInRequiredException", "The account is not opted in to Compute Optimizer.")
        member, arn, arns = KINDS[operation]
        asked = call.parameters
        found = [
            one
            for one in self._kept[member]
            if one[arn] in asked.get(arns, [one[arn]])
            and one.get("accountId") in asked.get("accountIds", [one.get("accountId")])
            and all(_fits(one, wanted) for wanted in asked.get("filters", []))
        ]
        shown, following = one_page(
            call,
            found,
            limit="maxResults",
            token="nextToken",
            most=MOST,
            unknown_token="InvalidParameterValueException",
        )
        return {member: shown, **({} if operation.startswith("GetLambda") else {"errors": []}), **following}


def _fits(recommendation: Recommendation, wanted: Mapping[str, Any]) -> bool:
    name = wanted["name"][0].lower() + wanted["name"][1:]
    value = recommendation.get(name, recommendation.get(f"{name}s"))
    values = value if isinstance(value, list) else [value]
    return any(_plain(one) in map(_plain, wanted["values"]) for one in values)


def _plain(value: object) -> str:
    """Findings are written Overprovisioned in filters and OVER_PROVISIONED in answers."""
    return str(value).replace("_", "").lower()
