"""Programs that answer on a port of this machine, for as long as a test needs them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import boto3

from end_to_end.projects import UNMEASURED
from processes import kill_family, until
from warm import WarmCommand, can_be_warm

__all__ = ["answers", "bucket", "free_port", "program", "storage_server"]

_AMAZON = {
    "AWS_ACCESS_KEY_ID": "example",
    "AWS_SECRET_ACCESS_KEY": "example",
    "AWS_DEFAULT_REGION": "us-east-1",
    "NO_PROXY": "*",
}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def answers(port: int) -> bool:
    with socket.socket() as asked:
        return asked.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def program(
    *command: str, folder: Path, environment: dict[str, str]
) -> Iterator[subprocess.Popen[bytes] | WarmCommand]:
    """A program as it runs, what it says kept in its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    name, *arguments = command
    variables = {**(UNMEASURED if "PYTHONPATH" in environment else os.environ), **environment}
    running: subprocess.Popen[bytes] | WarmCommand
    with (folder / "said.log").open("wb") as said:
        if name == "dask" and can_be_warm(environment):
            log = said.fileno()
            running = WarmCommand(arguments, variables, folder, stdout=log, stderr=log, program=name)
        else:
            running = subprocess.Popen(
                [str(Path(sys.executable).with_name(name)), *arguments],
                cwd=folder,
                env=variables,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
    try:
        yield running
    finally:
        running.terminate()
        with suppress(subprocess.TimeoutExpired):
            running.wait(5)
        kill_family(running.pid)
        running.wait()


@contextmanager
def storage_server(folder: Path) -> Iterator[dict[str, str]]:
    """A server of S3 with an empty bucket called pages; gives what a process must know to reach it."""
    port = free_port()
    environment = {**_AMAZON, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"}
    with program("moto_server", "-p", str(port), folder=folder, environment=environment):
        until(lambda: answers(port), "the S3 server answers")
        bucket(environment).create()
        yield environment


def bucket(environment: dict[str, str]) -> Any:
    """The server's bucket, as boto3 has it."""
    given = {"aws_access_key_id": "example", "aws_secret_access_key": "example", "region_name": "us-east-1"}
    return boto3.resource("s3", endpoint_url=environment["AWS_ENDPOINT_URL"], **given).Bucket("pages")
