// A chat room drops the client that is too slow, and the others never wait for it. Each client has an outbox and a task
// that sends from it, so a message is only put into all outboxes. Sending has a time limit: a client that does not take
// a message within it has to leave the room, and the others are told.
import * as asyncio from "yieldstar";

class Client {
  readonly name: string;
  readonly outbox = new asyncio.Queue<string>();
  readonly #seconds: number;
  #patience: number;

  constructor(name: string, seconds: number, patience: number) {
    this.name = name;
    this.#seconds = seconds;
    this.#patience = patience;
  }

  *receive(message: string): asyncio.Coroutine {
    this.#patience -= 1;
    yield* asyncio.sleep(this.#patience >= 0 ? this.#seconds : 3600);
    console.log(`  ${this.name} reads: ${message}`);
  }
}

class Room {
  readonly #clients = new Set<Client>();

  say(message: string): void {
    console.log(message);
    for (const client of this.#clients) client.outbox.putNowait(message);
  }

  *serve(client: Client): asyncio.Coroutine {
    this.#clients.add(client);
    this.say(`${client.name} comes in`);
    let reason = "leaves";
    try {
      while (true) {
        const message = yield* client.outbox.get();
        yield* asyncio.asyncWith(asyncio.timeout(0.3), () => client.receive(message));
      }
    } catch (error) {
      if (error instanceof asyncio.TimeoutError) reason = "does not answer";
      else if (!(error instanceof asyncio.QueueShutDown)) throw error;
    }
    this.#clients.delete(client);
    this.say(`${client.name} ${reason}`);
  }
}

function* main(): asyncio.Coroutine {
  const room = new Room();
  const ann = new Client("Ann", 0.1, 100);
  const ben = new Client("Ben", 0.15, 100);
  const cleo = new Client("Cleo", 0.2, 3);
  yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (group) {
    for (const client of [ann, ben, cleo]) {
      group.createTask(room.serve(client));
      yield* asyncio.sleep(0.3);
    }
    for (const message of ["Ann: hello, everybody", "Ben: hello, Ann", "Ann: where is Cleo?"]) {
      room.say(message);
      yield* asyncio.sleep(0.4);
    }
    for (const client of [ben, ann]) {
      client.outbox.shutdown();
      yield* asyncio.sleep(0.3);
    }
  });
}

await asyncio.run(main());
