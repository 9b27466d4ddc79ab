"""Errors in the form of the protocol that the call came in.

https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html#operation-error-serialization (and its siblings)
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#RESTErrorResponses
"""

import json
from uuid import uuid4
from xml.sax.saxutils import escape

XML_ERRORS = {
    "ec2": "<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
    "<RequestID>{id}</RequestID></Response>",
    "query": "<ErrorResponse><Error><Type>{fault}</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    "<RequestId>{id}</RequestId></ErrorResponse>",
    "rest-xml": "<Error><Code>{code}</Code><Message>{message}</Message><RequestId>{id}</RequestId></Error>",
}


class RefusedError(Exception):
    """AWS would answer with this error."""

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


def serialized(error: RefusedError, protocol: str) -> tuple[dict[str, str], bytes]:
    """Headers and body."""
    request_id, fault = str(uuid4()), "Sender" if error.status < 500 else "Receiver"
    if protocol in XML_ERRORS:
        body = XML_ERRORS[protocol].format(
            code=error.code, message=escape(error.message), id=request_id, fault=fault
        )
        return {"Content-Type": "text/xml", "x-amzn-RequestId": request_id}, body.encode()
    headers = {
        "Content-Type": "application/json" if protocol == "rest-json" else "application/x-amz-json-1.0",
        "x-amzn-RequestId": request_id,
        "x-amzn-ErrorType": error.code,
        # Services that changed from the query protocol keep its codes here.
        "x-amzn-query-error": f"{error.code};{fault}",
    }
    return headers, json.dumps({"__type": error.code, "message": error.message}).encode()
