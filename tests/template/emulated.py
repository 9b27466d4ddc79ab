"""The stack as far as moto's CloudFormation goes: what it knows no type of is left out, with every mention of it."""

import copy
import io
import json
import re
import zipfile
from typing import Any

import boto3
from moto.cloudformation.parsing import get_model_map

from tests.template.stack import UPLOADED, Document

REGION = "eu-west-1"
STACK = "cloudops-dev"
LEFT_OUT = f"arn:aws:left-out:{REGION}:123456789012:"
# What moto makes wrongly though it knows the type, with what it makes of it.
BROKEN = {
    "AWS::ApiGateway::Deployment": "finds no methods in an API that is described by its body",
    "AWS::Lambda::Permission": "looks for the alias, a type that it does not know",
    "AWS::RDS::DBInstance": "takes the object of a parameter group for its name",
}


def creatable(template: Document, *, but: tuple[str, ...] = ()) -> Document:
    """`but` are types, or their beginnings, to leave out as well."""
    document = copy.deepcopy(template)
    resources = document["Resources"]
    known = get_model_map().keys() - BROKEN.keys()
    left_out = {
        name for name, one in resources.items() if one["Type"] not in known or one["Type"].startswith(but)
    }
    document["Resources"] = {
        name: as_known(without(one, left_out)) for name, one in resources.items() if name not in left_out
    }
    document["Outputs"] = {name: without(one, left_out) for name, one in document["Outputs"].items()}
    return document


def as_known(resource: Document) -> Document:
    """moto does not know the policy that differs from Retain in what becomes of a first deployment that fails."""
    if resource.get("DeletionPolicy") == "RetainExceptOnCreate":
        return {**resource, "DeletionPolicy": "Retain"}
    return resource


def without(node: Any, left_out: set[str]) -> Any:
    """References to what is left out give a name that passes for an ARN."""
    match node:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]} if name in left_out:
            return LEFT_OUT + name
        case {"Fn::Sub": str(text)}:
            mention = re.compile(r"\$\{(\w+)(\.\w+)*\}")
            return {"Fn::Sub": mention.sub(lambda m: LEFT_OUT + m[1] if m[1] in left_out else m[0], text)}
        case dict():
            kept = {key: without(value, left_out) for key, value in node.items() if key != "DependsOn"}
            if "DependsOn" in node:
                wanted = [node["DependsOn"]] if isinstance(node["DependsOn"], str) else node["DependsOn"]
                kept["DependsOn"] = [name for name in wanted if name not in left_out]
            return kept
        case list():
            return [without(one, left_out) for one in node]
        case _:
            return node


def upload_code(template: Document) -> None:
    """An archive wherever the template says that code lies."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("handler.py", "")
    s3 = boto3.client("s3", region_name=REGION)
    bucket = UPLOADED.removeprefix("s3://").strip("/")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        code = properties.get("Code") or properties.get("Content")
        if isinstance(code, dict) and "S3Key" in code:
            s3.put_object(Bucket=bucket, Key=code["S3Key"], Body=archive.getvalue())


def create(template: Document) -> set[str]:
    """The logical ids of what was made."""
    cloudformation = boto3.client("cloudformation", region_name=REGION)
    cloudformation.create_stack(
        StackName=STACK,
        TemplateBody=json.dumps(template),
        Parameters=[{"ParameterKey": "AdminEmail", "ParameterValue": "ada@acme.example"}],
        Capabilities=["CAPABILITY_IAM"],
    )
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=STACK)
    return {one["LogicalResourceId"] for page in pages for one in page["StackResourceSummaries"]}


def tear_down() -> None:
    boto3.client("cloudformation", region_name=REGION).delete_stack(StackName=STACK)


def standing() -> dict[str, int]:
    """How many things there are of the kinds whose names a next stack may want."""
    client = {
        name: boto3.client(name, region_name=REGION) for name in ("s3", "kms", "iam", "sqs", "logs", "sns")
    }
    return {
        "buckets": len(client["s3"].list_buckets()["Buckets"]) - 1,  # That of the code is not the stack's.
        "keys": len(client["kms"].list_keys()["Keys"]),
        "aliases": len([one for one in client["kms"].list_aliases()["Aliases"] if STACK in one["AliasName"]]),
        "roles": len(client["iam"].list_roles()["Roles"]),
        "queues": len(client["sqs"].list_queues().get("QueueUrls", [])),
        "log groups": len(client["logs"].describe_log_groups()["logGroups"]),
        "topics": len(client["sns"].list_topics()["Topics"]),
    }
