"""That one deployment brings everything, people included, and fails cleanly."""

import json
from collections.abc import Iterator

from tests.template.stack import Stack, named_in, target

ASKED_FOR = {"AdminEmail"}
MOST_PARAMETERS = 10
WAYS = (
    "EC2::Route",
    "EC2::SubnetRouteTableAssociation",
    "EC2::VPCGatewayAttachment",
    "EC2::VPCEndpoint",
    "EC2::NatGateway",
    "EC2::SecurityGroupIngress",
    "EC2::SecurityGroupEgress",
    "SecretsManager::SecretTargetAttachment",
    "RDS::DBInstance",
)
KEPT_FROM_FUNCTIONS = (
    "Cognito::UserPoolClient",
    "Cognito::UserPoolDomain",
    "ApiGateway::RestApi",
    "CloudFront::Distribution",
)
OUR_PAGES = [[{"Fn::Sub": f"https://${{Distribution.DomainName}}/{page}"}] for page in ("callback", "")]
# As the laptop serves it, too: local/login/routes.py.
CONFIG = {"api", "login", "issuer", "client_id", "redirect_uri", "logout_uri", "scope", "user_pool"}
USER_POOL_API = {"Fn::Sub": "https://cognito-idp.${AWS::Region}.${AWS::URLSuffix}"}
SCOPES = ["openid", "email", "profile", "aws.cognito.signin.user.admin"]
# Nobody is found, written to or let in by it.
HARMLESS = ["locale"]
PASSWORDS = ("RequireLowercase", "RequireUppercase", "RequireNumbers", "RequireSymbols")


def only_what_cannot_be_guessed_is_asked_for(stack: Stack) -> Iterator[str]:
    if len(stack.template["Parameters"]) > MOST_PARAMETERS:
        yield f"a deployment has {len(stack.template['Parameters'])} parameters"
    asked = {name for name, parameter in stack.template["Parameters"].items() if "Default" not in parameter}
    if asked != ASKED_FOR:
        yield f"a deployment asks for {sorted(asked)}"


def every_parameter_reaches_a_resource(stack: Stack) -> Iterator[str]:
    resources = json.dumps(stack.resources)
    conditions = [one for name, one in stack.template["Conditions"].items() if f'"{name}"' in resources]
    for name in stack.template["Parameters"].keys() - set(named_in([stack.resources, conditions])):
        yield f"{name} does nothing"


def migrations_run_whenever_they_changed(stack: Stack) -> Iterator[str]:
    layers = [
        name
        for name, layer in stack.of("Lambda::LayerVersion").items()
        if target(layer["LayerName"]).endswith("-migrations")
    ]
    running = [
        name
        for name, properties in stack.migrations.items()
        if properties.get("Migrations") in [{"Ref": layer} for layer in layers]
        and target(properties["ServiceToken"]) == "MigrateDatabaseFunction"
    ]
    if len(running) != 1:
        yield "a changed migration is not run"


def functions_find_the_schema_that_they_know(stack: Stack) -> Iterator[str]:
    # Schedules and queues wait for their functions, so that none runs into a database that is still being made.
    (migrations,) = stack.migrations
    for name in stack.functions.keys() - {"MigrateDatabaseFunction"}:
        if migrations not in stack.dependencies(name):
            yield f"{name} may run before the migrations"


def what_functions_make_has_its_way_until_it_is_gone(stack: Stack) -> Iterator[str]:
    # What they depend on is made before them and deleted after them.
    for name in stack.custom:
        needed = {resource for kind in WAYS for resource in stack.of(kind)}
        if missing := needed - stack.dependencies(name):
            yield f"{name} may run without {sorted(missing)}"


def a_function_that_hangs_fails_the_deployment(stack: Stack) -> Iterator[str]:
    for name, properties in stack.custom.items():
        function = target(properties["ServiceToken"])
        allowed, needed = properties.get("ServiceTimeout", 3600), stack.functions[function]["Timeout"]
        if not needed < allowed <= needed + 120:
            yield f"{name} keeps CloudFormation waiting for {allowed} s"
        attempts = [
            invocation.get("MaximumRetryAttempts")
            for invocation in stack.of("Lambda::EventInvokeConfig").values()
            if target(invocation["FunctionName"]) == function
        ]
        if attempts != [0]:
            yield f"{function} tries again while the deployment is rolled back"


def functions_do_not_wait_for_what_waits_for_them(stack: Stack) -> Iterator[str]:
    # The client names the web UI's address, that the API's, and the API the functions.
    kept = {resource for kind in KEPT_FROM_FUNCTIONS for resource in stack.of(kind)}
    for name in stack.functions:
        if found := stack.dependencies(name) & kept:
            yield f"{name} depends on {sorted(found)}"


def the_ui_is_uploaded_whenever_it_changed(stack: Stack) -> Iterator[str]:
    (ui,) = [one for one in stack.custom.values() if "Build" in one] or [{}]
    layer = stack.properties(ui.get("Build", ""))
    if not target(layer.get("LayerName", "")).endswith("-ui"):
        yield "a changed UI is not uploaded"
    if ui.get("Build") not in stack.properties(ui.get("ServiceToken", "")).get("Layers", []):
        yield "another function than the one that carries the UI is asked to upload it"
    if ui.get("Bucket") != {"Ref": "UiBucket"}:
        yield f"the UI is uploaded to {ui.get('Bucket')}"
    if ui.get("Config", {}).keys() != CONFIG:
        yield f"the UI is told {sorted(ui.get('Config', {}))}"


def nobody_signs_themselves_up(stack: Stack) -> Iterator[str]:
    for name, pool in stack.of("Cognito::UserPool").items():
        if pool.get("AdminCreateUserConfig") != {"AllowAdminCreateUserOnly": True}:
            yield f"anybody may join {name}"


def people_prove_their_address(stack: Stack) -> Iterator[str]:
    for name, pool in stack.of("Cognito::UserPool").items():
        changed = pool.get("UserAttributeUpdateSettings", {}).get("AttributesRequireVerificationBeforeUpdate")
        if [pool.get("UsernameAttributes"), pool.get("AutoVerifiedAttributes"), changed] != [["email"]] * 3:
            yield f"{name} takes an address without proof"
        recovery = [
            one["Name"] for one in pool.get("AccountRecoverySetting", {}).get("RecoveryMechanisms", [])
        ]
        if recovery != ["verified_email"]:
            yield f"{name} gives accounts back by {recovery}"


def passwords_are_strong_and_a_second_factor_is_possible(stack: Stack) -> Iterator[str]:
    for name, pool in stack.of("Cognito::UserPool").items():
        policy = pool.get("Policies", {}).get("PasswordPolicy", {})
        if policy.get("MinimumLength", 0) < 12 or not all(policy.get(rule) is True for rule in PASSWORDS):
            yield f"{name} takes weak passwords"
        factors = (pool.get("MfaConfiguration"), pool.get("EnabledMfas"))
        if factors != ("OPTIONAL", ["SOFTWARE_TOKEN_MFA"]):
            yield f"{name} has {factors}"


def people_turn_their_second_factor_on_by_themselves(stack: Stack) -> Iterator[str]:
    # Where it is optional the pool's own pages do not offer it, so the UI asks the pool's API.
    (ui,) = [one for one in stack.custom.values() if "Build" in one] or [{}]
    config = ui.get("Config", {})
    if config.get("user_pool") != USER_POOL_API:
        yield f"the UI asks {config.get('user_pool')} for the second factor"
    for name, client in stack.of("Cognito::UserPoolClient").items():
        if client.get("AllowedOAuthScopes") != SCOPES or config.get("scope") != " ".join(SCOPES):
            yield f"{name} allows {client.get('AllowedOAuthScopes')}, the UI asks for {config.get('scope')}"


def a_stolen_token_moves_no_address(stack: Stack) -> Iterator[str]:
    # Whoever could write the address would get the mail that sets a new password.
    for name, client in stack.of("Cognito::UserPoolClient").items():
        if client.get("WriteAttributes") != HARMLESS:
            yield f"{name} lets people write {client.get('WriteAttributes')}"


def browsers_sign_in_by_code_only(stack: Stack) -> Iterator[str]:
    for name, client in stack.of("Cognito::UserPoolClient").items():
        if client.get("AllowedOAuthFlows") != ["code"] or not client.get("AllowedOAuthFlowsUserPoolClient"):
            yield f"{name} hands tokens out by {client.get('AllowedOAuthFlows')}"
        if client.get("GenerateSecret") is not False:
            yield f"{name} has a secret that a browser cannot keep"
        if client.get("ExplicitAuthFlows") != ["ALLOW_REFRESH_TOKEN_AUTH"]:
            yield f"{name} takes passwords by {client.get('ExplicitAuthFlows')}"
        if (
            client.get("PreventUserExistenceErrors") != "ENABLED"
            or client.get("EnableTokenRevocation") is not True
        ):
            yield f"{name} tells who exists, or cannot sign out"


def people_come_back_to_our_page_only(stack: Stack) -> Iterator[str]:
    for name, client in stack.of("Cognito::UserPoolClient").items():
        if [client.get("CallbackURLs"), client.get("LogoutURLs")] != OUR_PAGES:
            yield f"{name} sends codes to {client.get('CallbackURLs')}"


def there_is_a_page_to_sign_in_at(stack: Stack) -> Iterator[str]:
    pools = [target(domain["UserPoolId"]) for domain in stack.of("Cognito::UserPoolDomain").values()]
    if pools != [*stack.of("Cognito::UserPool")]:
        yield f"there are pages for {pools}"


def the_first_admin_is_invited(stack: Stack) -> Iterator[str]:
    told = [(one.get("UserPoolId"), one.get("AdminEmail")) for one in stack.migrations.values()]
    if told != [({"Ref": "UserPool"}, {"Ref": "AdminEmail"})]:
        yield f"the migrations are told to invite {told}"


def no_login_goes_with_a_parameter(stack: Stack) -> Iterator[str]:
    # All that can be said about such a resource replaces it, which deletes somebody's login.
    yield from (f"{name} is a person" for name in stack.of("Cognito::UserPoolUser"))


INVARIANTS = (
    only_what_cannot_be_guessed_is_asked_for,
    every_parameter_reaches_a_resource,
    migrations_run_whenever_they_changed,
    functions_find_the_schema_that_they_know,
    what_functions_make_has_its_way_until_it_is_gone,
    a_function_that_hangs_fails_the_deployment,
    functions_do_not_wait_for_what_waits_for_them,
    the_ui_is_uploaded_whenever_it_changed,
    nobody_signs_themselves_up,
    people_prove_their_address,
    passwords_are_strong_and_a_second_factor_is_possible,
    people_turn_their_second_factor_on_by_themselves,
    a_stolen_token_moves_no_address,
    browsers_sign_in_by_code_only,
    people_come_back_to_our_page_only,
    there_is_a_page_to_sign_in_at,
    the_first_admin_is_invited,
    no_login_goes_with_a_parameter,
)
