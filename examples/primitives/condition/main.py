# A Condition lets tasks that share something wait until its state is right for them. Each notified task checks the
# state itself, with the lock held, and waits on if it is not right: `wait_for` does that loop.
import asyncio


class Account:
    def __init__(self) -> None:
        self.balance = 0
        self.changed = asyncio.Condition()


async def withdraw(account: Account, name: str, amount: int) -> None:
    async with account.changed:
        print(f"{name} wants {amount}")
        await account.changed.wait_for(lambda: account.balance >= amount)
        account.balance -= amount
        print(f"{name} gets {amount}, which leaves {account.balance}")


async def deposit(account: Account, amount: int) -> None:
    async with account.changed:
        account.balance += amount
        print(f"{amount} paid in: now there are {account.balance}")
        account.changed.notify_all()


async def main() -> None:
    account = Account()
    async with asyncio.TaskGroup() as group:
        group.create_task(withdraw(account, "Pia", 70))
        group.create_task(withdraw(account, "Quentin", 20))
        group.create_task(withdraw(account, "Rosa", 30))
        for amount in (10, 40, 80):
            await asyncio.sleep(0.2)
            await deposit(account, amount)


asyncio.run(main())
