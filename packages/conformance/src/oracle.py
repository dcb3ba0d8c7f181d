"""CPython's asyncio on a virtual clock, one program at a time.

Where CPython leaves an order open (equal deadlines, sets of objects), this gives insertion order, without touching the
classes that a program sees. Every program starts as in a new interpreter: no loop, no running task, names from Task-1.
"""

import asyncio
import collections.abc
import contextlib
import contextvars
import ctypes
import gc
import inspect
import io
import itertools
import json
import linecache
import logging
import math
import signal
import sys
import textwrap
import time
import traceback
import types
import warnings
import weakref
from asyncio import base_events, events, runners, taskgroups, tasks, unix_events
from bisect import insort_right
from operator import attrgetter

import _asyncio


# The loop and its clock


class DeadlockError(RuntimeError):
    """Nothing is ready and no timer is set: a real program would hang here."""


class LivelockError(RuntimeError):
    """The program is busy for ever without letting time pass, and cannot be stopped from outside."""


class VirtualSelector:
    """Replaces the selector, where a loop waits for the world: it moves the loop's clock instead of waiting."""

    _patience = 20_000

    def __init__(self, loop):
        self._loop = loop
        self._iterations_at_rest = 0

    def select(self, timeout):
        if timeout == 0:
            self._iterations_at_rest += 1
            if self._iterations_at_rest > self._patience:
                self._iterations_at_rest = 0
                raise LivelockError(f"the clock still shows {self._loop.time()} after {self._patience} iterations")
            return []
        self._iterations_at_rest = 0
        # A timer at infinity is not a timer. The jump goes to the timer's own `when`, since now + timeout rounds.
        when = math.inf if timeout is None else self._loop._scheduled[0]._when
        if not when < math.inf:
            pending = "".join(f"\n  {task}" for task in tasks.all_tasks(self._loop))
            raise DeadlockError(f"nothing is ready and no timer is set, but these tasks are pending:{pending}")
        self._loop._move_to(when)
        return []


class EventLoop(base_events.BaseEventLoop):
    """The loop of `asyncio.run`, `Runner`, `new_event_loop` and `EventLoop` in a program. Its clock starts at 0."""

    def __init__(self):
        super().__init__()
        self._move_to(0.0)
        self._selector = VirtualSelector(self)
        self._starting = []
        # shutdown_asyncgens closes them in this set's order.
        self._asyncgens.data = InsertionOrderedSet()

    def time(self):
        return self._now

    def advance(self, seconds):
        """Let time pass and run the timers that become due meanwhile, like `VirtualTimeLoop.advance`."""
        end = self._now + seconds
        self._run_forever_setup()
        try:
            while not self._stopping and (self._ready or self._next_deadline() <= end):
                self._run_once()
            if not self._stopping:
                self._move_to(end)
        finally:
            self._run_forever_cleanup()

    def _next_deadline(self):
        return next((timer.when() for timer in self._scheduled if not timer.cancelled()), math.inf)

    def _move_to(self, when):
        self._now = when
        # 3.15's rule. With 3.14's, a timer set for this very moment is never due once the clock is past 2**24 s.
        self._clock_resolution = max(1e-9, math.ulp(when))

    def create_task(self, coro, **kwargs):
        self._starting.append(coro)
        try:
            task = super().create_task(coro, **kwargs)
        finally:
            self._starting.pop()
        if isinstance(task, asyncio.Task):  # a factory may return anything
            register(task)
        if self._task_factory is None and task._source_traceback:
            del task._source_traceback[-1]  # this frame: the traceback ends at the caller, as it does without us
        return task

    def _call_soon(self, callback, args, context):
        # Each step and wake-up of a task passes here, so that tasks made without create_task are registered too.
        if isinstance(owner := getattr(callback, "__self__", None), asyncio.Task):
            register(owner)
        handle = super()._call_soon(callback, args, context)
        if handle._source_traceback:
            del handle._source_traceback[-1]
        return handle

    def _process_events(self, event_list):
        pass

    def _write_to_self(self):
        pass


class EventLoopPolicy(unix_events._DefaultEventLoopPolicy):
    _loop_factory = EventLoop


def sleep_blocking(seconds):
    """`time.sleep`: the running loop is blocked while its clock moves; outside of a loop it has no visible effect."""
    if (loop := events._get_running_loop()) is not None:
        loop._move_to(loop.time() + seconds)


# Orders that CPython leaves open


class InsertionOrderedSet(collections.abc.MutableSet):
    def __init__(self, items=()):
        self._items = dict.fromkeys(items)

    def __contains__(self, item):
        return item in self._items

    def __iter__(self):
        return iter(self._items)

    def __len__(self):
        return len(self._items)

    def __repr__(self):
        return f"{{{', '.join(map(repr, self))}}}" if self else "set()"

    def add(self, item):
        self._items[item] = None

    def discard(self, item):
        self._items.pop(item, None)

    def update(self, *others):
        self._items.update(dict.fromkeys(itertools.chain(*others)))

    copy = __copy__ = lambda self: InsertionOrderedSet(self)
    union = collections.abc.MutableSet.__or__
    intersection = collections.abc.MutableSet.__and__
    difference = collections.abc.MutableSet.__sub__


class StableHeap:
    """Replaces `heapq` in base_events: a sorted list, in which equal deadlines keep the order of insertion."""

    when = attrgetter("_when")

    @classmethod
    def heappush(cls, timers, timer):
        insort_right(timers, timer, key=cls.when)

    @staticmethod
    def heappop(timers):
        return timers.pop(0)

    @classmethod
    def heapify(cls, timers):
        timers.sort(key=cls.when)


def replace_in(function, old, new):
    """Compile `function` again with a piece of its source replaced, for an order that no global name decides."""
    source = textwrap.dedent(inspect.getsource(function))
    if source.count(old) != 1:
        raise RuntimeError(f"{function.__qualname__} is not the one of CPython 3.14")
    scope = {}
    exec(compile(source.replace(old, new), inspect.getfile(function), "exec"), function.__globals__, scope)
    return scope[function.__name__]


registered = weakref.WeakKeyDictionary()
next_position = itertools.count().__next__


def register(task):
    if task not in registered:
        registered[task] = next_position()


def all_tasks(loop=None):
    """In the order of registration. A task in its eager first step has none yet and comes after the others."""
    found = _asyncio.all_tasks(loop)
    starting = getattr(loop or events._get_running_loop(), "_starting", [])

    def position(task):
        if task in registered:
            return (0, registered[task])
        return (1, next((i for i, coro in enumerate(starting) if coro is task.get_coro()), len(starting)))

    return InsertionOrderedSet(sorted(found, key=position))


# Task names


def task_name_counter():
    """Find the C module's counter, which is private to the module, by watching it count.

    A name that we gave instead would be wrong for tasks that a program or its task factory makes with `asyncio.Task`.
    """
    state_of = ctypes.pythonapi.PyModule_GetState
    state_of.argtypes, state_of.restype = [ctypes.py_object], ctypes.c_void_p
    words = (ctypes.c_uint64 * 64).from_address(state_of(_asyncio))
    loop = EventLoop()

    async def nothing():
        pass

    def places():
        task = loop.create_task(nothing())
        loop.run_until_complete(task)
        counted = int(task.get_name().removeprefix("Task-"))
        return {place for place, word in enumerate(words) if word == counted}

    (place,) = places() & places() & places()
    loop.close()
    return ctypes.c_uint64.from_buffer(words, place * ctypes.sizeof(ctypes.c_uint64))


# Programs


def install():
    events._set_running_loop(None)
    base_events.heapq = StableHeap
    tasks.set = taskgroups.set = InsertionOrderedSet
    tasks._AsCompletedIterator.__init__ = replace_in(
        tasks._AsCompletedIterator.__init__,
        "{ensure_future(aw, loop=loop) for aw in set(aws)}",
        "set(ensure_future(aw, loop=loop) for aw in set(aws))",
    )
    asyncio.all_tasks = tasks.all_tasks = all_tasks
    asyncio.EventLoop = asyncio.SelectorEventLoop = EventLoop
    asyncio.run = runners.run  # Pyodide has replaced it
    time.sleep = sleep_blocking


def forget_running_loop():
    """Forget the current task too: CPython leaves one after an eager start in a context that is entered already."""
    events._set_running_loop(loop := object())  # a current task can be removed only from a running loop
    _asyncio._swap_current_task(loop, None)
    events._set_running_loop(None)


@contextlib.contextmanager
def fresh_interpreter(main, named_before):
    host_main = sys.modules["__main__"]
    forget_running_loop()  # Pyodide's own
    events._set_event_loop_policy(EventLoopPolicy())
    name_counter.value = named_before
    sys.modules["__main__"] = main
    try:
        with warnings.catch_warnings():
            yield
    finally:
        sys.modules["__main__"] = host_main
        sys.set_asyncgen_hooks(None, None)
        sys.set_coroutine_origin_tracking_depth(0)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        logging.root.setLevel(logging.WARNING)
        asyncio.log.logger.setLevel(logging.NOTSET)
        for logger in (logging.root, asyncio.log.logger):
            logger.handlers.clear()
            logger.filters.clear()


def execute(source, filename, namespace):
    """Run a program to its end. Returns its exit code and, unless it simply ended, the exception that ended it."""
    try:
        contextvars.Context().run(exec, compile(source, filename, "exec"), namespace)
    except BaseException as error:
        if isinstance(error, SystemExit):
            code = 0 if error.code is None else error.code
            if not isinstance(code, int):
                print(code, file=sys.stderr)
                code = 1
        else:
            code = 130 if isinstance(error, KeyboardInterrupt) else 1
        error.__traceback__ = error.__traceback__.tb_next  # without this function's own frame
        return code, {
            "type": type(error).__name__,
            "text": "".join(traceback.format_exception_only(error)).rstrip("\n"),
            "traceback": "".join(traceback.format_exception(error)),
        }
    return 0, None


def run_program(source, filename, named_before):
    main = types.ModuleType("__main__")
    main.__file__ = filename
    linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
    with (
        contextlib.redirect_stdout(io.StringIO()) as stdout,
        contextlib.redirect_stderr(io.StringIO()) as stderr,
        fresh_interpreter(main, named_before),
    ):
        code, exception = execute(source, filename, main.__dict__)
        # Objects that the program left behind are reported now, as when an interpreter ends, not in the next program.
        forget_running_loop()
        main.__dict__.clear()
        gc.collect()
    run = {"stdout": stdout.getvalue(), "stderr": stderr.getvalue(), "exitCode": code}
    return json.dumps(run | ({"exception": exception} if exception else {}))


install()
name_counter = task_name_counter()
# A collection in the middle of a program would come at a moment that depends on the programs before it.
gc.disable()
gc.collect()
gc.freeze()
