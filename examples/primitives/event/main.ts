// An Event lets any number of tasks wait until something has happened. Setting it wakes all waiting tasks, in the order
// in which they came, and later tasks do not wait at all, until `clear` closes the gate again.
import * as asyncio from "yieldstar";

function* visit(name: string, arrival: number, gate: asyncio.Event): asyncio.Coroutine {
  yield* asyncio.sleep(arrival);
  if (!gate.isSet()) console.log(`${name} stands before a closed gate`);
  yield* gate.wait();
  console.log(`${name} walks through`);
}

function* main(): asyncio.Coroutine {
  const gate = new asyncio.Event();
  yield* asyncio.asyncWith(new asyncio.TaskGroup(), function* (group) {
    group.createTask(visit("Ines", 0.0, gate));
    group.createTask(visit("Jon", 0.1, gate));
    group.createTask(visit("Kim", 0.4, gate));
    group.createTask(visit("Lou", 0.7, gate));

    yield* asyncio.sleep(0.3);
    console.log("the gate opens");
    gate.set();
    yield* asyncio.sleep(0.2);
    console.log("the gate closes");
    gate.clear();
    yield* asyncio.sleep(0.4);
    console.log("the gate opens again");
    gate.set();
  });
}

await asyncio.run(main());
