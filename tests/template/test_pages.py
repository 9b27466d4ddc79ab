"""Which addresses of the web UI are files, and which its first page's, by the code that CloudFront runs."""

import re

import pytest

from tests.template.stack import source

CODE: str = source()["Resources"]["Pages"]["Properties"]["FunctionCode"]


def asked_for(uri: str) -> str:
    """What the function makes of an address: its one expression is the same in Python."""
    (expression,) = re.findall(r"isFile = /(.+)/\.test", CODE)
    (first_page,) = re.findall(r"request\.uri = '(.+)'", CODE)
    return uri if re.search(expression.replace("\\/", "/"), uri) else first_page


@pytest.mark.parametrize(
    "uri",
    ["/index.html", "/config.json", "/favicon.svg", "/assets/index-1a2b.js", "/assets/fonts/inter.woff2"],
)
def test_a_file_is_asked_for_by_its_name(uri: str) -> None:
    assert asked_for(uri) == uri


@pytest.mark.parametrize(
    "uri",
    ["/", "/costs", "/alerts/7f0f4a52", "/resources/t3.micro", "/assets/", "/accounts/1/a.b", "/callback"],
)
def test_any_other_address_is_a_page(uri: str) -> None:
    assert asked_for(uri) == "/index.html"


def test_the_function_says_nothing_else() -> None:
    assert CODE.count("request.uri =") == 1
    assert "return request;" in CODE
