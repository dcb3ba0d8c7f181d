# A service passes its deadline on to the services that it calls, minus a reserve to use their answers. Separate time
# limits would add up, or run on after the caller has given up; a deadline is the same moment for all. So a service that
# has too little time answers without the missing part, before its own caller gives up.
import asyncio
from dataclasses import dataclass, field

reserve = 0.1


@dataclass
class Service:
    name: str
    seconds: float
    parts: list[Service] = field(default_factory=list)


async def call(service: Service, deadline: float, indent: str = "  ") -> str:
    left = deadline - asyncio.get_running_loop().time()
    if left <= 0:
        print(f"{indent}{service.name} has no time left")
        return f"no {service.name}"
    print(f"{indent}{service.name} has {left:.1f} s")
    try:
        async with asyncio.timeout_at(deadline):
            await asyncio.sleep(service.seconds)
            parts = await asyncio.gather(*(call(part, deadline - reserve, f"{indent}  ") for part in service.parts))
    except TimeoutError:
        print(f"{indent}{service.name} is called off")
        return f"no {service.name}"
    return f"{service.name} ({', '.join(parts)})" if parts else service.name


async def request(service: Service, budget: float) -> None:
    loop = asyncio.get_running_loop()
    start = loop.time()
    print(f"a budget of {budget:.1f} s")
    answer = await call(service, start + budget)
    print(f"  after {loop.time() - start:.1f} s: {answer}")


async def main() -> None:
    authors = Service("authors", 0.5)
    comments = Service("comments", 0.2, [authors])
    pictures = Service("pictures", 0.4)
    article = Service("article", 0.2, [pictures, comments])
    page = Service("page", 0.06, [Service("advertising", 0.9), article])
    for budget in (2.0, 1.0, 0.7):
        await request(page, budget)


asyncio.run(main())
