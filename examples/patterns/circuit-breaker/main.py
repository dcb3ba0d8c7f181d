# A circuit breaker stops calling a service that fails, and tries from time to time whether it works again. Waiting for
# a dead service costs each caller the whole time limit, and all those calls may prevent it from recovering. After three
# failures in a row the circuit is open: calls fail at once. After a while the breaker lets one call through: if it
# succeeds, the circuit closes again, and if not, it stays open.
import asyncio
from collections.abc import Awaitable, Callable
from typing import Literal

type State = Literal["closed", "open", "half-open"]


class CircuitOpen(Exception):
    pass


class CircuitBreaker:
    def __init__(self, max_failures: int, pause: float) -> None:
        self._max_failures = max_failures
        self._pause = pause
        self._state: State = "closed"
        self._failures = 0
        self._retry_at = 0.0

    async def call[T](self, request: Callable[[], Awaitable[T]]) -> T:
        if self._state == "open" and asyncio.get_running_loop().time() >= self._retry_at:
            self._become("half-open")
        elif self._state != "closed":
            raise CircuitOpen(f"the circuit is {self._state}")
        try:
            result = await request()
        except BaseException:  # a cancelled call, too: a circuit that is half-open must not stay so
            self._note_failure()
            raise
        self._note_success()
        return result

    def _note_failure(self) -> None:
        self._failures += 1
        if self._state == "half-open" or self._failures == self._max_failures:
            self._retry_at = asyncio.get_running_loop().time() + self._pause
            self._become("open")

    def _note_success(self) -> None:
        self._failures = 0
        if self._state == "half-open":
            self._become("closed")

    def _become(self, state: State) -> None:
        self._state = state
        print(f"    the circuit is {state}")


class Service:
    def __init__(self) -> None:
        self.is_up = True

    async def answer(self) -> str:
        async with asyncio.timeout(0.4):
            await asyncio.sleep(0.1 if self.is_up else 60)
            return "an answer"


async def call(service: Service, breaker: CircuitBreaker) -> None:
    loop = asyncio.get_running_loop()
    start = loop.time()
    try:
        outcome = await breaker.call(service.answer)
    except TimeoutError:
        outcome = "no answer"
    except CircuitOpen:
        outcome = "refused"
    print(f"  {outcome} after {loop.time() - start:.1f} s")


async def main() -> None:
    service = Service()
    breaker = CircuitBreaker(max_failures=3, pause=0.6)

    print("the service is up")
    await call(service, breaker)

    print("the service is down")
    service.is_up = False
    for _ in range(5):
        await call(service, breaker)
    await asyncio.sleep(0.8)
    await call(service, breaker)

    print("the service is up again")
    service.is_up = True
    await call(service, breaker)
    await asyncio.sleep(0.8)
    await asyncio.gather(call(service, breaker), call(service, breaker), call(service, breaker))
    await call(service, breaker)


asyncio.run(main())
