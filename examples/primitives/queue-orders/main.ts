// The three queues differ only in which item comes next: the oldest, the newest, or the smallest. The same patients
// wait before three doctors, and one more comes while the second is treated. `compare` says which patient counts as
// smaller: among equally urgent patients the PriorityQueue takes the one who came first.
import * as asyncio from "yieldstar";

interface Patient {
  readonly urgency: number; // 1 is the highest
  readonly arrival: number;
  readonly name: string;
}

const WAITING: readonly Patient[] = [
  { urgency: 3, arrival: 1, name: "Ann with a cough" },
  { urgency: 2, arrival: 2, name: "Ben with a fever" },
  { urgency: 3, arrival: 3, name: "Cleo with a cold" },
  { urgency: 2, arrival: 4, name: "Dan with a burn" },
];
const LATECOMER: Patient = { urgency: 1, arrival: 5, name: "Eve with a heart attack" };

const byUrgency = (a: Patient, b: Patient): number => a.urgency - b.urgency || a.arrival - b.arrival;

function* treat(title: string, queue: asyncio.Queue<Patient>): asyncio.Coroutine {
  console.log(title);
  for (const patient of WAITING) queue.putNowait(patient);
  let treated = 0;
  while (!queue.empty()) {
    const patient = yield* queue.get();
    treated += 1;
    if (treated === 2) queue.putNowait(LATECOMER);
    yield* asyncio.sleep(0.1);
    console.log(`  ${treated}. ${patient.name}`);
  }
}

function* main(): asyncio.Coroutine {
  yield* treat("Queue: first in, first out", new asyncio.Queue());
  yield* treat("LifoQueue: last in, first out", new asyncio.LifoQueue());
  yield* treat("PriorityQueue: the most urgent first", new asyncio.PriorityQueue(0, { compare: byUrgency }));
}

await asyncio.run(main());
