"""The hub that gathers AWS's recommendations.

https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_CostOptimizationHub_ListRecommendations.html
https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_CostOptimizationHub_GetRecommendation.html
"""

from collections.abc import Mapping
from typing import Any

from moto.iam.models import get_account_id_from

from local.strict.call import Call
from local.strict.errors import RefusedError
from local.strict.own.service import OwnService, Result, one_page

Recommendation = Mapping[str, Any]
MOST = 1000
# What a filter of the request is called, and the member of a recommendation that it looks at.
FILTERS = {
    "accountIds": "accountId",
    "regions": "region",
    "actionTypes": "actionType",
    "implementationEfforts": "implementationEffort",
    "recommendationIds": "recommendationId",
    "resourceArns": "resourceArn",
    "resourceIds": "resourceId",
}


class CostOptimizationHub(OwnService):
    service = "cost-optimization-hub"

    def __init__(self) -> None:
        super().__init__()
        self._enrolled = False
        self._kept: list[Recommendation] = []
        self.operations = {
            "ListEnrollmentStatuses": self._statuses,
            "UpdateEnrollmentStatus": self._enroll,
            "ListRecommendations": self._list,
            "GetRecommendation": self._get,
        }

    def seed(self, *recommendations: Recommendation) -> None:
        """Items of ListRecommendations; enrolls the account as well."""
        self._kept.extend(recommendations)
        self._enrolled = True

    def _statuses(self, call: Call) -> Result:
        status = "Active" if self._enrolled else "Inactive"
        return {"items": [{"accountId": get_account_id_from(call.access_key), "status": status}]}

    def _enroll(self, call: Call) -> Result:
        self._enrolled = call.parameters["status"] == "Active"
        return {"status": "Active" if self._enrolled else "Inactive"}

    def _list(self, call: Call) -> Result:
        self._check_enrolled()
        wanted = call.parameters.get("filter", {})
        found = [one for one in self._kept if _fits(one, wanted)]
        shown, following = one_page(
            call, found, limit="maxResults", token="nextToken", most=MOST, unknown_token="ValidationException"
        )
        return {"items": shown, **following}

    def _get(self, call: Call) -> Result:
        self._check_enrolled()
        wanted = call.parameters["recommendationId"]
        found = next((one for one in self._kept if one["recommendationId"] == wanted), None)
        if found is None:
            raise RefusedError("ResourceNotFoundException", f"There is no recommendation {wanted}.")
        # The single answer has not all members of the list's items.
        known = call.model.output_shape.members
        return {name: value for name, value in found.items() if name in known}

    def _check_enrolled(self) -> None:
        if not self._enrolled:
            raise RefusedError("AccessDeniedException", "The account is not enrolled.")


def _fits(one: Recommendation, wanted: Mapping[str, Any]) -> bool:
    types = wanted.get("resourceTypes", [])
    known = {one.get("currentResourceType"), one.get("recommendedResourceType")}
    return (not types or bool(known & set(types))) and all(
        one.get(member) in wanted[name] for name, member in FILTERS.items() if wanted.get(name)
    )
