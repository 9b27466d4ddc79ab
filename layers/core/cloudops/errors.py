"""The five families of errors that the domains raise and that `platform.http` turns into problem documents.

A domain error subclasses a family: its class name gives the problem's type, its docstring the title.
"""

from collections.abc import Sequence


class CloudOpsError(Exception):
    """Something went wrong."""

    status = 500

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.title())
        self.detail = detail

    @classmethod
    def title(cls) -> str:
        return (cls.__doc__ or cls.__name__).strip().splitlines()[0].rstrip(".")


class NotFoundError(CloudOpsError):
    """There is no such thing here."""

    status = 404


class ConflictError(CloudOpsError):
    """The request conflicts with the present state."""

    status = 409


class InvalidError(CloudOpsError):
    """The request is not valid."""

    status = 422

    def __init__(
        self, detail: str = "", *, field: str | None = None, findings: Sequence[tuple[str, str]] = ()
    ) -> None:
        """`findings` are fields with what is wrong about each, where there are several."""
        super().__init__(detail)
        self.field = field
        self.findings = findings or ([(field, self.detail)] if field else [])


class ForbiddenError(CloudOpsError):
    """This needs a right that you do not have."""

    status = 403


class UnavailableError(CloudOpsError):
    """The service cannot answer right now."""

    status = 503
