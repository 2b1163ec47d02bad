"""Opens the shop on a free port, new and stocked, and prints its address: `python -m tests.oscar.shop`."""

from __future__ import annotations

import os

import django
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.oscar.shop.settings"
    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)
    from tests.oscar.shop.goods import stock  # noqa: PLC0415 - models exist only now

    stock()
    server = ThreadedWSGIServer(("127.0.0.1", 0), WSGIRequestHandler)
    server.set_app(StaticFilesHandler(get_wsgi_application()))
    print(f"the shop is at http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
