import pytest

from cloudops.organization import backstage
from cloudops.organization.document import ImportRefusedError
from cloudops.organization.outline import EMPTY, OUTSIDE, Outline

CATALOG = """
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: cart
  description: Holds what people mean to buy.
  annotations:
    github.com/project-slug: acme/cart
    backstage.io/techdocs-ref: dir:.
  links:
    - {url: https://grafana.acme.example, title: Dashboard}
    - {url: https://docs.acme.example/cart, title: Docs}
spec: {type: service, lifecycle: production, owner: group:default/Checkout}
---
kind: Group
metadata: {name: checkout}
spec:
  type: team
  parent: shop
  profile: {displayName: Checkout, email: checkout@acme.example}
---
kind: Group
metadata: {name: shop, description: The web shop.}
spec: {type: business-unit, parent: commerce}
---
kind: System
metadata: {name: selling}
"""


def present() -> Outline:
    found = Outline()
    found.put("business_group", ("Commerce",), EMPTY["business_group"])
    found.put("business_unit", ("Commerce", "Data"), EMPTY["business_unit"])
    found.put("team", ("Commerce", "Data", "Data Platform"), EMPTY["team"])
    found.put("team", (*OUTSIDE, "Ops"), EMPTY["team"])
    return found


def component(**spec: str) -> str:
    told = ", ".join(f"{name}: {value}" for name, value in spec.items())
    return f"kind: Component\nmetadata: {{name: cart}}\nspec: {{{told}}}"


def group(name: str, kind: str, parent: str | None = None) -> str:
    above = f", parent: {parent}" if parent else ""
    return f"kind: Group\nmetadata: {{name: {name}}}\nspec: {{type: {kind}{above}}}"


def test_components_are_services_and_groups_are_teams_and_above() -> None:
    found, notes = backstage.read(CATALOG, present())

    checkout = ("Commerce", "shop", "Checkout")
    assert found.of("business_unit") == {("Commerce", "shop"): {"description": "The web shop."}}
    assert found.of("team") == {checkout: {"owner_email": "checkout@acme.example"}}
    assert found.of("service") == {
        ("cart",): {
            "team": checkout,
            "description": "Holds what people mean to buy.",
            "service_type": "service",
            "repository_url": "https://github.com/acme/cart",
            "documentation_url": "https://docs.acme.example/cart",
        }
    }
    assert notes == ["System selling was left aside"]


@pytest.mark.parametrize(
    "owner", ["data-platform", "group:data-platform", "group:default/Data-Platform", "default/data-platform"]
)
def test_an_owner_that_is_there_already_is_found_by_its_reference(owner: str) -> None:
    found, _ = backstage.read(component(type="api", owner=f"'{owner}'"), present())

    assert found.of("service")[("cart",)]["team"] == ("Commerce", "Data", "Data Platform")


def test_a_team_that_is_there_already_stays_where_it_is() -> None:
    found, _ = backstage.read(group("data-platform", "team"), present())

    assert list(found.of("team")) == [("Commerce", "Data", "Data Platform")]


@pytest.mark.parametrize(
    ("text", "field", "reason"),
    [
        (component(owner="nobody"), "0.spec.owner", "nobody is unknown"),
        (component(owner="'user:default/ada'"), "0.spec.owner", "is no team"),
        (component() + "\n---\n" + component(), "1.metadata.name", "at 0 as well"),
        (group("a", "team", "nowhere"), "0.spec.parent", "nowhere is not known"),
        (group("a", "business-unit"), "0.spec.parent", "needs a parent"),
        (group("a", "division", "commerce"), "0.spec.parent", "stands at the top"),
        (group("a", "team", "commerce"), "0.spec.parent", "has to be a business unit"),
        (group("a", "team", "b") + "\n---\n" + group("b", "team", "a"), "0.spec.parent", "a > b > a"),
        (group("a", "team", "a"), "0.spec.parent", "a > a"),
        ("text", "0", "no entity"),
        ("kind: Component\nmetadata: {name: 'a b'}", "0.metadata.name", "kind and a name"),
        ("kind: Component\nmetadata: {name: a}\nspec: {type: [x]}", "0", "service_type"),
    ],
)
def test_a_catalogue_that_does_not_fit_names_field_and_reason(text: str, field: str, reason: str) -> None:
    with pytest.raises(ImportRefusedError) as refused:
        backstage.read(text, present())

    (found, *_) = refused.value.findings
    assert found[0] == field
    assert reason in found[1]


def test_a_source_location_goes_before_the_slug() -> None:
    text = component().replace(
        "{name: cart}",
        "{name: cart, annotations: {backstage.io/source-location: 'url:https://git.acme.example/cart/',"
        " github.com/project-slug: acme/cart}}",
    )

    found, _ = backstage.read(text, present())

    assert found.of("service")[("cart",)]["repository_url"] == "https://git.acme.example/cart/"
