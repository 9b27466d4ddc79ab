"""Whose a bot token is. Slack says it, so that nobody claims a workspace or an app that is not his."""

from cloudops.errors import InvalidError, UnavailableError
from cloudops.notifications.models import Workspace
from cloudops.platform.slack import (
    SlackCredentials,
    SlackRefusedError,
    SlackUnavailableError,
    read,
    web_client,
)


class SlackDoesNotAnswerError(UnavailableError):
    """Slack does not answer."""


def workspace_of(credentials: SlackCredentials) -> Workspace:
    client = web_client(credentials.bot_token)
    try:
        bearer = read(client, "auth.test")
        bot = read(client, "bots.info", bot=bearer["bot_id"])["bot"]
        return Workspace(team_id=bearer["team_id"], app_id=bot["app_id"])
    except KeyError as error:
        raise InvalidError("it is not the token of an app's bot", field="bot_token") from error
    except SlackRefusedError as error:
        raise InvalidError(str(error), field="bot_token") from error
    except SlackUnavailableError as error:
        raise SlackDoesNotAnswerError(str(error)) from error
