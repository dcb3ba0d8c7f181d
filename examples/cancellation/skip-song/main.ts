// Code that cancels a task only to interrupt it withdraws the request with `uncancel`. The player's own "skip" button
// cancels the task during a song, and the task goes on with the next one. `uncancel` returns how many requests are
// left: if there are any, other code wants the task to end, and the player passes the CancelledError on.
import * as asyncio from "yieldstar";

const SONGS = Object.entries({ Morning: 0.3, Noon: 0.5, Evening: 0.3, Night: 0.5 });

class Player {
  readonly task = asyncio.createTask(this.#play());
  #skipping = false;

  skip(): void {
    this.#skipping = true;
    this.task.cancel();
  }

  *#play(): asyncio.Coroutine {
    for (const [title, seconds] of SONGS) {
      try {
        console.log(`${title} begins`);
        yield* asyncio.sleep(seconds);
        console.log(`${title} ends`);
      } catch (error) {
        if (!(error instanceof asyncio.CancelledError)) throw error;
        console.log(`${title} is interrupted, requests: ${this.task.cancelling()}`);
        if (!this.#skipping || this.task.uncancel() > 0) throw error;
        this.#skipping = false;
      }
    }
    console.log("no more songs");
  }
}

function* main(): asyncio.Coroutine {
  console.log("-- skip two songs");
  let player = new Player();
  yield* asyncio.sleep(0.1);
  player.skip();
  yield* asyncio.sleep(0.2);
  player.skip();
  yield* player.task;
  console.log(`requests: ${player.task.cancelling()}, cancelled: ${player.task.cancelled() ? "yes" : "no"}`);

  console.log("-- skip a song, and switch off at the same moment");
  player = new Player();
  yield* asyncio.sleep(0.1);
  player.skip();
  player.task.cancel();
  yield* asyncio.wait([player.task]);
  console.log(`requests: ${player.task.cancelling()}, cancelled: ${player.task.cancelled() ? "yes" : "no"}`);
}

await asyncio.run(main());
