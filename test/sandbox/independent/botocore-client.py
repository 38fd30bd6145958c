"""Answers calls with botocore, one JSON line each: [service, operation, parameters] -> {"ok": ...} or {"error": ...}."""

import base64
import datetime
import json
import os
import sys

import botocore.exceptions
import botocore.session


def plain(value):
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if hasattr(value, "read"):
        return value.read().decode()
    raise TypeError(type(value))


session = botocore.session.get_session()
clients = {}
for line in sys.stdin:
    service, operation, parameters = json.loads(line)
    if service not in clients:
        clients[service] = session.create_client(service, endpoint_url=os.environ["AWS_ENDPOINT_URL"])
    try:
        answer = {"ok": getattr(clients[service], operation)(**parameters)}
    except botocore.exceptions.ClientError as error:
        answer = {"error": error.response["Error"]}
    except Exception as error:
        answer = {"error": {"Code": type(error).__name__, "Message": str(error)}}
    print(json.dumps(answer, default=plain), flush=True)
