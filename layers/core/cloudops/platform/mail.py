"""Mail through SES."""

from collections.abc import Sequence

from cloudops.errors import InvalidError, UnavailableError
from cloudops.platform.aws import client

ANSWER_SECONDS = 30


class MailRefusedError(InvalidError):
    """SES does not take this mail."""


class MailUnavailableError(UnavailableError):
    """SES does not answer."""


def send_mail(sender: str, recipients: Sequence[str], *, subject: str, text: str, html: str) -> None:
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as slow as boto3, see platform.aws

    try:
        # One attempt that waits long: a repeated one might send the mail twice, and our own next one comes later.
        client("sesv2", attempts=1, read_seconds=ANSWER_SECONDS).send_email(
            FromEmailAddress=sender,
            Destination={"ToAddresses": list(recipients)},
            Content={
                "Simple": {
                    "Subject": {"Data": subject, "Charset": "UTF-8"},
                    "Body": {
                        "Text": {"Data": text, "Charset": "UTF-8"},
                        "Html": {"Data": html, "Charset": "UTF-8"},
                    },
                }
            },
        )
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in ("MessageRejected", "BadRequestException", "MailFromDomainNotVerifiedException"):
            raise MailRefusedError(f"SES answers {code}") from error
        raise MailUnavailableError(f"SES answers {code}") from error
    except BotoCoreError as error:
        raise MailUnavailableError(f"SES cannot be asked: {type(error).__name__}") from error
