"""Carries requests and answers between a run and a client, in both colours; every decision is the run's."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed

from digione_sdk.client import AsyncDigiOne, AsyncSession, DigiOne, Session
from digione_sdk.errors import ScopeNotGranted, TokenRequestFailed
from digione_sdk.synchronise.kinds import Kind
from digione_sdk.synchronise.progress import Listener, nobody
from digione_sdk.synchronise.reading import Reading
from digione_sdk.synchronise.report import Report
from digione_sdk.synchronise.run import Run, Settings
from digione_sdk.synchronise.store import Store

__all__ = ["synchronise", "synchronise_async"]


def synchronise(api: DigiOne, store: Store, settings: Settings | None = None, *, listener: Listener = nobody) -> Report:
    """Bring a store to what a provider has, or change nothing.

    Args:
        api: A client of the provider.
        store: Where the records end up.
        settings: How; by default everything is read and a tenth of a kind may be deleted.
        listener: Is told of each page that was read, to show progress; where kinds are read at once, from several
            threads.

    Returns:
        What was done; with `dry_run`, what would be.

    Raises:
        SynchronisationStopped: Too much would be deleted, or ids were replaced: somebody should look first.
        PagingError: A list cannot be trusted to be whole.
        PayloadError: A page does not fit; `MissingEnvelope` where the wrapper key is absent.
        StatusError: The provider answered with an error.
        TransportError: No complete answer arrived; the next run goes on at the same page.
        ConfigurationError: Another run is under way, or the files beside the store cannot be used.
        UsageError: A kind is unknown; `Inexpressible` where the provider's version has none of that name.
    """
    settings = settings or Settings()
    with _opened(api, store, settings, listener) as run:
        readings = run.readings()
        if settings.parallel == 1:
            for kind, reading in readings:
                _drive(run, api.session, kind, reading, threading.Event())
        else:
            _side_by_side(run, api.session, readings, settings.parallel)
        return run.finished()


async def synchronise_async(
    api: AsyncDigiOne, store: Store, settings: Settings | None = None, *, listener: Listener = nobody
) -> Report:
    """Do as `synchronise` does with an asynchronous client; the comparison itself blocks the loop while it lasts."""
    settings = settings or Settings()
    with _opened(api, store, settings, listener) as run:
        gate = asyncio.Semaphore(settings.parallel)
        tasks = [asyncio.ensure_future(_drive_async(run, api.session, *one, gate)) for one in run.readings()]
        try:
            done, _rest = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return run.finished()


def _opened(api: DigiOne | AsyncDigiOne, store: Store, settings: Settings, listener: Listener) -> Run:
    clock = api.session.clock
    return Run(store, settings, base_urls=api.base_urls, now=clock.now, edition=api.edition, listener=listener)


def _side_by_side(run: Run, session: Session, readings: list[tuple[Kind, Reading]], parallel: int) -> None:
    failed = threading.Event()
    with ThreadPoolExecutor(parallel) as pool:
        futures = [pool.submit(_drive, run, session, kind, reading, failed) for kind, reading in readings]
        try:
            for future in as_completed(futures):
                future.result()
        except BaseException:
            failed.set()
            raise


def _drive(run: Run, session: Session, kind: Kind, reading: Reading, failed: threading.Event) -> None:
    """Carry one reading to its end, or to the next page after another one failed."""
    try:
        ask = next(reading, None)
        while ask is not None and not failed.is_set():
            response = session.send(ask.request, scopes=ask.scopes)
            try:
                ask = reading.send(response)
            except StopIteration:
                return
    except (ScopeNotGranted, TokenRequestFailed) as error:
        run.refused(kind, error)
    except BaseException:
        failed.set()
        raise


async def _drive_async(run: Run, session: AsyncSession, kind: Kind, reading: Reading, gate: asyncio.Semaphore) -> None:
    async with gate:
        try:
            ask = next(reading, None)
            while ask is not None:
                response = await session.send(ask.request, scopes=ask.scopes)
                try:
                    ask = reading.send(response)
                except StopIteration:
                    return
        except (ScopeNotGranted, TokenRequestFailed) as error:
            run.refused(kind, error)
