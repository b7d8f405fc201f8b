"""One running practice service: both ports, the database and the tasks, started and stopped together.

Everything here belongs to the loop of the service's own thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import socket
import time
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import uuid4

import aiohttp
from aiohttp import web

from segmind_studio.practice.context import CONTEXT, Context
from segmind_studio.practice.database import PracticeDatabase, new_key
from segmind_studio.practice.dispatcher import Dispatcher
from segmind_studio.practice.finetunes import add_finetune_routes
from segmind_studio.practice.gate import SparingFilter, guard, watch
from segmind_studio.practice.hooks import add_webhook_routes
from segmind_studio.practice.jobs import Jobs, Origins
from segmind_studio.practice.models import add_model_routes
from segmind_studio.practice.options import PracticeAddress, ServiceOptions
from segmind_studio.practice.s3 import storage_app
from segmind_studio.practice.signing import Signer
from segmind_studio.practice.storage import ObjectStore
from segmind_studio.practice.webhooks import WebhookBook
from segmind_studio.practice.zips import RUNS_WITH_COPIES, thin_copies

_HOST = "127.0.0.1"
_FINISH_WITHIN_S = 0.5
_ACCEPTING_TURNS = 10  # of the loop; asyncio takes three from the accepted socket to its handler
_WORKERS = 2


@asynccontextmanager
async def running_site(options: ServiceOptions) -> AsyncGenerator[Context]:
    """Yield a service that is listening, and stop it in the reverse order at the end.

    Raises OSError when a port or the folder cannot be used, sqlite3.Error when the database cannot.
    """
    options.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        database = PracticeDatabase(options.folder / "practice.sqlite3")
        stack.callback(database.close)
        api_socket = stack.enter_context(_bound(database, "port", options.port))
        s3_socket = stack.enter_context(_bound(database, "s3_port", options.s3_port))
        workers = stack.enter_context(ThreadPoolExecutor(_WORKERS, thread_name_prefix="practice-work"))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        context = _context(options, database, (api_socket, s3_socket), workers, session)
        context.objects.sweep(time.time())
        older = [context.copies_folder(found) for found in context.jobs.older(RUNS_WITH_COPIES)]
        workers.submit(thin_copies, older)
        context.dispatcher.start()
        stack.push_async_callback(context.dispatcher.stop)
        log = _sparing_log()
        for app, listening in ((_api_app(context), api_socket), (storage_app(context), s3_socket)):
            runner = web.AppRunner(
                app, access_log=None, logger=log, shutdown_timeout=_FINISH_WITHIN_S, auto_decompress=False,
            )
            await runner.setup()
            site = web.SockSite(runner, listening)
            stack.push_async_callback(_close, runner, site, listening)
            await site.start()
        yield context


def _sparing_log() -> logging.Logger:
    log = logging.getLogger(f"{__name__}.http")
    log.filters[:] = [SparingFilter()]  # the count starts again with each service
    return log


async def _close(runner: web.AppRunner, site: web.BaseSite, listening: socket.socket) -> None:
    """Stop accepting, wait until accepted connections have a handler, then close the port and every connection.

    A connection without a handler would stay open and unanswered for as long as the process lives. The port is
    closed after that: a server that is closed takes no connection any more, also none that it has accepted. A
    connection whose other side does not read is not waited for.
    """
    with contextlib.suppress(NotImplementedError):  # by the loop of Windows
        asyncio.get_running_loop().remove_reader(listening)
    for _ in range(_ACCEPTING_TURNS):
        await asyncio.sleep(0)
    await site.stop()
    handlers = runner.server.connections if runner.server else []
    transports = [handler.transport for handler in handlers if handler.transport is not None]
    await runner.cleanup()
    for transport in transports:
        transport.abort()
    await asyncio.sleep(0)  # which is when they are closed


def _context(
    options: ServiceOptions, database: PracticeDatabase, sockets: tuple[socket.socket, socket.socket],
    workers: ThreadPoolExecutor, session: aiohttp.ClientSession,
) -> Context:
    api, s3 = (f"http://{_HOST}:{listening.getsockname()[1]}" for listening in sockets)
    address = PracticeAddress(api, s3, options.key or new_key())
    named_s3 = f"http://{_HOST}:{options.s3_relay_port}" if options.s3_relay_port else s3
    origins = Origins(api, named_s3, database.kept("bucket", f"practice-{secrets.token_hex(4)}"))
    webhooks = WebhookBook(database, origins, options.faults)
    jobs = Jobs(
        database, options.faults, webhooks.reached,
        credits_cents=round(options.credits * 100), speed=options.speed, now=time.time(),
        refilled=options.refilled,
    )
    return Context(
        folder=options.folder, address=address, user=database.kept("user", str(uuid4())),
        origins=origins, database=database, jobs=jobs,
        objects=ObjectStore(database, options.folder / "objects", origins.bucket),
        signer=Signer(
            database.kept("access_key", f"PRACTICE{secrets.token_hex(6).upper()}"),
            database.kept("secret", secrets.token_hex(20)),
        ),
        webhooks=webhooks, dispatcher=Dispatcher(jobs, webhooks, session), session=session, workers=workers,
        faults=options.faults, seen=options.seen,
    )


def _api_app(context: Context) -> web.Application:
    app = web.Application(middlewares=[watch, guard])
    app[CONTEXT] = context
    add_finetune_routes(app)
    add_model_routes(app)
    add_webhook_routes(app)
    return app


def _bound(database: PracticeDatabase, name: str, port: int) -> socket.socket:
    """Return a listening socket; with port 0 on the port of last time, so that stored addresses stay valid."""
    if port:
        return socket.create_server((_HOST, port))
    try:
        bound = socket.create_server((_HOST, int(database.kept(name, "0"))))
    except (OSError, OverflowError):
        bound = socket.create_server((_HOST, 0))
    database.keep(name, str(bound.getsockname()[1]))
    return bound


