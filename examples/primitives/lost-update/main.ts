// When a coroutine awaits between reading and writing, another one may write in between, and one of the updates is
// lost. No two lines run at the same time, but that does not help if the value is read before the wait and written
// after it. A Lock around both keeps the others out.
import * as asyncio from "yieldstar";

class Account {
  balance = 100;
  readonly #lock = new asyncio.Lock();

  *depositCarelessly(amount: number): asyncio.Coroutine {
    const { balance } = this;
    console.log(`  read ${balance}, adding ${amount}`);
    yield* asyncio.sleep(0.1); // the bank asks its headquarters
    this.balance = balance + amount;
  }

  *deposit(amount: number): asyncio.Coroutine {
    yield* asyncio.asyncWith(this.#lock, () => this.depositCarelessly(amount));
  }
}

function* main(): asyncio.Coroutine {
  console.log("without a lock");
  let account = new Account();
  yield* asyncio.gather([10, 20, 30].map((amount) => account.depositCarelessly(amount)));
  console.log(`  there are ${account.balance}, and should be 160`);

  console.log("with a lock");
  account = new Account();
  yield* asyncio.gather([10, 20, 30].map((amount) => account.deposit(amount)));
  console.log(`  there are ${account.balance}, and should be 160`);
}

await asyncio.run(main());
