"""The pages as HTML, which need no script."""

from html import escape
from pathlib import Path
from urllib.parse import urlsplit

STYLE = Path(__file__).with_name("style.css")
PRODUCT = "CloudOps Guardrails"
FRAME = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} - {product}</title>
<link rel="stylesheet" href="/login/style.css">
</head>
<body>
<main>
<p class="product">{product}</p>
<h1>{title}</h1>
{content}
</main>
</body>
</html>
"""
SIGN_IN_FIELDS = """<label for="username">E-mail address</label>
<input id="username" name="username" type="email" autocomplete="username" value="{email}" required{at_email}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required{at_password}>
"""
CODE_FIELDS = """<input type="hidden" name="session" value="{session}">
<label for="code">Code</label>
<p id="hint" class="hint">The six digits that your authenticator app shows.</p>
<input id="code" name="code" inputmode="numeric" autocomplete="one-time-code" pattern="[0-9 ]*" required
 aria-describedby="hint" autofocus>
"""


def headers(*, form_target: str = "") -> dict[str, str]:
    """`form_target` is where a posted form ends up; browsers hold the redirect against form-action, too."""
    allowed = " ".join(["'self'", *([_origin(form_target)] if form_target else [])])
    return {
        "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; "
        f"form-action {allowed}; frame-ancestors 'none'",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        # "no-referrer" would make the form's Origin "null", which is checked.
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }


def password_page(query: str, *, email: str = "", problem: str = "") -> str:
    fields = SIGN_IN_FIELDS.format(
        email=escape(email),
        at_email="" if email else " autofocus",
        at_password=" autofocus" if email else "",
    )
    return _page("Sign in", _form(query, fields, problem))


def code_page(query: str, *, session: str, problem: str = "") -> str:
    return _page("Enter your code", _form(query, CODE_FIELDS.format(session=escape(session)), problem))


def refusal_page(problem: str) -> str:
    return _page("You cannot sign in from here", f'<p role="alert">{escape(problem)}</p>')


def _form(query: str, fields: str, problem: str) -> str:
    # The region is there from the start, so that a screen reader announces what appears in it.
    return (
        f'<form method="post" action="/login?{escape(query)}">\n'
        f'<p role="alert">{escape(problem)}</p>\n{fields}<button>Sign in</button>\n</form>'
    )


def _page(title: str, content: str) -> str:
    return FRAME.format(title=title, product=PRODUCT, content=content)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
