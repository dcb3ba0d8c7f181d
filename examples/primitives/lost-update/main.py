# When a coroutine awaits between reading and writing, another one may write in between, and one of the updates is lost.
# No two lines run at the same time, but that does not help if the value is read before the wait and written after it. A
# Lock around both keeps the others out.
import asyncio


class Account:
    def __init__(self) -> None:
        self.balance = 100
        self._lock = asyncio.Lock()

    async def deposit_carelessly(self, amount: int) -> None:
        balance = self.balance
        print(f"  read {balance}, adding {amount}")
        await asyncio.sleep(0.1)  # the bank asks its headquarters
        self.balance = balance + amount

    async def deposit(self, amount: int) -> None:
        async with self._lock:
            await self.deposit_carelessly(amount)


async def main() -> None:
    print("without a lock")
    account = Account()
    await asyncio.gather(*(account.deposit_carelessly(amount) for amount in (10, 20, 30)))
    print(f"  there are {account.balance}, and should be 160")

    print("with a lock")
    account = Account()
    await asyncio.gather(*(account.deposit(amount) for amount in (10, 20, 30)))
    print(f"  there are {account.balance}, and should be 160")


asyncio.run(main())
