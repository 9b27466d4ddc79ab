"""SAM's own schema: the transform and both linters let a misspelt property of an event pass."""

from typing import Any

import pytest
from samtranslator.compat import pydantic
from samtranslator.internal.schema_source import (
    aws_serverless_api,
    aws_serverless_function,
    aws_serverless_layerversion,
)
from samtranslator.internal.schema_source.schema import SamModel

from tests.template.mutations import COSTS, DISPATCH, INGEST, MESSAGES, plant
from tests.template.stack import source

SCHEMAS = {
    "AWS::Serverless::Api": aws_serverless_api.Resource,
    "AWS::Serverless::Function": aws_serverless_function.Resource,
    "AWS::Serverless::LayerVersion": aws_serverless_layerversion.Resource,
}


def check(document: dict[str, Any]) -> None:
    # One by one: the schema as a whole compares each resource with all types and names every difference.
    for resource in document["Resources"].values():
        if resource["Type"] in SCHEMAS:
            SCHEMAS[resource["Type"]].parse_obj(resource)


def test_the_template_fits_the_schema() -> None:
    check(source())

    SamModel.parse_obj(source())


@pytest.mark.parametrize(
    "path",
    [
        f"{MESSAGES}/FunctionResponseType",
        f"{MESSAGES}/MaximumConcurrency",
        f"{DISPATCH}/Events/DetectDaily/Properties/Cron",
        f"{COSTS}/Events/Costs/Properties/Authorizer",
        f"{INGEST}/Event",
        "Resources/CoreLayer/Properties/CompatibleRuntime",
        "Resources/Api/Properties/Authorization",
    ],
)
def test_a_misspelt_property_is_refused(path: str) -> None:
    document = source()
    plant(document, path, "something")

    with pytest.raises(pydantic.ValidationError):
        check(document)
