"""One worker, as there is one core; it tells the harness where it listens."""

import json

bind = "127.0.0.1:0"
workers = 1
loglevel = "critical"


def when_ready(server):
    print(json.dumps({"port": server.LISTENERS[0].sock.getsockname()[1]}), flush=True)
