"""Keeps mails instead of sending them. https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html"""

from uuid import uuid4

from local.outbox import Outbox
from local.strict.call import Call, Reply
from local.strict.rule import Forward


class SentMail:
    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def applies(self, call: Call) -> bool:
        return call.service == "sesv2" and call.operation == "SendEmail"

    def answer(self, call: Call, forward: Forward) -> Reply:
        mail = call.parameters
        content = mail["Content"]["Simple"]
        self._outbox.keep(
            "mail",
            {
                "from": mail["FromEmailAddress"],
                "to": mail["Destination"]["ToAddresses"],
                "subject": content["Subject"]["Data"],
                "text": content["Body"]["Text"]["Data"],
            },
        )
        return call.answer({"MessageId": str(uuid4())})
