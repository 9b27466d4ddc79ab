"""The price list.

https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_pricing_GetProducts.html
"""

import json
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from local.strict.call import Call
from local.strict.errors import RefusedError
from local.strict.own.service import OwnService, Result, one_page

Product = Mapping[str, Any]
MOST = 100


class Pricing(OwnService):
    service = "pricing"

    def __init__(self) -> None:
        super().__init__()
        self._products: dict[str, list[Product]] = {}
        self.operations = {
            "DescribeServices": self._services,
            "GetAttributeValues": self._values,
            "GetProducts": self._found,
        }

    def seed(self, *products: Product) -> None:
        """Price list entries as AWS publishes them: `serviceCode`, `product` with `attributes`, `terms`."""
        for product in products:
            self._products.setdefault(product["serviceCode"], []).append(product)

    def _services(self, call: Call) -> Result:
        wanted = call.parameters.get("ServiceCode")
        services = [
            {"ServiceCode": code, "AttributeNames": _attribute_names(products)}
            for code, products in sorted(self._products.items())
            if wanted in {None, code}
        ]
        if wanted and not services:
            raise _unknown_service(wanted)
        shown, following = _page(call, services)
        return {"Services": shown, "FormatVersion": "aws_v1", **following}

    def _values(self, call: Call) -> Result:
        name = call.parameters["AttributeName"]
        values = {str(_attributes(one)[name]) for one in self._of(call) if name in _attributes(one)}
        shown, following = _page(call, [{"Value": value} for value in sorted(values)])
        return {"AttributeValues": shown, **following}

    def _found(self, call: Call) -> Result:
        filters = call.parameters.get("Filters", [])
        found = [one for one in self._of(call) if all(_fits(one, wanted) for wanted in filters)]
        shown, following = _page(call, [json.dumps(one) for one in found])
        return {"FormatVersion": "aws_v1", "PriceList": shown, **following}

    def _of(self, call: Call) -> list[Product]:
        code = call.parameters["ServiceCode"]
        if code not in self._products:
            raise _unknown_service(code)
        return self._products[code]


def _fits(product: Product, wanted: Mapping[str, str]) -> bool:
    own = {"servicecode": product["serviceCode"], **_attributes(product)}
    # Field names are taken in any case: the documentation writes ServiceCode, the price list servicecode.
    values = {name.lower(): str(value) for name, value in own.items()}
    value, given = values.get(wanted["Field"].lower()), wanted["Value"]
    if value is None:
        return False
    match wanted["Type"]:
        case "TERM_MATCH" | "EQUALS":
            return value == given
        case "CONTAINS":
            return fnmatchcase(value.lower(), f"*{given.lower()}*")
        case "ANY_OF":
            return value in given.split(",")
        case "NONE_OF":
            return value not in given.split(",")
        case _:
            raise RefusedError("InvalidParameterException", f"{wanted['Type']} is no type of filter.")


def _attributes(product: Product) -> Mapping[str, Any]:
    attributes: Mapping[str, Any] = product["product"]["attributes"]
    return attributes


def _attribute_names(products: list[Product]) -> list[str]:
    return sorted({name for one in products for name in _attributes(one)})


def _page(call: Call, items: list[Any]) -> tuple[list[Any], dict[str, str]]:
    return one_page(
        call,
        items,
        limit="MaxResults",
        token="NextToken",
        most=MOST,
        unknown_token="InvalidNextTokenException",
    )


def _unknown_service(code: str) -> RefusedError:
    return RefusedError("InvalidParameterException", f"The service code {code} is not known.")
