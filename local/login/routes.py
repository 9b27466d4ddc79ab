"""The Hosted UI's addresses, on the API's own port."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from local.clock import Clock
from local.login import authorization, pages
from local.login.attempts import Attempts
from local.login.authorization import (
    AppClient,
    AuthorizationRequest,
    RefusedRequestError,
    UnknownApplicationError,
    returning,
)
from local.login.enrollment import Enrollment
from local.login.grants import SESSION_LIVES, Grants, SignIn
from local.login.second_factor import Challenges, SecondFactor
from local.login.tokens import TokenEndpoint, TokenRefusedError
from local.login.user_pool import UserPoolApi
from local.people import Account, People, normalized
from local.tokens import TokenIssuer

COOKIE = "cloudops_session"
FORM_LIMIT = 16 * 1024
FORM_TYPE = "application/x-www-form-urlencoded"
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
WRONG = "Incorrect e-mail address or password."
BLOCKED = "Too many failed attempts. Wait a little and try again."
WRONG_CODE = "That code is not right, or was used already."
TOO_LATE = "That took too long. Sign in again."
UNKNOWN_APPLICATION = "The application that sent you here is not registered, or its address is not."
FOREIGN_FORM = "The form was sent from another page."


class MalformedFormError(Exception):
    """The body is no form, too long, or names a field twice."""


class Login:
    """https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-userpools-server-contract-reference.html"""

    def __init__(
        self,
        client: AppClient,
        *,
        origin: str,
        people: People,
        check_password: Callable[[str, str], Account | None],
        issuer: TokenIssuer,
        clock: Clock,
    ) -> None:
        self._client = client
        self._origin = origin
        self._check_password = check_password
        self._issuer = issuer
        self._clock = clock
        self._grants = Grants()
        self._attempts = Attempts()
        self._challenges = Challenges()
        self._second_factor = SecondFactor()
        self._tokens = TokenEndpoint(client, grants=self._grants, people=people, issuer=issuer)
        self._user_pool = UserPoolApi(
            people,
            grants=self._grants,
            issuer=issuer,
            enrollment=Enrollment(people, self._second_factor),
            clock=clock,
        )

    def routes(self) -> Sequence[BaseRoute]:
        origins = sorted({_origin(address) for address in self._client.callbacks})
        shared = [
            Middleware(
                CORSMiddleware,
                allow_origins=origins,
                allow_methods=["GET", "POST"],
                allow_headers=["Content-Type", "X-Amz-Target"],
            )
        ]
        return [
            Route("/oauth2/authorize", self.authorize),
            Route("/login", self.show),
            Route("/login", self.sign_in, methods=["POST"]),
            Route("/login/style.css", self.style),
            Route("/oauth2/token", self.token, methods=["POST", "OPTIONS"], middleware=shared),
            Route("/oauth2/revoke", self.revoke, methods=["POST", "OPTIONS"], middleware=shared),
            Route("/logout", self.sign_out),
            Route("/.well-known/jwks.json", self.keys, middleware=shared),
            Route("/.well-known/openid-configuration", self.metadata, middleware=shared),
            Route("/config.json", self.config, middleware=shared),
            Route("/", self._user_pool.answer, methods=["POST", "OPTIONS"], middleware=shared),
        ]

    async def authorize(self, http: Request) -> Response:
        asked = self._asked(http)
        if isinstance(asked, Response):
            return asked
        session = self._grants.session(http.cookies.get(COOKIE, ""), now=self._clock.now())
        if session:
            return self._with_code(asked, session)
        return RedirectResponse(f"/login?{asked.query()}", HTTPStatus.FOUND, headers=NO_STORE)

    async def show(self, http: Request) -> Response:
        asked = self._asked(http)
        if isinstance(asked, Response):
            return asked
        return _page(pages.password_page(asked.query()), asked)

    async def sign_in(self, http: Request) -> Response:
        asked = self._asked(http)
        if isinstance(asked, Response):
            return asked
        sent_from = http.headers.get("origin")
        if sent_from is not None and urlsplit(sent_from).netloc != http.headers.get("host"):
            return _refusal(FOREIGN_FORM)
        try:
            form = await _form(http)
        except MalformedFormError:
            return _refusal("The form could not be read.")
        if "session" in form:
            return self._take_code(asked, form)
        return await self._take_password(asked, form)

    async def token(self, http: Request) -> Response:
        try:
            answer = self._tokens.answer(await _form(http), now=self._clock.now())
        except (MalformedFormError, TokenRefusedError) as error:
            return _token_error(error)
        return JSONResponse(answer, headers=NO_STORE)

    async def revoke(self, http: Request) -> Response:
        try:
            self._tokens.revoke(await _form(http))
        except (MalformedFormError, TokenRefusedError) as error:
            return _token_error(error)
        return Response(headers=NO_STORE)

    async def sign_out(self, http: Request) -> Response:
        """Ends the browser's session and revokes its refresh tokens, wherever the person goes from here."""
        self._grants.end_session(http.cookies.get(COOKIE, ""))
        wanted = http.query_params.get("logout_uri")
        known = http.query_params.get("client_id") == self._client.id and wanted in self._client.logouts
        answer = (
            RedirectResponse(wanted, HTTPStatus.FOUND, headers=NO_STORE)
            if known and wanted
            else _refusal(UNKNOWN_APPLICATION)
        )
        answer.delete_cookie(COOKIE, httponly=True, samesite="lax")
        return answer

    async def style(self, _: Request) -> Response:
        headers = {"Cache-Control": "max-age=300", "X-Content-Type-Options": "nosniff"}
        return FileResponse(pages.STYLE, media_type="text/css", headers=headers)

    async def keys(self, _: Request) -> Response:
        return JSONResponse(self._issuer.jwks())

    async def metadata(self, _: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self._issuer.issuer,
                "authorization_endpoint": f"{self._origin}/oauth2/authorize",
                "token_endpoint": f"{self._origin}/oauth2/token",
                "revocation_endpoint": f"{self._origin}/oauth2/revoke",
                "end_session_endpoint": f"{self._origin}/logout",
                "jwks_uri": f"{self._origin}/.well-known/jwks.json",
                "response_types_supported": ["code"],
                "grant_types_supported": ["authorization_code", "refresh_token"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "token_endpoint_auth_methods_supported": ["none"],
                "code_challenge_methods_supported": ["S256"],
                "scopes_supported": list(authorization.SCOPES),
            }
        )

    async def config(self, _: Request) -> Response:
        """What the web UI has to know, as the deployed stack writes it beside the UI."""
        return JSONResponse(
            {
                "api": self._origin,
                "login": self._origin,
                "issuer": self._issuer.issuer,
                "client_id": self._client.id,
                "redirect_uri": self._client.callbacks[0],
                "logout_uri": self._client.logouts[0],
                "scope": " ".join(authorization.SCOPES),
                "user_pool": self._origin,
            },
            headers=NO_STORE,
        )

    def _asked(self, http: Request) -> AuthorizationRequest | Response:
        try:
            return authorization.read(http.query_params.multi_items(), self._client)
        except UnknownApplicationError:
            return _refusal(UNKNOWN_APPLICATION)
        except RefusedRequestError as error:
            return RedirectResponse(error.location, HTTPStatus.FOUND, headers=NO_STORE)

    async def _take_password(self, asked: AuthorizationRequest, form: dict[str, str]) -> Response:
        email, now = normalized(form.get("username", "")), self._clock.now()
        if self._attempts.blocked(email, now=now):
            return _page(pages.password_page(asked.query(), email=email, problem=BLOCKED), asked)
        account = await run_in_threadpool(self._check_password, email, form.get("password", ""))
        if account is None:
            self._attempts.failed(email, now=now)
            return _page(pages.password_page(asked.query(), email=email, problem=WRONG), asked)
        if account.totp_key is None:
            return self._signed_in(asked, account)
        session = self._challenges.ask(account, now=now)
        return _page(pages.code_page(asked.query(), session=session), asked)

    def _take_code(self, asked: AuthorizationRequest, form: dict[str, str]) -> Response:
        session, now = form["session"], self._clock.now()
        account = self._challenges.find(session, now=now)
        if account is None:
            return _page(pages.password_page(asked.query(), problem=TOO_LATE), asked)
        if self._attempts.blocked(account.email, now=now):
            return _page(pages.code_page(asked.query(), session=session, problem=BLOCKED), asked)
        if not self._proves_himself(account, form.get("code", "")):
            self._attempts.failed(account.email, now=now)
            return _page(pages.code_page(asked.query(), session=session, problem=WRONG_CODE), asked)
        self._challenges.close(session)
        return self._signed_in(asked, account)

    def _proves_himself(self, account: Account, code: str) -> bool:
        key = account.totp_key
        return key is not None and self._second_factor.takes(key, code, now=self._clock.now())

    def _signed_in(self, asked: AuthorizationRequest, account: Account) -> Response:
        self._attempts.succeeded(account.email)
        secret, sign_in = self._grants.open_session(account.sub, now=self._clock.now())
        answer = self._with_code(asked, sign_in)
        lifetime = int(SESSION_LIVES.total_seconds())
        answer.set_cookie(COOKIE, secret, max_age=lifetime, httponly=True, samesite="lax")
        return answer

    def _with_code(self, asked: AuthorizationRequest, sign_in: SignIn) -> Response:
        code = self._grants.issue_code(asked, sign_in, now=self._clock.now())
        return RedirectResponse(
            returning(asked.redirect_uri, code=code, state=asked.state),
            HTTPStatus.FOUND,
            headers={**NO_STORE, "Referrer-Policy": "no-referrer"},
        )


async def _form(http: Request) -> dict[str, str]:
    """Raises MalformedFormError."""
    if http.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM_TYPE:
        raise MalformedFormError("invalid_request")
    body = b""
    async for chunk in http.stream():
        body += chunk
        if len(body) > FORM_LIMIT:
            raise MalformedFormError("invalid_request")
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=bool(body))
    except ValueError as error:
        raise MalformedFormError("invalid_request") from error
    form = dict(pairs)
    if len(form) != len(pairs):
        raise MalformedFormError("invalid_request")
    return form


def _token_error(error: Exception) -> Response:
    body: dict[str, Any] = {"error": str(error)}
    return JSONResponse(body, HTTPStatus.BAD_REQUEST, headers=NO_STORE)


def _page(html: str, asked: AuthorizationRequest) -> Response:
    return HTMLResponse(html, headers=pages.headers(form_target=asked.redirect_uri))


def _refusal(problem: str) -> Response:
    return HTMLResponse(pages.refusal_page(problem), HTTPStatus.BAD_REQUEST, headers=pages.headers())


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
