"""What a rule has to be before it may be saved or tried. Errors name the field."""

from decimal import Decimal

from cloudops.attribution.models import AttributionRule, Method, Rule, SplitRule, TagRule
from cloudops.attribution.patterns import check_template, compiled
from cloudops.errors import InvalidError

WHOLE = Decimal(100)


def check(rule: Rule) -> None:
    if isinstance(rule, TagRule):
        check_tag_rule(rule)
    elif isinstance(rule, AttributionRule):
        check_attribution_rule(rule)
    else:
        check_split_rule(rule)


def check_tag_rule(rule: TagRule) -> None:
    if rule.normalized_key is None and rule.normalized_value is None:
        raise InvalidError("say what the key, the value or both become", field="normalized_key")
    if rule.pattern is not None:
        compiled(rule.pattern)
    if rule.normalized_value is not None:
        check_template(rule.normalized_value, rule.pattern)


def check_attribution_rule(rule: AttributionRule) -> None:
    if rule.kind.looks_at_a_tag != (rule.tag_key is not None):
        need = "needs" if rule.kind.looks_at_a_tag else "has no"
        raise InvalidError(f"a rule of kind {rule.kind} {need} tag key", field="tag_key")
    if rule.kind.finds_the_owner:
        refuse_owner(rule)
    elif not rule.match_values:
        raise InvalidError(f"a rule of kind {rule.kind} needs values to compare with", field="match_values")
    elif rule.team_id is None and rule.service_id is None:
        raise InvalidError("name a team, a service or both", field="team_id")


def refuse_owner(rule: AttributionRule) -> None:
    """The hierarchy tells whom these attribute to."""
    if rule.match_values:
        raise InvalidError(f"a rule of kind {rule.kind} takes no values", field="match_values")
    if rule.team_id is not None or rule.service_id is not None:
        field = "team_id" if rule.team_id is not None else "service_id"
        raise InvalidError(f"a rule of kind {rule.kind} finds the owner by itself", field=field)


def check_split_rule(rule: SplitRule) -> None:
    if all(one is None for one in (rule.charge_category, rule.service, rule.account_id, rule.tag_key)):
        raise InvalidError("choose a category, a service, an account or a tag", field="charge_category")
    if (rule.tag_key is None) != (rule.tag_value is None):
        raise InvalidError("a tag is a key and a value", field="tag_value" if rule.tag_key else "tag_key")
    if len({share.team_id for share in rule.shares}) != len(rule.shares):
        raise InvalidError("a team stands here twice", field="shares")
    given = [share.percentage for share in rule.shares if share.percentage is not None]
    if rule.method is not Method.FIXED:
        if given:
            raise InvalidError("only fixed rules have percentages", field="shares")
    elif not rule.shares or len(given) != len(rule.shares) or sum(given) != WHOLE:
        raise InvalidError("the percentages of a fixed rule add up to 100", field="shares")
