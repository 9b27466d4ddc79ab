"""How ids are looked up that people read to each other."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query

IdPrefix = Annotated[
    str | None,
    Query(
        pattern="^[0-9a-f]{4,32}$",
        description="The first digits of an id, without dashes: what `ALR-AB020EDB` and its like show.",
    ),
]
