// A read-write lock, built on a Condition: many tasks may read at the same time, but a writer is alone. Readers are
// counted, and a writer keeps the Condition's own lock while writing, so that no other task gets in. New readers also
// wait while a writer waits: otherwise some task might always be reading, and the writer would never have a turn.
import * as asyncio from "yieldstar";

type ReadWriteLock = ReturnType<typeof createReadWriteLock>;

function createReadWriteLock() {
  const changed = new asyncio.Condition();
  let readers = 0;
  let waitingWriters = 0;

  const reading = asyncio.asyncContextManager(function* (emit) {
    yield* asyncio.asyncWith(changed, function* () {
      yield* changed.waitFor(() => waitingWriters === 0);
      readers += 1;
    });
    try {
      yield* emit(undefined);
    } finally {
      yield* asyncio.asyncWith(changed, function* () {
        readers -= 1;
        changed.notifyAll();
      });
    }
  });

  const writing = asyncio.asyncContextManager(function* (emit) {
    yield* asyncio.asyncWith(changed, function* () {
      waitingWriters += 1;
      try {
        yield* changed.waitFor(() => readers === 0);
      } finally {
        waitingWriters -= 1;
        changed.notifyAll();
      }
      yield* emit(undefined);
    });
  });

  return { reading, writing };
}

interface Timetable {
  train: number;
}

function* read(name: string, arrival: number, timetable: Timetable, lock: ReadWriteLock): asyncio.Coroutine {
  yield* asyncio.sleep(arrival);
  console.log(`${name} comes`);
  yield* asyncio.asyncWith(lock.reading(), function* () {
    console.log(`  ${name} begins to read`);
    yield* asyncio.sleep(0.4);
    console.log(`  ${name} has read that the train leaves at ${timetable.train}`);
  });
}

function* write(
  name: string,
  arrival: number,
  hour: number,
  timetable: Timetable,
  lock: ReadWriteLock,
): asyncio.Coroutine {
  yield* asyncio.sleep(arrival);
  console.log(`${name} comes`);
  yield* asyncio.asyncWith(lock.writing(), function* () {
    console.log(`  ${name} begins to write`);
    yield* asyncio.sleep(0.3);
    timetable.train = hour;
    console.log(`  ${name} has written ${hour}`);
  });
}

function* main(): asyncio.Coroutine {
  const lock = createReadWriteLock();
  const timetable = { train: 7 };
  yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (group) {
    group.createTask(read("Una", 0, timetable, lock));
    group.createTask(read("Vito", 0.1, timetable, lock));
    group.createTask(write("the clerk", 0.2, 8, timetable, lock));
    group.createTask(read("Wanda", 0.3, timetable, lock));
    group.createTask(read("Xaver", 0.7, timetable, lock));
  });
}

await asyncio.run(main());
