# Happy eyeballs: try one address after the other without waiting for the end of each attempt. The next attempt begins
# when the earlier ones have not answered for a while, or at once when one of them fails. The first connection wins, and
# the other attempts are cancelled. So a slow address does not delay a fast one for long, and a dead address costs a
# moment and not a minute.
import asyncio
from collections import deque


async def connect(address: str, seconds: float, is_listening: bool) -> str:
    print(f"  {address}: trying")
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        print(f"  {address}: called off")
        raise
    if not is_listening:
        print(f"  {address}: refused")
        raise ConnectionError(f"{address} refused the connection")
    return address


type Address = tuple[str, float, bool]


async def connect_to_first(addresses: list[Address], delay: float) -> str:
    left = deque(addresses)
    attempts: list[asyncio.Task[str]] = []
    running: set[asyncio.Task[str]] = set()
    errors: list[Exception] = []
    try:
        while left or running:
            if left:
                attempt = asyncio.create_task(connect(*left.popleft()))
                attempts.append(attempt)
                running.add(attempt)
            done, running = await asyncio.wait(
                running, timeout=delay if left else None, return_when=asyncio.FIRST_COMPLETED
            )
            for attempt in done:
                try:
                    return attempt.result()
                except ConnectionError as error:
                    errors.append(error)
        raise ExceptionGroup("no address can be reached", errors)
    finally:
        for attempt in attempts:
            attempt.cancel()
        await asyncio.gather(*attempts, return_exceptions=True)


async def visit(title: str, addresses: list[Address]) -> None:
    print(title)
    loop = asyncio.get_running_loop()
    start = loop.time()
    try:
        outcome = f"connected to {await connect_to_first(addresses, 0.3)}"
    except* ConnectionError as group:
        outcome = f"{group.message}: {len(group.exceptions)} errors"
    print(f"  {outcome} after {loop.time() - start:.1f} s")


async def main() -> None:
    await visit("the first address answers", [("2001:db8::1", 0.1, True), ("192.0.2.1", 0.1, True)])
    await visit("it is slow, but not as slow as the second", [("2001:db8::2", 0.5, True), ("192.0.2.2", 0.7, True)])
    await visit("two say nothing", [("2001:db8::3", 60, True), ("2001:db8::4", 60, True), ("192.0.2.3", 0.2, True)])
    await visit("the first is refused at once", [("2001:db8::5", 0.1, False), ("192.0.2.5", 0.1, True)])
    await visit("all are refused", [("2001:db8::6", 0.5, False), ("192.0.2.6", 0.1, False)])


asyncio.run(main())
