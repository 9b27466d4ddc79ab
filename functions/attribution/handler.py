"""/api/v1/tag-rules, attribution-rules, split-rules and attribution: whose cost it is, and why."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID, uuid4

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from aws_lambda_powertools.utilities.typing import LambdaContext

from attribution.schemas import (
    AttributionOut,
    AttributionRuleChange,
    AttributionRuleList,
    AttributionRuleOut,
    ExplanationList,
    ExplanationOut,
    NewAttributionRule,
    NewSplitRule,
    NewTagRule,
    PreviewOut,
    QueuedRun,
    SplitRuleChange,
    SplitRuleList,
    SplitRuleOut,
    TagRuleChange,
    TagRuleList,
    TagRuleOut,
    TriedAttributionRule,
    TriedSplitRule,
    TriedTagRule,
)
from cloudops.attribution import use_cases as attribution
from cloudops.attribution.models import AttributionRule, Kind, Method, Rule, Share, SplitRule, TagRule
from cloudops.attribution.use_cases import ATTRIBUTION_RULES, SPLIT_RULES, TAG_RULES, Book
from cloudops.errors import InvalidError
from cloudops.platform.etags import IfMatch, etag_of
from cloudops.platform.http import Unit, api, handle, unit
from cloudops.platform.messaging import envelope, send
from cloudops.platform.parameters import Day
from cloudops.platform.principal import Role
from cloudops.platform.settings import settings
from cloudops.platform.telemetry import observed

app = api()

Id = Annotated[UUID, Path()]
Force = Annotated[bool, Query()]


@app.get("/api/v1/tag-rules")
def list_tag_rules() -> TagRuleList:
    with unit(app) as one:
        rules = attribution.list_tag_rules(one.connection)
    return TagRuleList(items=[TagRuleOut.model_validate(rule) for rule in rules])


@app.post("/api/v1/tag-rules", status_code=201)
def add_tag_rule(wanted: NewTagRule, force: Force = False) -> Response[TagRuleOut]:
    """A rule that takes nothing, or makes one value of all, is refused unless forced."""
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        rule = tag_rule(wanted, uuid4(), one)
        attribution.add_rule(one.connection, TAG_RULES, rule, force=force, actor=one.actor)
    queue_attribution(one)
    return answer(TagRuleOut, rule, status=201)


@app.post("/api/v1/tag-rules/preview")
def try_tag_rule(wanted: TriedTagRule) -> PreviewOut:
    """What the rule would change in the newest two bills. Nothing is saved."""
    with unit(app) as one:
        rule = tag_rule(wanted, wanted.id or uuid4(), one)
        return PreviewOut.model_validate(attribution.try_rule(one.connection, rule))


@app.get("/api/v1/tag-rules/<rule_id>")
def show_tag_rule(rule_id: Id) -> Response[TagRuleOut]:
    with unit(app) as one:
        return answer(TagRuleOut, attribution.show_rule(one.connection, TAG_RULES, rule_id))


@app.patch("/api/v1/tag-rules/<rule_id>")
def change_tag_rule(
    rule_id: Id, changes: TagRuleChange, force: Force = False, if_match: IfMatch = None
) -> Response[TagRuleOut]:
    fields = changes.model_dump(exclude_unset=True)
    return answer(TagRuleOut, changed(TAG_RULES, rule_id, fields, force=force, if_match=if_match))


@app.delete("/api/v1/tag-rules/<rule_id>", status_code=204)
def remove_tag_rule(rule_id: Id, if_match: IfMatch = None) -> Response[None]:
    return removed(TAG_RULES, rule_id, if_match=if_match)


@app.get("/api/v1/attribution-rules")
def list_attribution_rules() -> AttributionRuleList:
    """With the built-in rules, which can be switched off and moved."""
    with unit(app) as one:
        rules = attribution.list_attribution_rules(one.connection)
    return AttributionRuleList(items=[AttributionRuleOut.model_validate(rule) for rule in rules])


@app.post("/api/v1/attribution-rules", status_code=201)
def add_attribution_rule(wanted: NewAttributionRule, force: Force = False) -> Response[AttributionRuleOut]:
    """A rule that takes nothing, or everything, is refused unless forced."""
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        rule = attribution_rule(wanted, uuid4(), one)
        attribution.add_rule(one.connection, ATTRIBUTION_RULES, rule, force=force, actor=one.actor)
    queue_attribution(one)
    return answer(AttributionRuleOut, rule, status=201)


@app.post("/api/v1/attribution-rules/preview")
def try_attribution_rule(wanted: TriedAttributionRule) -> PreviewOut:
    """What the rule would change in the newest two bills. Nothing is saved."""
    with unit(app) as one:
        rule = attribution_rule(wanted, wanted.id or uuid4(), one)
        return PreviewOut.model_validate(attribution.try_rule(one.connection, rule))


@app.get("/api/v1/attribution-rules/<rule_id>")
def show_attribution_rule(rule_id: Id) -> Response[AttributionRuleOut]:
    with unit(app) as one:
        return answer(AttributionRuleOut, attribution.show_rule(one.connection, ATTRIBUTION_RULES, rule_id))


@app.patch("/api/v1/attribution-rules/<rule_id>")
def change_attribution_rule(
    rule_id: Id, changes: AttributionRuleChange, force: Force = False, if_match: IfMatch = None
) -> Response[AttributionRuleOut]:
    fields = changes.model_dump(exclude_unset=True)
    return answer(
        AttributionRuleOut, changed(ATTRIBUTION_RULES, rule_id, fields, force=force, if_match=if_match)
    )


@app.delete("/api/v1/attribution-rules/<rule_id>", status_code=204)
def remove_attribution_rule(rule_id: Id, if_match: IfMatch = None) -> Response[None]:
    return removed(ATTRIBUTION_RULES, rule_id, if_match=if_match)


@app.get("/api/v1/split-rules")
def list_split_rules() -> SplitRuleList:
    with unit(app) as one:
        rules = attribution.list_split_rules(one.connection)
    return SplitRuleList(items=[SplitRuleOut.model_validate(rule) for rule in rules])


@app.post("/api/v1/split-rules", status_code=201)
def add_split_rule(wanted: NewSplitRule, force: Force = False) -> Response[SplitRuleOut]:
    """A rule that takes nothing, or everything, is refused unless forced."""
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        rule = split_rule(wanted, uuid4(), one)
        attribution.add_rule(one.connection, SPLIT_RULES, rule, force=force, actor=one.actor)
    queue_attribution(one)
    return answer(SplitRuleOut, rule, status=201)


@app.post("/api/v1/split-rules/preview")
def try_split_rule(wanted: TriedSplitRule) -> PreviewOut:
    """What the rule would share of the newest two bills. Nothing is saved."""
    with unit(app) as one:
        rule = split_rule(wanted, wanted.id or uuid4(), one)
        return PreviewOut.model_validate(attribution.try_rule(one.connection, rule))


@app.get("/api/v1/split-rules/<rule_id>")
def show_split_rule(rule_id: Id) -> Response[SplitRuleOut]:
    with unit(app) as one:
        return answer(SplitRuleOut, attribution.show_rule(one.connection, SPLIT_RULES, rule_id))


@app.patch("/api/v1/split-rules/<rule_id>")
def change_split_rule(
    rule_id: Id, changes: SplitRuleChange, force: Force = False, if_match: IfMatch = None
) -> Response[SplitRuleOut]:
    fields = split_fields(changes.model_dump(exclude_unset=True))
    return answer(SplitRuleOut, changed(SPLIT_RULES, rule_id, fields, force=force, if_match=if_match))


@app.delete("/api/v1/split-rules/<rule_id>", status_code=204)
def remove_split_rule(rule_id: Id, if_match: IfMatch = None) -> Response[None]:
    return removed(SPLIT_RULES, rule_id, if_match=if_match)


@app.get("/api/v1/attribution")
def show_attribution() -> AttributionOut:
    """Whether all cost is attributed by the rules and the hierarchy as they are now."""
    with unit(app) as one:
        return AttributionOut.model_validate(attribution.show_attribution(one.connection))


@app.get("/api/v1/attribution/explanation")
def explain(
    resource_id: Annotated[str | None, Query(min_length=1, max_length=2048)] = None,
    account_id: Annotated[str | None, Query(min_length=1, max_length=200)] = None,
    charge_id: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    charge_date: Annotated[Day | None, Query()] = None,
) -> ExplanationList:
    """Why a charge, or all that a resource cost, is with its team: every rule that would take it, in order."""
    with unit(app) as one:
        if charge_id is not None and charge_date is not None:
            found = attribution.explain_charge(one.connection, charge_id, charge_date)
        elif resource_id is not None:
            found = attribution.explain_resource(one.connection, resource_id, account_id)
        else:
            raise InvalidError("ask for a resource, or for a charge with its date", field="resource_id")
    return ExplanationList(items=[ExplanationOut.model_validate(explanation) for explanation in found])


@app.post("/api/v1/attribution/run", status_code=202)
def run() -> Response[QueuedRun]:
    """Queue the attribution of everything, whether anything changed or not."""
    with unit(app) as one:
        one.principal.require(Role.OPERATOR)
    message_id = queue_attribution(one, force=True)
    return Response(status_code=202, content_type="application/json", body=QueuedRun(message_id=message_id))


def tag_rule(wanted: NewTagRule, rule_id: UUID, one: Unit) -> TagRule:
    fields = wanted.model_dump(exclude={"id"})
    return TagRule(id=rule_id, created_at=one.now, updated_at=one.now, **fields)


def attribution_rule(wanted: NewAttributionRule, rule_id: UUID, one: Unit) -> AttributionRule:
    fields = wanted.model_dump(exclude={"id", "kind"})
    return AttributionRule(
        id=rule_id, kind=Kind(wanted.kind), created_at=one.now, updated_at=one.now, **fields
    )


def split_rule(wanted: NewSplitRule, rule_id: UUID, one: Unit) -> SplitRule:
    fields = split_fields(wanted.model_dump(exclude={"id"}))
    return SplitRule(id=rule_id, created_at=one.now, updated_at=one.now, **fields)


def split_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    typed = dict(fields)
    if "method" in typed:
        typed["method"] = Method(typed["method"])
    if "shares" in typed:
        shares = [Share(**share) for share in typed["shares"]]
        typed["shares"] = sorted(shares, key=lambda share: share.team_id)
    return typed


def changed[T: Rule](
    book: Book[T], rule_id: UUID, fields: Mapping[str, Any], *, force: bool, if_match: str | None
) -> T:
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        rule = attribution.change_rule(
            one.connection,
            book,
            rule_id,
            fields,
            if_match=if_match,
            force=force,
            actor=one.actor,
            now=one.now,
        )
    queue_attribution(one)
    return rule


def removed(book: Book[Any], rule_id: UUID, *, if_match: str | None) -> Response[None]:
    with unit(app) as one:
        one.principal.require(Role.ADMIN)
        attribution.remove_rule(one.connection, book, rule_id, if_match=if_match, actor=one.actor)
    queue_attribution(one)
    return Response(status_code=204)


def queue_attribution(one: Unit, *, force: bool = False) -> UUID:
    """After the transaction, so that the job sees what it brought; should this fail, the schedule notices."""
    message = envelope(
        tenant_id=one.principal.tenant_id,
        kind="costs.attribute",
        params={"force": True} if force else {},
        idempotency_key=f"costs.attribute/{uuid4()}",
        now=one.now,
    )
    send(settings().require("attribute_queue_url"), message)
    return message.id


def answer[T: (TagRuleOut, AttributionRuleOut, SplitRuleOut)](
    shape: type[T], rule: Rule, *, status: int = 200
) -> Response[T]:
    return Response(
        status_code=status,
        content_type="application/json",
        headers={"ETag": etag_of(rule.editable())},
        body=shape.model_validate(rule),
    )


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return handle(app, event, context)
