"""Measures one row on CPython, and prints the samples as a line of JSON, as worker.ts does for the other systems."""

import asyncio
import gc
import importlib.util
import inspect
import json
import pathlib
import platform
import sys
import time
import tracemalloc


class Stopwatch:
    """Times a part of a run: without it the whole run counts."""

    def __init__(self) -> None:
        self.elapsed: float | None = None

    def start(self) -> None:
        self._started = time.perf_counter()

    def stop(self) -> None:
        self.elapsed = (self.elapsed or 0.0) + time.perf_counter() - self._started


def load(name: str, variant: str):
    path = pathlib.Path(__file__).parent / "workloads" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.workloads[variant]


def check(result: object, expected: object) -> None:
    if result != expected:
        raise AssertionError(f"the run returned {result!r} instead of {expected!r}")


def measure_time(run, job: dict) -> list[float]:
    """Returns nanoseconds per operation."""
    takes_stopwatch = len(inspect.signature(run).parameters) > 0

    def once() -> tuple[float, float]:
        watch = Stopwatch()

        async def main() -> float:
            start = time.perf_counter()
            result = await (run(watch) if takes_stopwatch else run())
            whole = time.perf_counter() - start
            check(result, job["expected"])
            return whole

        whole = asyncio.run(main())
        return whole, whole if watch.elapsed is None else watch.elapsed

    effort = job["effort"]
    spent = 0.0
    while spent * 1e3 < effort["warmup"] or spent == 0.0:
        spent += once()[0]
    samples: list[float] = []
    spent = 0.0
    while spent * 1e3 < effort["time"] or len(samples) < effort["samples"]:
        whole, elapsed = once()
        spent += whole
        samples.append(elapsed * 1e9 / job["operations"])
    return samples


def measure_bytes(run, job: dict) -> list[float]:
    """Returns bytes per operation."""
    tracemalloc.start()
    samples: list[float] = []
    for _ in range(job["effort"]["samples"]):
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]

        def weigh() -> None:
            gc.collect()
            held = tracemalloc.get_traced_memory()[0] - before
            samples.append(held / job["operations"])

        check(asyncio.run(run(weigh)), job["expected"])
    return samples


job = json.loads(sys.argv[1])
measure = measure_time if job["measures"] == "time" else measure_bytes
samples = measure(load(job["file"], job["variant"]), job)
print(json.dumps({"samples": samples, "version": platform.python_version()}))
