# `gather` runs several awaitables at once and gives their results in the order of its arguments, whichever ends first.
# All three start together and take turns, and so the whole takes as long as the longest of them.
import asyncio


async def factorial(number: int) -> int:
    product = 1
    for factor in range(2, number + 1):
        await asyncio.sleep(0.1)
        product *= factor
        print(f"{number}!: after factor {factor} it is {product}")
    return product


async def main() -> None:
    loop = asyncio.get_running_loop()
    start = loop.time()
    six, three, five = await asyncio.gather(factorial(6), factorial(3), factorial(5))
    print(f"6! = {six}, 3! = {three}, 5! = {five}")
    print(f"{loop.time() - start:.1f} s")

    numbers = [1, 2, 3, 4]
    factorials = await asyncio.gather(*(factorial(number) for number in numbers))
    print("the sum of the first four is", sum(factorials))


asyncio.run(main())
