"""The emulated AWS: folders as buckets, and moto behind strict rules for the rest, on one port."""

import json
import logging
import os
import re
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from local.errors import LocalError
from local.etags import Etags
from local.folder_bucket import FolderBucket, S3Answer, S3Error
from local.kept_bucket import KeptBucket
from local.login.authorization import SCOPES
from local.template import REGION, Queue

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
OURSELVES = {
    "AccessKeyId": CREDENTIALS["AWS_ACCESS_KEY_ID"],
    "SecretAccessKey": CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
}
METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS")
START_SECONDS = 20


@dataclass(frozen=True, kw_only=True)
class UserPool:
    id: str
    client_id: str

    @property
    def arn(self) -> str:
        return f"arn:aws:cognito-idp:{REGION}:123456789012:userpool/{self.id}"


class EmulatedAws:
    """Everything in it but the mounted folders and the template's buckets lives in memory and ends with it."""

    def __init__(self, *, etags: Path | None = None) -> None:
        self._etags = Etags(etags)
        self._buckets: dict[str, FolderBucket] = {}
        self._moto = _start_moto()
        from local.strict.front import Front  # noqa: PLC0415 - moto takes a second that not every command needs

        self._emulation = Front(_address(self._moto))
        self.strict = self._emulation.port
        routes = [Route("/{path:path}", self._front, methods=list(METHODS))]
        self._server = uvicorn.Server(
            uvicorn.Config(
                Starlette(routes=routes),
                host="127.0.0.1",
                port=0,
                log_config=None,
                lifespan="off",
                http=self._emulation.protocol,
            )
        )
        self._thread = threading.Thread(target=self._server.run, daemon=True, name="emulated-aws")
        self._thread.start()
        self.endpoint = f"http://127.0.0.1:{_port(self._server)}"

    def environment(self) -> dict[str, str]:
        """What a process needs to find this AWS, and not the user's own."""
        return {
            **CREDENTIALS,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, service: str, *, region: str = REGION, session: Mapping[str, str] | None = None) -> Any:
        """As ourselves, or with the credentials of an assumed role's session."""
        import boto3  # noqa: PLC0415 - a third of a second that no listing of help should cost
        from botocore.config import Config  # noqa: PLC0415

        keys = session or OURSELVES
        return boto3.client(
            service,  # type: ignore[call-overload]
            endpoint_url=self.endpoint,
            region_name=region,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys.get("SessionToken"),
            config=Config(retries={"total_max_attempts": 2, "mode": "standard"}),
        )

    def mount(self, folder: Path) -> str:
        """The name of the bucket that serves the folder; the same at every start."""
        if not folder.is_dir():
            raise LocalError(f"{folder} is not a folder")
        path = folder.resolve()
        label = re.sub(r"[^a-z0-9]+", "-", path.name.lower()).strip("-")[:40] or "folder"
        name = f"{label}-{sha256(str(path).encode()).hexdigest()[:10]}"
        self._buckets[name] = FolderBucket(name, path, self._etags)
        return name

    def create_queues(self, queues: tuple[Queue, ...]) -> None:
        sqs = self.client("sqs")
        # A queue can only name a dead-letter queue that exists.
        for queue in sorted(queues, key=lambda queue: "RedrivePolicy" in queue.attributes):
            sqs.create_queue(QueueName=queue.name, Attributes=dict(queue.attributes))

    def keep_buckets(self, names: tuple[str, ...], folder: Path) -> None:
        """Serve the template's buckets from below a folder, so that what is put there outlives this process."""
        for name in names:
            self._buckets[name] = KeptBucket(name, folder / name, self._etags)

    def create_secret(self, name: str, value: Mapping[str, str | int]) -> str:
        """The secret's ARN."""
        made = self.client("secretsmanager").create_secret(Name=name, SecretString=json.dumps(value))
        return str(made["ARN"])

    def create_user_pool(self, *, callbacks: Sequence[str] = (), logouts: Sequence[str] = ()) -> UserPool:
        """Ids are made from the names, so they are the same at every start."""
        cognito = self.client("cognito-idp")
        pool = cognito.create_user_pool(
            PoolName="cloudops",
            UsernameAttributes=["email"],
            AdminCreateUserConfig={"AllowAdminCreateUserOnly": True},
        )["UserPool"]["Id"]
        client = cognito.create_user_pool_client(
            UserPoolId=pool,
            ClientName="cloudops-web",
            GenerateSecret=False,
            ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            AllowedOAuthFlowsUserPoolClient=True,
            AllowedOAuthFlows=["code"],
            AllowedOAuthScopes=list(SCOPES),
            CallbackURLs=list(callbacks),
            LogoutURLs=list(logouts),
        )
        return UserPool(id=pool, client_id=client["UserPoolClient"]["ClientId"])

    def stop(self) -> None:
        httpx.post(f"{_address(self._moto)}/moto-api/reset", trust_env=False)
        self._server.should_exit = True
        self._thread.join(timeout=5)
        self._moto.stop()

    async def _front(self, request: Request) -> Response:
        bucket, _, key = unquote(request.scope["raw_path"].decode()).lstrip("/").partition("/")
        found = self._buckets.get(bucket)
        if isinstance(found, KeptBucket) and request.method == "PUT":
            return await self._emulation.keep(found, key, request)
        if found is not None:
            return await run_in_threadpool(_from_folder, found, key, request)
        return await self._emulation.answer(request)


def _from_folder(bucket: FolderBucket, key: str, request: Request) -> Response:
    try:
        answer = bucket.answer(
            request.method, key, query=dict(request.query_params), headers=dict(request.headers)
        )
    except S3Error as error:
        answer = error.answer()
    return _streamed(answer)


def _streamed(answer: S3Answer) -> Response:
    if isinstance(answer.body, bytes):
        return Response(answer.body, status_code=answer.status, headers=dict(answer.headers))
    return StreamingResponse(answer.body, status_code=answer.status, headers=dict(answer.headers))


def _start_moto() -> Any:
    # Moto reads both when it makes a pool or a client.
    os.environ["MOTO_COGNITO_IDP_USER_POOL_ID_STRATEGY"] = "HASH"
    os.environ["MOTO_COGNITO_IDP_USER_POOL_CLIENT_ID_STRATEGY"] = "HASH"
    # Its public images bring snapshots that every account would seem to own.
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 - a second that not every command needs

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    return server


def _address(moto: Any) -> str:
    host, port = moto.get_host_and_port()
    return f"http://{host}:{port}"


def _port(server: uvicorn.Server) -> int:
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        if time.monotonic() > deadline:
            raise LocalError("the emulated AWS did not start")
        time.sleep(0.01)
    port: int = server.servers[0].sockets[0].getsockname()[1]
    return port
