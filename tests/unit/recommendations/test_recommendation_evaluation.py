from datetime import date, timedelta
from decimal import Decimal

from recommendation_bills import WINDOW, bill, only, usage

from cloudops.recommendations.checks.costly_meters import CROSS_ZONE_TRANSFER
from cloudops.recommendations.checks.ebs_gp2 import EBS_GP2
from cloudops.recommendations.checks.ec2_graviton import EC2_GRAVITON_CANDIDATE
from cloudops.recommendations.checks.ec2_previous_generation import EC2_PREVIOUS_GENERATION
from cloudops.recommendations.checks.extended_support import RDS_EXTENDED_SUPPORT
from cloudops.recommendations.checks.tag_hygiene import OWNERLESS_SPEND, TAG_SPELLING
from cloudops.recommendations.evaluation import evaluate
from cloudops.recommendations.models import Acceptance, Acceptances, ActionType, Kind, Severity, Verdict
from cloudops.recommendations.savings import best_of_each_group, identified_savings

GP2 = usage("EBS:VolumeUsage.gp2", "10", amount="100", resource_id="vol-1", tags={"team": "web"})
LINUX = {"operation": "RunInstances"}


def test_a_finding_says_what_where_why_and_how_much() -> None:
    finding = only(evaluate(bill(GP2), checks=[EBS_GP2]).findings)

    assert finding.check_id == "EBS-04"
    assert (finding.kind, finding.type) == (Kind.COST_OPTIMIZATION, ActionType.STORAGE_CLASS)
    assert (finding.account_id, finding.region, finding.resource_id) == ("111122223333", "us-east-1", "vol-1")
    assert finding.monthly_savings == Decimal("2.029166")
    assert (finding.currency, finding.owner, finding.severity) == ("USD", "web", Severity.LOW)
    assert finding.recommended_config["volume_type"] == "gp3"
    assert finding.action_steps


def test_evidence_holds_window_lines_and_source() -> None:
    evidence = only(evaluate(bill(GP2), checks=[EBS_GP2]).findings).evidence

    assert evidence["window"] == {"first_day": "2026-07-01", "last_day": "2026-07-30", "days_with_data": 30}
    assert evidence["lines"] == [
        {
            "resource_id": "vol-1",
            "usage_type": "EBS:VolumeUsage.gp2",
            "operation": None,
            "pricing_category": "OnDemand",
            "usage_amount": "100",
            "usage_unit": None,
            "effective_cost": "10",
            "first_day": "2026-07-01",
            "last_day": "2026-07-30",
            "days_billed": 30,
        }
    ]
    assert "FOCUS sample" in str(evidence["saving_basis"])


def test_covered_use_saves_nothing_and_the_ledger_says_so() -> None:
    covered = usage("BoxUsage:m4.large", "100", pricing="Committed", **LINUX)

    report = evaluate(bill(covered), checks=[EC2_PREVIOUS_GENERATION])

    assert report.findings == ()
    assert report.coverage[0].verdict is Verdict.FINE
    assert "commitment" in report.coverage[0].reason


def test_partly_covered_use_saves_on_the_rest_and_names_what_is_stranded() -> None:
    covered = usage("BoxUsage:m4.large", "100", pricing="Committed", **LINUX)
    open_use = usage("BoxUsage:m4.large", "100", **LINUX)

    finding = only(evaluate(bill(covered, open_use), checks=[EC2_PREVIOUS_GENERATION]).findings)

    assert finding.monthly_savings is not None
    assert round(finding.monthly_savings, 2) == Decimal("4.06")
    assert finding.evidence["cost_covered_by_commitments"] == "101.458333"
    assert "stranded" in finding.evidence


def test_findings_about_the_same_part_of_a_resource_do_not_add_up() -> None:
    instance = usage("BoxUsage:m4.large", "100", **LINUX)

    findings = evaluate(bill(instance), checks=[EC2_PREVIOUS_GENERATION, EC2_GRAVITON_CANDIDATE]).findings

    assert {finding.check_id for finding in findings} == {"EC2-04", "EC2-05"}
    assert len({finding.overlap_group for finding in findings}) == 1
    assert only(best_of_each_group(findings)).check_id == "EC2-05"
    assert identified_savings(findings) == {"USD": max(finding.monthly_savings or 0 for finding in findings)}


def test_findings_about_different_parts_do() -> None:
    database = usage("InstanceUsage:db.m4.large", "100", service="AmazonRDS")
    surcharge = usage("ExtendedSupport:Yr1-Yr2:MySQL5.7", "100", service="AmazonRDS")
    volume = GP2

    findings = evaluate(bill(database, surcharge, volume), checks=[RDS_EXTENDED_SUPPORT, EBS_GP2]).findings

    assert round(identified_savings(findings)["USD"], 2) == Decimal("103.49")


def test_savings_that_are_not_worth_the_while_are_fine() -> None:
    tiny = usage("EBS:VolumeUsage.gp2", "1", amount="10")

    report = evaluate(bill(tiny), checks=[EBS_GP2])

    assert report.findings == ()
    assert report.coverage[0].verdict is Verdict.FINE


def test_accepted_findings_stay_in_the_ledger_only() -> None:
    accepted = Acceptance(
        check_id="EBS-04", resource_id="vol-1", until=date(2099, 1, 31), reason="a migration is under way"
    )

    report = evaluate(bill(GP2), checks=[EBS_GP2], acceptances=Acceptances([accepted]))

    assert report.findings == ()
    assert report.coverage[0].verdict is Verdict.EXCEPTED
    assert report.coverage[0].reason == "Accepted until 2099-01-31: a migration is under way"


def test_an_acceptance_ends_and_covers_nothing_else() -> None:
    last_day = WINDOW.end - timedelta(days=1)
    ended = Acceptance(check_id="EBS-04", until=last_day - timedelta(days=1))
    elsewhere = Acceptance(check_id="EBS-04", account_id="999999999999")
    another = Acceptance(check_id="EBS-05")

    report = evaluate(bill(GP2), checks=[EBS_GP2], acceptances=Acceptances([ended, elsewhere, another]))

    assert len(report.findings) == 1


def test_the_owner_of_an_account_wide_finding_is_that_of_its_lines() -> None:
    owned = usage("BoxUsage:m6i.large", "90", resource_id="i-1", tags={"team": "web"})
    stray = usage("BoxUsage:m6i.large", "60", resource_id="i-2")
    talker = usage("DataTransfer-Regional-Bytes", "60", resource_id="i-3", tags={"team": "search"})

    report = evaluate(bill(owned, stray, talker), checks=[OWNERLESS_SPEND, CROSS_ZONE_TRANSFER])

    assert {finding.check_id: finding.owner for finding in report.findings} == {
        "GOV-01": None,
        "NET-16": "search",
    }


def test_a_check_may_set_its_own_severity() -> None:
    spelled = [
        usage("BoxUsage:m6i.large", "90000", resource_id=f"i-{env}", tags={"env": env})
        for env in ("Prod", "prod")
    ]

    assert only(evaluate(bill(*spelled), checks=[TAG_SPELLING]).findings).severity is Severity.LOW


def test_a_check_says_nothing_about_what_does_not_concern_it() -> None:
    report = evaluate(bill(usage("BoxUsage:m6i.large", **LINUX)), checks=[EBS_GP2])

    assert report.coverage == ()


def test_aws_checks_leave_other_providers_alone() -> None:
    report = evaluate(
        bill(usage("EBS:VolumeUsage.gp2", "10", amount="100", provider="azure")), checks=[EBS_GP2]
    )

    assert report.coverage == ()


def test_the_same_problem_keeps_its_key_from_day_to_day() -> None:
    dearer = usage("EBS:VolumeUsage.gp2", "20", amount="200", resource_id="vol-1")

    today = only(evaluate(bill(GP2), checks=[EBS_GP2]).findings)
    tomorrow = only(evaluate(bill(dearer), checks=[EBS_GP2]).findings)

    assert today.natural_key == tomorrow.natural_key
    assert "vol-1" in today.natural_key
