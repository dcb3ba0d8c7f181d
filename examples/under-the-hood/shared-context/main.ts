// A task sets context variables in its own copy of the context, unless it is given a context to run in. Its values are
// gone with the copy, and need no cleanup. Tasks or calls that belong together get the same context, here that of a
// visitor, and each sees the values that the others have set.
import * as asyncio from "yieldstar";

type Language = keyof typeof GREETINGS;

const GREETINGS = { English: "Hello", Danish: "Goddag", Italian: "Buongiorno", Welsh: "Helo" };
const language = new asyncio.ContextVar<Language>("language", { default: "English" });

function* choose(name: Language): asyncio.Coroutine {
  yield* asyncio.sleep(0.1);
  language.set(name);
}

function greet(who: string): void {
  console.log(`  ${who}: ${GREETINGS[language.get()]}!`);
}

function* greetLater(who: string): asyncio.Coroutine {
  yield* asyncio.sleep(0.1);
  greet(who);
}

function* main(): asyncio.Coroutine {
  console.log("a task of its own, and a coroutine of main's");
  yield* asyncio.createTask(choose("Danish"));
  greet("main");
  yield* choose("Italian");
  greet("main");

  console.log("tasks in the context of a visitor");
  const visitor = asyncio.copyContext();
  yield* asyncio.createTask(choose("Welsh"), { context: visitor });
  yield* asyncio.createTask(greetLater("visitor"), { context: visitor });
  greet("main");

  console.log("calls in that context");
  visitor.run(() => greet("visitor"));
  const token = visitor.run(() => language.set("Danish"));
  asyncio.getRunningLoop().callSoon(() => greet("visitor"), { context: visitor });
  yield* asyncio.sleep(0);
  visitor.run(() => language.reset(token));
  visitor.run(() => greet("visitor"));
  console.log(`  main speaks ${language.get()}, the visitor ${visitor.get(language)}`);
}

await asyncio.run(main());
