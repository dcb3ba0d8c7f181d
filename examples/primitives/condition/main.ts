// A Condition lets tasks that share something wait until its state is right for them. Each notified task checks the
// state itself, with the lock held, and waits on if it is not right: `waitFor` does that loop.
import * as asyncio from "yieldstar";

class Account {
  balance = 0;
  readonly changed = new asyncio.Condition();
}

function* withdraw(account: Account, name: string, amount: number): asyncio.Coroutine {
  yield* asyncio.asyncWith(account.changed, function* () {
    console.log(`${name} wants ${amount}`);
    yield* account.changed.waitFor(() => account.balance >= amount);
    account.balance -= amount;
    console.log(`${name} gets ${amount}, which leaves ${account.balance}`);
  });
}

function* deposit(account: Account, amount: number): asyncio.Coroutine {
  yield* asyncio.asyncWith(account.changed, function* () {
    account.balance += amount;
    console.log(`${amount} paid in: now there are ${account.balance}`);
    account.changed.notifyAll();
  });
}

function* main(): asyncio.Coroutine {
  const account = new Account();
  yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (group) {
    group.createTask(withdraw(account, "Pia", 70));
    group.createTask(withdraw(account, "Quentin", 20));
    group.createTask(withdraw(account, "Rosa", 30));
    for (const amount of [10, 40, 80]) {
      yield* asyncio.sleep(0.2);
      yield* deposit(account, amount);
    }
  });
}

await asyncio.run(main());
