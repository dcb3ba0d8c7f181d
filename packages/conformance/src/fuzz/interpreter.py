"""The Python side of the fuzzer: runs the programs of program.ts on asyncio, many in a call.

It corresponds to interpreter.ts, statement by statement. Both write a line for everything that can be observed.
"""

import asyncio
import contextlib
import contextvars
import gc
import json
import re
import types
import warnings

import _asyncio

class Oops(Exception):
    pass


class Worse(Oops):
    pass


class Never(BaseException):
    """Is never raised: it fills the place of an except* clause that a program does not have."""


CLASSES = {
    each.__name__: each
    for each in (BaseException, BaseExceptionGroup, asyncio.CancelledError, Exception, ExceptionGroup)
    + (KeyboardInterrupt, Oops, RuntimeError, SystemExit, TimeoutError, ValueError, Worse)
}

FACTORIES = {
    "L": lambda world, number: asyncio.Lock(),
    "E": lambda world, number: asyncio.Event(),
    "C": lambda world, number: asyncio.Condition(),
    "S": lambda world, number: asyncio.Semaphore(number + 1),
    "B": lambda world, number: asyncio.BoundedSemaphore(number + 1),
    "R": lambda world, number: asyncio.Barrier(number + 2),
    "Q": lambda world, number: asyncio.Queue(1 - number),
    "P": lambda world, number: asyncio.PriorityQueue(2),
    "K": lambda world, number: asyncio.LifoQueue(2),
    "F": lambda world, number: world.loop.create_future(),
}

CALLBACKS = re.compile(r"Exception in callback .*", re.S)
OBJECTS = re.compile(r"<(Task|Future|_GatheringFuture|(?:_contextvars\.)?Context|Token|coroutine|async_generator)\b.*>", re.S)
LATE = re.compile(r"was never retrieved|was destroyed but it is pending")


def clean(text):
    """Removes the parts that differ on purpose: addresses, names of our own functions."""
    return OBJECTS.sub(r"<\1>", CALLBACKS.sub("Exception in callback", text))


@types.coroutine
def pause():
    yield


def describe_ending(error):
    """Without the cause: our `run` chains its shutdown's errors to the earlier one, as Python's __context__ does."""
    return describe(error, 0, False)


def cause_of(error):
    """Skips the TimeoutErrors that timeouts insert before the cancellation that led to an error: CPython inserts them
    into `__context__`, our packages into `cause`."""
    cause = error.__cause__
    if isinstance(cause, TimeoutError) and not cause.args and isinstance(first := cause_of(cause), asyncio.CancelledError):
        return first
    return cause


def describe(error, depth=0, with_cause=True):
    name = type(error).__name__
    if name in ("DeadlockError", "LivelockError"):
        return name
    if isinstance(error, BaseExceptionGroup):
        members = ", ".join(describe(member, depth + 1) for member in error.exceptions)
        text = f"{name}({error.message!r}, [{members}])"
    else:
        text = f"{name}({', '.join(clean(repr(arg)) for arg in error.args)})"
    cause = cause_of(error)
    return text if cause is None or depth > 6 or not with_cause else f"{text} from {describe(cause, depth + 1)}"


def make_error(spec):
    if "members" in spec:
        return BaseExceptionGroup(spec["text"], [make_error(member) for member in spec["members"]])
    cls = CLASSES[spec["type"]]
    return cls(spec["text"]) if spec["text"] else cls()


class Frame:
    """The local state of a coroutine: the error that it handles, and the one that a bare `raise` raised again."""

    __slots__ = ("handled", "reraised")

    def __init__(self):
        self.handled = self.reraised = None


class World:
    def __init__(self):
        self.events = []
        self.reports = []
        self.tasks = {}
        self.kept = []
        self.objects = {}
        self.callbacks = {}
        self.notified = 0
        self.tokens = {}
        self.edges = {}
        self.closed = False
        self.variable = contextvars.ContextVar("V", default=0)

    def log(self, text):
        if self.closed:
            return
        try:
            task = asyncio.current_task()
        except RuntimeError:
            task = None
        who = "-" if task is None else task.get_name()
        self.events.append(f"{self.loop.time():.10g} {who}: {text}")

    def handle(self, loop, context):
        message = context["message"]
        exception = context.get("exception")
        subject = context.get("task") or context.get("future")
        text = clean(message)
        if isinstance(subject, asyncio.Task):
            text += f" [{subject.get_name()}]"
        if exception is not None:
            text += f" {describe(exception)}"
        if LATE.search(message):
            self.reports.append(text)
        else:
            self.log(f"handler: {text}")

    def register(self, task):
        self.tasks[task] = None

    def get(self, name):
        if name == "me":
            return asyncio.current_task()
        found = self.objects.get(name)
        if found is None:
            factory = FACTORIES.get(name[0])
            if factory is None:
                return None
            found = self.objects[name] = factory(self, int(name[1:]))
        return found

    def format(self, value):
        if isinstance(value, asyncio.Task):
            return value.get_name()
        if isinstance(value, asyncio.Future):
            return next((name for name, each in self.objects.items() if each is value), "future")
        if isinstance(value, BaseException):
            return describe(value)
        if isinstance(value, (list, tuple)):
            return f"[{', '.join(map(self.format, value))}]"
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return repr(value)

    def argument(self, value):
        return make_error(value["error"]) if isinstance(value, dict) else value

    # Awaitables

    def missing(self, what):
        """The first name without an object yet, or that would close a circle of tasks that await each other:
        cancelling such a task recurses without end. A statement that needs the name is skipped."""
        if what["aw"] == "name":
            found = self.get(what["name"])
            return what["name"] if found is None or self.leads_to_me(found, set()) else None
        if what["aw"] == "call":
            return None if self.get(what["on"]) is not None else what["on"]
        of = what.get("of", ())
        for each in of if isinstance(of, list) else (of,) if of else ():
            if (name := self.missing(each)) is not None:
                return name
        return None

    def leads_to_me(self, task, seen):
        if task is asyncio.current_task():
            return True
        if task in seen:
            return False
        seen.add(task)
        return any(self.leads_to_me(each, seen) for each in self.edges.get(task, ()))

    def named_tasks(self, what):
        if what["aw"] == "name":
            found = self.get(what["name"])
            return [found] if isinstance(found, asyncio.Task) else []
        of = what.get("of", ())
        return [found for each in (of if isinstance(of, list) else (of,) if of else ()) for found in self.named_tasks(each)]

    def awaitable(self, what):
        match what["aw"]:
            case "name":
                return self.get(what["name"])
            case "body":
                return self.run(what["body"], asyncio.current_task())
            case "sleep":
                return asyncio.sleep(what["seconds"], what["value"])
            case "shield":
                return asyncio.shield(self.awaitable(what["of"]))
            case "gather":
                of = [self.awaitable(each) for each in what["of"]]
                return asyncio.gather(*of, return_exceptions=what["returnExceptions"])
            case "waitFor":
                return asyncio.wait_for(self.awaitable(what["of"]), what["seconds"])
            case "call":
                return self.call_coroutine(what["on"], what["method"], what["args"])

    def call_coroutine(self, on, method, args):
        target = self.get(on)
        if method == "wait_for":
            return target.wait_for(lambda: self.notified >= args[0])
        if method == "anext":
            method = "__anext__"
        return getattr(target, method)(*map(self.argument, args))

    # Bodies

    async def run(self, block, owner=None):
        if (task := asyncio.current_task()) is not None:
            self.register(task)
            if owner is not None and owner is not task:
                self.edges.setdefault(owner, []).append(task)
        self.log("begins")
        try:
            result = await self.block(block, Frame())
        except BaseException as error:
            self.log(f"raises {describe(error)}")
            raise
        value = None if result is None else result[0]
        self.log(f"returns {self.format(value)}")
        return value

    async def block(self, block, frame):
        for statement in block:
            if self.closed:
                return None
            op = statement["op"]
            if (sync := SYNC.get(op)) is not None:
                result = sync(self, statement, frame)
            else:
                result = await ASYNC[op](self, statement, frame)
            if result is not None:
                return result
        return None

    def sync_block(self, block, frame):
        for statement in block:
            if self.closed:
                return None
            if (result := SYNC[statement["op"]](self, statement, frame)) is not None:
                return result
        return None

    # Statements that do not wait

    def say(self, s, frame):
        self.log(f"says {s['value']}")

    def call(self, s, frame):
        on, method = s["on"], s["method"]
        target = self.get(on)
        if target is None:
            self.log(f"no {on}")
            return
        try:
            if method.startswith("notify"):
                self.notified += 1
            value = getattr(target, method)(*map(self.argument, s["args"]))
        except Exception as error:
            self.log(f"{on}.{method}() raises {describe(error)}")
        else:
            self.log(f"{on}.{method}() is {self.format(value)}")

    def raise_(self, s, frame):
        error = make_error(s["error"])
        if s["chained"] and frame.handled is not None:
            raise error from frame.handled
        raise error

    def reraise(self, s, frame):
        if frame.handled is not None:
            frame.reraised = frame.handled
            raise frame.handled

    def return_(self, s, frame):
        return (s["value"],)

    def spawn(self, s, frame):
        options = {}
        if s["named"]:
            options["name"] = f"named-{s['task']}"
        if s["context"] == "shared":
            # An eager start in a context that is entered already leaves CPython with the wrong current task.
            options["eager_start"] = False
        elif s["eager"] is not None:
            options["eager_start"] = s["eager"]
        if s["context"] != "copy":
            options["context"] = contextvars.copy_context() if s["context"] == "given" else self.context
        maker = self.get(s["group"]) if s["group"] in self.objects else self.loop
        try:
            task = maker.create_task(self.run(s["body"]), **options)
        except Exception as error:
            self.log(f"spawn raises {describe(error)}")
            return
        self.register(task)
        self.objects[s["task"]] = task
        self.log(f"{s['task']} = {task.get_name()}")

    def when(self, seconds):
        return None if seconds is None else self.loop.time() + seconds

    def reschedule(self, s, frame):
        deadline = self.get(s["deadline"])
        if deadline is None:
            self.log(f"no {s['deadline']}")
            return
        try:
            deadline.reschedule(self.when(s["seconds"]))
        except Exception as error:
            self.log(f"reschedule raises {describe(error)}")
        else:
            self.log(f"{s['deadline']}.when() is {self.format(deadline.when())}")

    def add_callback(self, s, frame):
        target = self.get(s["on"])
        if target is None:
            self.log(f"no {s['on']}")
            return

        def callback(future):
            self.log(f"callback {s['id']} of {self.format(future)}")
            self.sync_block(s["body"], Frame())

        self.callbacks[s["id"]] = callback
        target.add_done_callback(callback)

    def remove_callback(self, s, frame):
        target, callback = self.get(s["on"]), self.callbacks.get(s["id"])
        if target is None or callback is None:
            self.log(f"no {s['on']} or callback")
            return
        self.log(f"removed {target.remove_done_callback(callback)}")

    def schedule(self, s, frame):
        def callback():
            self.log(f"handle {s['handle']} runs")
            self.sync_block(s["body"], Frame())

        if s["how"] == "soon":
            handle = self.loop.call_soon(callback)
        elif s["how"] == "later":
            handle = self.loop.call_later(s["seconds"], callback)
        else:
            handle = self.loop.call_at(self.when(s["seconds"]), callback)
        self.objects[s["handle"]] = handle

    def storm(self, s, frame):
        handles = []
        for number in range(s["timers"]):
            delay = (number * 7 + 5) % 16 / 4
            handles.append(self.loop.call_later(delay, lambda number=number: self.log(f"timer {number}")))
        for number, handle in enumerate(handles):
            if (number + 1) % s["keep"]:
                handle.cancel()

    def set_variable(self, s, frame):
        self.tokens["last"] = self.variable.set(s["value"])

    def get_variable(self, s, frame):
        self.log(f"V is {self.variable.get()}")

    def reset_variable(self, s, frame):
        if (token := self.tokens.get("last")) is None:
            return
        try:
            self.variable.reset(token)
        except Exception as error:
            self.log(f"reset raises {type(error).__name__}")

    def generator(self, s, frame):
        generator = self.objects[s["generator"]] = self.generate(s)
        self.kept.append(generator)

    async def generate(self, s):
        frame = Frame()
        has_ignored_exit = False
        self.log("generator begins")
        try:
            try:
                for item in s["body"]:
                    if item["op"] == "emit":
                        self.log(f"was sent {self.format((yield item['value']))}")
                    elif await self.block((item,), frame) is not None:
                        return
            except BaseException as error:
                if s["handler"] is None or not isinstance(error, CLASSES[s["handler"]["on"]]):
                    raise
                frame.handled = error
                self.log(f"generator caught {describe(error)}")
                for item in s["handler"]["body"]:
                    if item["op"] == "emit":
                        self.log(f"was sent {self.format((yield item['value']))}")
                    elif await self.block((item,), frame) is not None:
                        return
            finally:
                self.log("generator ends")
                for item in s["final"] or ():
                    if item["op"] == "emit":
                        has_ignored_exit = True
                        self.log(f"was sent {self.format((yield item['value']))}")
                    else:
                        await self.block((item,), frame)
        except GeneratorExit:
            # A generator that has yielded a value meanwhile swallows the error: it must not end a task.
            if not has_ignored_exit:
                raise

    # Statements that wait

    async def pause(self, s, frame):
        await pause()

    async def sleep(self, s, frame):
        await asyncio.sleep(s["seconds"])
        self.log("slept")

    async def await_(self, s, frame):
        what = s["what"]
        if what != {"aw": "name", "name": "me"} and (name := self.missing(what)) is not None:
            self.log(f"no {name}")
            return
        edges = self.edges.setdefault(asyncio.current_task(), [])
        tasks = [] if what["aw"] == "name" and what["name"] == "me" else self.named_tasks(what)
        edges.extend(tasks)
        try:
            value = await self.awaitable(what)
        finally:
            for task in tasks:
                edges.remove(task)
        self.log(f"got {self.format(value)}")

    async def repeat(self, s, frame):
        for _ in range(s["times"]):
            if (result := await self.block(s["body"], frame)) is not None:
                return result

    async def try_(self, s, frame):
        result = None
        try:
            try:
                result = await self.block(s["body"], frame)
            except BaseException as error:
                handler = next((each for each in s["handlers"] if isinstance(error, CLASSES[each["on"]])), None)
                if handler is None:
                    raise
                outer, frame.handled = frame.handled, error
                self.log(f"caught {describe(error)}")
                try:
                    result = await self.block(handler["body"], frame)
                finally:
                    frame.handled = outer
            else:
                if result is None and s["orelse"] is not None:
                    result = await self.block(s["orelse"], frame)
        finally:
            if s["final"] is not None:
                self.log("finally")
                final = await self.block(s["final"], frame)
                if final is not None:
                    result = final
                    return final
        return result

    async def try_star(self, s, frame):
        first, second, *_ = [*s["handlers"], NO_HANDLER, NO_HANDLER]
        result = None
        try:
            result = await self.block(s["body"], frame)
        except* CLASSES.get(first["on"], Never) as group:
            if await self.handle_star(first, group, frame):
                raise
        except* CLASSES.get(second["on"], Never) as group:
            if await self.handle_star(second, group, frame):
                raise
        return result

    async def handle_star(self, handler, group, frame):
        """Returns whether the handler ends in a bare `raise`, which has to be in the very clause: CPython recognizes it
        by the traceback and the context, which have not changed."""
        outer, frame.handled = frame.handled, group
        traceback, context = group.__traceback__, group.__context__
        self.log(f"caught* {describe(group)}")
        try:
            await self.block(handler["body"], frame)
        except BaseException as error:
            if error is not group or frame.reraised is not group:
                raise
            group.__traceback__, group.__context__ = traceback, context
            return True
        finally:
            frame.handled = outer

    async def group(self, s, frame):
        async with asyncio.TaskGroup() as group:
            self.objects[s["group"]] = group
            result = await self.block(s["body"], frame)
        self.log(f"left {s['group']}")
        return result

    async def timeout(self, s, frame):
        if s["how"] == "at":
            deadline = asyncio.timeout_at(self.when(s["seconds"]))
        else:
            deadline = asyncio.timeout(s["seconds"])
        self.objects[s["deadline"]] = deadline
        async with deadline:
            result = await self.block(s["body"], frame)
        self.log(f"left {s['deadline']}, expired: {deadline.expired()}")
        return result

    async def with_(self, s, frame):
        async with self.get(s["on"]) as value:
            self.log(f"in {s['on']} {self.format(value)}")
            result = await self.block(s["body"], frame)
        self.log(f"left {s['on']}")
        return result

    async def for_each(self, s, frame):
        generator = self.get(s["generator"])
        if generator is None:
            self.log(f"no {s['generator']}")
            return
        if s["closing"]:
            async with contextlib.aclosing(generator):
                return await self.iterate(generator, s, frame)
        return await self.iterate(generator, s, frame)

    async def iterate(self, generator, s, frame):
        count = 0
        async for value in generator:
            self.log(f"next {self.format(value)}")
            if (result := await self.block(s["body"], frame)) is not None:
                return result
            count += 1
            if count >= s["limit"]:
                break
        else:
            self.log("exhausted")

    async def wait(self, s, frame):
        futures = [found for name in s["on"] if (found := self.get(name)) is not None]
        if not futures:
            self.log("nothing to wait for")
            return
        done, pending = await asyncio.wait(futures, timeout=s["timeout"], return_when=getattr(asyncio, s["policy"]))
        self.log(f"done {self.format(list(done))} pending {self.format(list(pending))}")

    async def as_completed(self, s, frame):
        for each in s["of"]:
            if (name := self.missing(each)) is not None:
                self.log(f"no {name}")
                return
        count = 0
        of = asyncio.as_completed([self.awaitable(each) for each in s["of"]], timeout=s["timeout"])
        if s["style"] == "async":
            async for future in of:
                self.log(f"completed {self.format(future)}")
                count += 1
                if count >= s["limit"]:
                    return
        else:
            for coroutine in of:
                try:
                    value = await coroutine
                except Exception as error:
                    self.log(f"completed with {describe(error)}")
                else:
                    self.log(f"completed with {self.format(value)}")
                count += 1
                if count >= s["limit"]:
                    return


NO_HANDLER = {"on": None, "body": ()}

SYNC = {
    "say": World.say,
    "call": World.call,
    "raise": World.raise_,
    "reraise": World.reraise,
    "return": World.return_,
    "spawn": World.spawn,
    "reschedule": World.reschedule,
    "addCallback": World.add_callback,
    "removeCallback": World.remove_callback,
    "schedule": World.schedule,
    "storm": World.storm,
    "setVariable": World.set_variable,
    "getVariable": World.get_variable,
    "resetVariable": World.reset_variable,
    "generator": World.generator,
}

ASYNC = {
    "pause": World.pause,
    "sleep": World.sleep,
    "await": World.await_,
    "repeat": World.repeat,
    "try": World.try_,
    "tryStar": World.try_star,
    "group": World.group,
    "timeout": World.timeout,
    "with": World.with_,
    "forEach": World.for_each,
    "wait": World.wait,
    "asCompleted": World.as_completed,
}

OUTCOME = re.compile(r"((?:result|exception)=.*)>$", re.S)


def with_list(error):
    """Its repr. CPython shows the members of a group that except* has made as a tuple, of all other groups as a list."""
    if not isinstance(error, BaseExceptionGroup):
        return repr(error)
    return f"{type(error).__name__}({error.message!r}, [{', '.join(map(with_list, error.exceptions))}])"


def state_of(task):
    """Read from its repr: a call of `exception()` would mark the exception as retrieved."""
    state = "pending" if not task.done() else "cancelled" if task.cancelled() else "finished"
    outcome = OUTCOME.search(repr(task)) if state == "finished" else None
    text = clean(outcome[1]) if outcome else ""
    if isinstance(task._exception, BaseExceptionGroup):
        text = f"exception={clean(with_list(task._exception))}"
    return f"{task.get_name()} {state} cancelling={task.cancelling()} {text}".rstrip()


def forget_ended_generators(loop):
    """At its end CPython's loop also closes generators that have ended, as long as references to them exist: that
    depends on the collector, and shows in the names of tasks."""
    shutdown = loop.shutdown_asyncgens

    async def shutdown_open():
        for generator in [each for each in loop._asyncgens if each.ag_frame is None]:
            loop._asyncgens.discard(generator)
        await shutdown()

    loop.shutdown_asyncgens = shutdown_open


async def run_main(world, program):
    world.loop = asyncio.get_running_loop()
    world.loop.set_exception_handler(world.handle)
    world.objects["main"] = asyncio.current_task()
    world.context = contextvars.copy_context()
    forget_ended_generators(world.loop)
    if program["eager"]:
        world.loop.set_task_factory(asyncio.eager_task_factory)
    return await world.run(program["main"])


def forget_current_task():
    """CPython leaves one behind after an eager start in a context that is entered already."""
    asyncio._set_running_loop(loop := object())
    _asyncio._swap_current_task(loop, None)
    asyncio._set_running_loop(None)


def stop_endless_cancels():
    """CPython's cancel of a gathering in a circle of futures recurses without end, and takes the interpreter with it.

    Returns a list, to which each cancel that would do so appends the gathering.
    """
    gathering = asyncio.tasks._GatheringFuture
    cancel = gathering.cancel
    endless = []
    active = set()

    def cancel_once(self, msg=None):
        if self in active:
            endless.append(self)
            raise RecursionError("maximum recursion depth exceeded")
        active.add(self)
        try:
            return cancel(self, msg=msg)
        finally:
            active.discard(self)

    gathering.cancel = cancel_once
    return endless


endless_cancels = stop_endless_cancels()


def run_program(program):
    forget_current_task()
    endless_cancels.clear()
    world = World()
    try:
        with asyncio.Runner(loop_factory=asyncio.EventLoop) as runner:
            ending = f"main gave {world.format(runner.run(run_main(world, program)))}"
    except BaseException as error:
        ending = f"main raised {describe_ending(error)}"
    world.events.append(f"{world.loop.time():.10g} -: {ending}")
    world.closed = True
    states = [state_of(task) for task in world.tasks]
    trace = {"events": world.events, "reports": world.reports, "tasks": states}
    trace["recursesWithoutEnd"] = bool(endless_cancels)
    # Keeps only objects that a report needs: objects without references are reported to `reports`, now or by `gc`.
    for held in (world.tasks, world.objects, world.callbacks, world.kept, world.edges):
        held.clear()
    return trace


def run_batch(programs):
    """The traces of many programs. Each has its own loop; a late collection is reported to its own world."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        traces = [contextvars.Context().run(run_program, program) for program in programs]
        gc.collect()
    for trace in traces:
        trace["reports"].sort()
    return json.dumps(traces)
