from cloudops.recommendations.checks import CHECKS
from cloudops.recommendations.inventory_checks import INVENTORY_CHECKS


def test_every_type_of_the_first_document_is_produced_by_a_check() -> None:
    types = {str(check.type) for check in (*CHECKS, *INVENTORY_CHECKS)}

    assert {"resize", "terminate", "storage-class", "reserved-instance", "schedule"} <= types
