"""API Gateway events in, answers out: authentication, one transaction per route, problem documents."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.api_gateway import Route
from aws_lambda_powertools.event_handler.exceptions import ServiceError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.utilities.typing import LambdaContext

from cloudops.actor import Actor
from cloudops.errors import CloudOpsError, InvalidError
from cloudops.platform import database
from cloudops.platform.bodies import fields_of, refusal_of
from cloudops.platform.listing import as_csv
from cloudops.platform.principal import Principal, authenticate
from cloudops.platform.problems import invalid_request, problem, problem_of
from cloudops.platform.telemetry import logger


@dataclass(frozen=True, kw_only=True)
class Unit:
    """One request's transaction, who asks, and when."""

    connection: database.Connection
    principal: Principal
    now: datetime

    @property
    def actor(self) -> Actor:
        """Who asks, as the trail names him."""
        return self.principal.actor


def api() -> APIGatewayRestResolver:
    app = APIGatewayRestResolver(enable_validation=True, response_validation_error_http_code=500)

    @app.exception_handler(RequestValidationError)
    def refuse(error: RequestValidationError) -> Response[str]:
        return invalid_request(error.errors(), fields_of(app.current_event.raw_event))

    @app.exception_handler(CloudOpsError)
    def explain(error: CloudOpsError) -> Response[str]:
        return explained(error)

    @app.exception_handler(ServiceError)
    def pass_on(error: ServiceError) -> Response[str]:
        return problem(int(error.status_code), str(error.msg))

    @app.exception_handler(Exception)
    def apologise(error: Exception) -> Response[str]:
        return unexpected(error)

    @app.not_found
    def no_route(_error: Exception) -> Response[str]:
        return without_route(app)

    app.use([refuse_unknown_parameters])
    return app


def explained(error: CloudOpsError) -> Response[str]:
    if error.status >= 500:
        logger.error("cannot answer", exc_info=error)
    return problem_of(error)


def unexpected(error: Exception) -> Response[str]:
    logger.error("unexpected error", exc_info=error)
    return problem(500, "Something went wrong on our side")


def routes_of(app: APIGatewayRestResolver) -> list[Route]:
    return [*app._static_routes, *app._dynamic_routes]


def without_route(app: APIGatewayRestResolver) -> Response[str]:
    """405 where the path takes other methods: the template sends every method of a path to its function."""
    path = app.current_event.path
    methods = sorted({route.method for route in routes_of(app) if route.rule.match(path)})
    if not methods:
        return problem(404, "There is no such route")
    refusal = problem(405, "This route does not take that method")
    refusal.headers["Allow"] = ", ".join(methods)
    return refusal


def refuse_unknown_parameters(
    app: APIGatewayRestResolver, next_middleware: Callable[[APIGatewayRestResolver], Response[Any]]
) -> Response[Any]:
    """A misspelt filter must not silently show everything."""
    route: Route = app.context["_route"]
    if route not in routes_of(app):
        return next_middleware(app)
    known = {str(parameter.alias) for parameter in route.dependant.query_params}
    unknown = sorted((app.current_event.query_string_parameters or {}).keys() - known)
    if unknown:
        return problem_of(
            InvalidError(
                f"there is no such parameter; there are {', '.join(sorted(known))}", field=unknown[0]
            )
        )
    return next_middleware(app)


def handle(app: APIGatewayRestResolver, event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Resolve an authenticated route; the membership is looked up anew at every request."""
    try:
        with database.answering():
            principal = authenticate(database.live_connection(), event)
    except CloudOpsError as error:
        return answer(explained(error))
    refusal = refusal_of(event)
    if refusal is not None:
        return answer(refusal)
    logger.append_keys(tenant_id=str(principal.tenant_id))
    app.append_context(principal=principal)
    return as_csv(event, app.resolve(event, context))


def answer(response: Response[str]) -> dict[str, Any]:
    headers = {"Content-Type": str(response.content_type), **{k: str(v) for k, v in response.headers.items()}}
    return {
        "statusCode": response.status_code,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "body": response.body,
        "isBase64Encoded": False,
    }


@contextmanager
def unit(app: APIGatewayRestResolver) -> Iterator[Unit]:
    principal: Principal = app.context["principal"]
    with database.transaction(principal.tenant_id) as connection:
        yield Unit(connection=connection, principal=principal, now=datetime.now(UTC))
