"""The resolver that the routes of this function are added to."""

from cloudops.platform.http import api

app = api()
