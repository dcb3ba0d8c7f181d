# A web crawler: pages of one level are fetched at the same time, within limits of depth, rate and attempts. With a task
# group for each level the depth of a page is its shortest distance, however slow some pages are. All fetches share a
# rate limiter, which assigns each request its time. An unavailable page is requested again, after longer and longer
# pauses, and a page that stays unavailable affects no other page.
import asyncio

site = {
    "/": ["/news", "/shop", "/about"],
    "/news": ["/", "/news/1", "/news/2"],
    "/news/1": ["/news/2", "/archive"],
    "/news/2": ["/news/1", "/about"],
    "/shop": ["/basket"],
    "/about": ["/team", "/shop", "/history"],
    "/team": ["/about"],
    "/archive": ["/archive/1999"],
}


class NotFound(Exception):
    pass


class Unavailable(Exception):
    pass


class Server:
    def __init__(self) -> None:
        self._failures_left = {"/about": 1, "/news/2": 2, "/shop": 99}

    async def get(self, path: str) -> list[str]:
        await asyncio.sleep(0.15)
        failures_left = self._failures_left.get(path, 0)
        if failures_left > 0:
            self._failures_left[path] = failures_left - 1
            raise Unavailable("503")
        if path not in site:
            raise NotFound("404")
        return site[path]


class RateLimiter:
    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._next = 0.0

    async def wait(self) -> None:
        now = asyncio.get_running_loop().time()
        turn = max(now, self._next)
        self._next = turn + self._interval
        await asyncio.sleep(turn - now)


async def fetch(path: str, server: Server, limiter: RateLimiter, attempts: int = 3) -> list[str]:
    for attempt in range(1, attempts + 1):
        await limiter.wait()
        try:
            links = await server.get(path)
            print(f"  {path} links to {', '.join(links)}")
            return links
        except Unavailable as error:
            print(f"  {path}: {error} at attempt {attempt}")
            if attempt < attempts:
                await asyncio.sleep(0.1 * 2**attempt)
        except NotFound as error:
            print(f"  {path}: {error}")
            break
    return []


async def crawl(start: str, max_depth: int) -> set[str]:
    server = Server()
    limiter = RateLimiter(0.1)
    seen = {start}
    level = [start]
    for depth in range(max_depth + 1):
        print(f"depth {depth}: {len(level)} pages")
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(fetch(path, server, limiter)) for path in level]
        level = []
        for task in tasks:
            for link in task.result():
                if link not in seen:
                    seen.add(link)
                    level.append(link)
    print(f"too deep: {', '.join(level)}")
    return seen


async def main() -> None:
    seen = await crawl("/", max_depth=2)
    print(f"{len(seen)} pages are known")


asyncio.run(main())
