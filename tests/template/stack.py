"""The template as CloudFormation receives it, made offline by SAM's own transform, and questions to it."""

import copy
import logging
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

CHECKOUT = Path(__file__).parents[2]
TEMPLATE = CHECKOUT / "template.yaml"
UPLOADED = "s3://uploaded/"
ANY_METHOD = "x-amazon-apigateway-any-method"
NO_VALUE = {"Ref": "AWS::NoValue"}

type Document = dict[str, Any]
type Properties = dict[str, Any]


def source() -> Document:
    return copy.deepcopy(_parsed())


@cache
def _parsed() -> Document:
    document: Document = yaml_parse(TEMPLATE.read_text())
    return document


def transform(document: Document) -> Document:
    logging.getLogger("samtranslator").setLevel(logging.CRITICAL)
    session = boto3.Session(region_name="eu-west-1")
    translator = Translator({}, Parser(), boto_session=session)
    transformed: Document = translator.translate(_uploaded(document), {})
    # SAM drops the other transform with its own, and CloudFormation has yet to run it.
    return {"Transform": [one for one in document["Transform"] if "Serverless" not in one], **transformed}


def _uploaded(document: Document) -> Document:
    # The transform takes uploaded code only; the key keeps the path, so that tests can look there.
    document = copy.deepcopy(document)
    described = [resource.get("Properties", {}) for resource in document["Resources"].values()]
    for properties in [document["Globals"]["Function"], *described]:
        for name in {"CodeUri", "ContentUri"} & properties.keys():
            properties[name] = UPLOADED + properties[name]
    return document


def alternatives(value: Any) -> Iterator[Any]:
    """The members of a list, with both branches of a conditional one."""
    for member in value if isinstance(value, list) else [value]:
        if isinstance(member, dict) and "Fn::If" in member:
            yield from alternatives(member["Fn::If"][1:])
        elif member != NO_VALUE:
            yield member


def variables_of(function: Properties) -> dict[str, Any]:
    """A function's environment, without what it takes away of the environment of all."""
    declared = function["Environment"]["Variables"]
    return {name: value for name, value in declared.items() if value != NO_VALUE}


def target(value: Any) -> str:
    """The logical id that a Ref, an attribute or a substituted text leads to; the text itself otherwise."""
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            return name
        case {"Fn::Sub": str(text)} | str(text):
            return text
        case _:
            raise ValueError(f"cannot tell where {value!r} leads")


def named_in(node: Any) -> Iterator[str]:
    """What a resource refers to, explicitly or in a text."""
    match node:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case dict():
            for key, value in node.items():
                if key == "DependsOn":
                    yield from [value] if isinstance(value, str) else value
                elif key == "Fn::Sub":
                    text = value if isinstance(value, str) else value[0]
                    yield from re.findall(r"\$\{(\w+)", text)
                    yield from named_in(value[1:])
                else:
                    yield from named_in(value)
        case list():
            for member in node:
                yield from named_in(member)


def of_stage(name: str) -> Document:
    """What the table of stages says."""
    return {"Fn::FindInMap": ["Stages", {"Ref": "Stage"}, name]}


class Stack:
    def __init__(self, template: Document) -> None:
        self.template = template
        self.resources: dict[str, Document] = template["Resources"]

    def of(self, kind: str) -> dict[str, Properties]:
        return {
            name: resource.get("Properties", {})
            for name, resource in self.resources.items()
            if resource["Type"] == f"AWS::{kind}"
        }

    def properties(self, reference: Any) -> Properties:
        """Empty where nothing of that name is in the stack."""
        found: Properties = self.resources.get(target(reference), {}).get("Properties", {})
        return found

    @property
    def functions(self) -> dict[str, Properties]:
        return self.of("Lambda::Function")

    @property
    def api(self) -> Document:
        (api,) = self.of("ApiGateway::RestApi").values()
        body: Document = api["Body"]
        return body

    @property
    def routes(self) -> Iterator[tuple[str, str, Document]]:
        """Path, method and operation, without the preflight requests."""
        for path, operations in self.api["paths"].items():
            for method, operation in operations.items():
                if method != "options":
                    yield path, "any" if method == ANY_METHOD else method, operation

    @property
    def api_functions(self) -> set[str]:
        return {
            self.function_behind(permission["FunctionName"])
            for permission in self.of("Lambda::Permission").values()
            if permission["Principal"] == "apigateway.amazonaws.com"
        }

    def function_behind(self, reference: Any) -> str:
        """The function that is meant by a reference to it or to its alias."""
        alias = self.of("Lambda::Alias").get(target(reference))
        return target(alias["FunctionName"]) if alias else target(reference)

    @property
    def queue_of(self) -> dict[str, str]:
        """The queue that feeds a function, by function."""
        return {
            target(mapping["FunctionName"]): target(mapping["EventSourceArn"])
            for mapping in self.of("Lambda::EventSourceMapping").values()
        }

    @property
    def dead_letter_queues(self) -> set[str]:
        return {
            target(queue["RedrivePolicy"]["deadLetterTargetArn"])
            for queue in self.of("SQS::Queue").values()
            if "RedrivePolicy" in queue
        }

    @property
    def custom(self) -> dict[str, Properties]:
        """What a function of ours makes, as a part of the deployment."""
        resources = self.resources.items()
        return {name: one["Properties"] for name, one in resources if one["Type"].startswith("Custom::")}

    @property
    def migrations(self) -> dict[str, Properties]:
        return {name: one for name, one in self.custom.items() if "Migrations" in one}

    def dependencies(self, name: str) -> set[str]:
        """All resources that CloudFormation makes before this one, and deletes after it."""
        found: set[str] = set()
        waiting = [name]
        while waiting:
            direct = set(named_in(self.resources[waiting.pop()])) & self.resources.keys()
            waiting += direct - found
            found |= direct
        return found

    def statements(self, role: Any) -> Iterator[Document]:
        """What a role is allowed, its policies in this stack included."""
        properties = self.properties(role)
        policies = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
        for attached in properties.get("ManagedPolicyArns", []):
            if managed := self.properties(attached):
                policies.append(managed["PolicyDocument"])
        for policy in policies:
            yield from alternatives(policy["Statement"])
