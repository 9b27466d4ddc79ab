import json
from pathlib import Path

import pytest

from local.errors import LocalError
from local.functions import CHECKOUT
from local.intrinsics import Resolver
from local.template import EventSource, Route, Schedule, Template, read
from local.transform import transformed

OPEN_CORS = {
    "Access-Control-Allow-Origin": "http://localhost:3000",
    "Access-Control-Allow-Methods": "GET,POST",
    "Access-Control-Max-Age": "600",
}


def route(template: Template, path: str, method: str) -> Route:
    (found,) = [one for one in template.routes if (one.path, one.method) == (path, method)]
    return found


def test_a_route_knows_its_function_and_its_authorizer(small_template: Template) -> None:
    assert route(small_template, "/things/{proxy+}", "ANY") == Route(
        path="/things/{proxy+}", method="ANY", function="echo", authorized=True, headers={}, body=None
    )
    assert route(small_template, "/open", "ANY").authorized is False


def test_a_route_knows_what_its_bodies_are_held_against(small_template: Template) -> None:
    assert route(small_template, "/things", "ANY").body == {"type": "object"}
    assert route(small_template, "/things", "OPTIONS").body is None


def test_preflight_requests_are_answered_by_the_gateway(small_template: Template) -> None:
    preflight = route(small_template, "/things", "OPTIONS")

    assert preflight.function is None
    assert preflight.authorized is False
    assert preflight.headers == OPEN_CORS


def test_gateway_responses_carry_status_headers_and_body(small_template: Template) -> None:
    unauthorized = small_template.gateway_responses["UNAUTHORIZED"]

    assert unauthorized.status == 401
    assert unauthorized.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
    assert unauthorized.template == '{"title":$context.error.messageString,"status":401}'


def test_a_functions_environment_is_resolved(small_template: Template) -> None:
    assert small_template.functions["echo"].environment == {
        "DATABASE_SECRET_ARN": "arn:secret",
        "QUEUE_URL": "http://127.0.0.1:4566/123456789012/cloudops-work",
        "QUEUE_ARN": "arn:aws:sqs:us-east-1:123456789012:cloudops-work",
        "ADDRESS": "http://localhost:3000/us-east-1",
        "EXPORTS": "none",
    }


def test_limits_come_from_the_function_or_the_globals(small_template: Template) -> None:
    echo, work = small_template.functions["echo"], small_template.functions["work"]

    assert (echo.timeout, echo.memory) == (29, 256)
    assert (work.timeout, work.memory) == (2, 128)


def test_event_sources_and_queues_fit_each_other(small_template: Template) -> None:
    work, dead = small_template.queues

    assert small_template.event_sources == (
        EventSource(queue_arn=work.arn, function="work", batch_size=10, concurrency=3, reports_failures=True),
    )
    assert work.attributes["VisibilityTimeout"] == "30"
    assert json.loads(work.attributes["RedrivePolicy"]) == {
        "deadLetterTargetArn": dead.arn,
        "maxReceiveCount": 2,
    }
    assert small_template.buckets == ("cloudops-evidencebucket",)


def test_schedules_carry_their_input(small_template: Template) -> None:
    assert small_template.schedules == (
        Schedule(
            name="EchoFunctionHourly",
            expression="rate(1 hour)",
            function="echo",
            event={"job": "count"},
            enabled=True,
        ),
    )


def test_a_changed_template_is_transformed_anew(small_root: Path, tmp_path: Path) -> None:
    source = (small_root / "template.yaml").read_text()
    template = tmp_path / "template.yaml"
    template.write_text(source)
    before = transformed(template, cache=tmp_path)
    template.write_text(source.replace("Path: /open", "Path: /opened"))

    after = transformed(template, cache=tmp_path)

    def paths(document: dict[str, dict[str, dict[str, dict[str, dict[str, object]]]]]) -> set[str]:
        return set(document["Resources"]["Api"]["Properties"]["Body"]["paths"])

    assert paths(after) - paths(before) == {"/opened"}
    assert transformed(template, cache=tmp_path) == after


def test_a_template_that_the_transform_refuses_is_an_error_in_words(tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    template.write_text(
        "Transform: AWS::Serverless-2016-10-31\nResources: {F: {Type: AWS::Serverless::Function}}"
    )

    with pytest.raises(LocalError, match="template is not valid"):
        transformed(template, cache=tmp_path)


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ({"Fn::Join": ["-", ["a", {"Ref": "Name"}]]}, "a-ada"),
        ({"Fn::Sub": "${Name} at ${AWS::Partition}, ${Queue.Arn}, ${!Kept}"}, "ada at aws, arn:q, ${Kept}"),
        ({"Fn::Sub": ["${Own}-${Name}", {"Own": {"Ref": "Name"}}]}, "ada-ada"),
        ({"Fn::Select": [1, {"Fn::Split": [",", "a,b,c"]}]}, "b"),
        ({"Fn::If": ["Yes", "then", "else"]}, "then"),
        ({"Fn::If": ["No", "then", {"Ref": "Name"}]}, "ada"),
        ({"a": {"Fn::If": ["No", 1, {"Ref": "AWS::NoValue"}]}, "b": 2}, {"b": 2}),
        ([1, {"Ref": "AWS::NoValue"}, 3], [1, 3]),
        ({"Fn::GetAtt": ["Queue", "Arn"]}, "arn:q"),
        ({"Fn::And": [{"Condition": "Yes"}, {"Fn::Not": [{"Condition": "No"}]}]}, True),
        ({"Fn::Or": [{"Condition": "No"}, {"Condition": "Yes"}]}, True),
    ],
)
def test_intrinsic_functions_give_what_cloudformation_gives(node: object, expected: object) -> None:
    resolver = Resolver(
        references={"Name": "ada"},
        attributes={"Queue.Arn": "arn:q"},
        conditions={
            "Yes": {"Fn::Equals": [{"Ref": "Name"}, "ada"]},
            "No": {"Fn::Not": [{"Condition": "Yes"}]},
        },
    )

    assert resolver.resolve(node) == expected


def test_the_products_own_template_can_be_read(tmp_path: Path) -> None:
    document = transformed(CHECKOUT / "template.yaml", cache=tmp_path)

    template = read(
        document, parameters={}, endpoint="http://127.0.0.1:1", standing_in={"ApplicationSecret": "arn:made"}
    )

    assert template.functions["costs"].environment["DATABASE_SECRET_ARN"] == "arn:made"
    assert "DATABASE_SECRET_ARN" not in template.functions["publish_ui"].environment
    assert {one.function for one in template.routes if one.function} <= set(template.functions)
    public = {one.path for one in template.routes if one.function and not one.authorized}
    assert public == {"/health", "/api/v1/slack/interactions"}
    assert {one.queue for one in template.event_sources} <= {queue.name for queue in template.queues}


def test_what_stands_in_for_a_resource_answers_references_and_attributes(tmp_path: Path) -> None:
    source = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Pool: {Type: AWS::Cognito::UserPool}
  Zone: {Type: AWS::EC2::Subnet, Properties: {AvailabilityZone: !Select [0, !GetAZs ""]}}
  Echo:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/
      Handler: echo.handler.handler
      Runtime: python3.12
      Environment: {Variables: {POOL: !Ref Pool, ARN: !GetAtt Pool.Arn, ZONE: !Ref Zone}}
"""
    (tmp_path / "template.yaml").write_text(source)

    template = read(
        transformed(tmp_path / "template.yaml", cache=tmp_path),
        parameters={},
        endpoint="http://127.0.0.1:1",
        standing_in={"Pool": "pool-1", "Pool.Arn": "arn:pool-1"},
    )

    assert template.functions["echo"].environment == {"POOL": "pool-1", "ARN": "arn:pool-1", "ZONE": "Zone"}


def test_pages_carry_the_headers_of_the_distribution(tmp_path: Path) -> None:
    template = read(
        transformed(CHECKOUT / "template.yaml", cache=tmp_path), parameters={}, endpoint="http://127.0.0.1:1"
    )

    headers = dict(template.page_headers)
    policy = headers.pop("Content-Security-Policy")
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert headers == {
        "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }
