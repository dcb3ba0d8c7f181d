import { Picture } from "./picture.ts";
import { type ProgramName, programs } from "./programs.ts";
import { type Report, type Run, runProgram } from "./run-program.ts";
import { runInWorker } from "./run-in-worker.ts";

const form = element("form", HTMLFormElement);
const program = element("#program", HTMLSelectElement);
const startButton = element("#start", HTMLButtonElement);
const cancelButton = element("#cancel", HTMLButtonElement);
const status = element("#status", HTMLElement);
const printed = element("#printed", HTMLElement);
const source = element("#source", HTMLElement);
const picture = new Picture(
  element("#lanes", HTMLElement),
  element("#axis", HTMLElement),
  element("#pace", HTMLElement),
);

const sources = import.meta.glob<string>("./programs/*.ts", { query: "?raw", import: "default", eager: true });

let run: Run | undefined;

for (const [name, { title }] of Object.entries(programs)) program.add(new Option(title, name));
program.addEventListener("change", showSource);
showSource();

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (run === undefined) void start();
});
cancelButton.addEventListener("click", cancel);
addEventListener("keydown", (event) => {
  if (event.key === "Escape") cancel();
});

async function start(): Promise<void> {
  const place = new FormData(form).get("place");
  printed.replaceChildren();
  picture.start();
  run = (place === "worker" ? runInWorker : runProgram)(chosen(), show);
  setRunning(true);
  tell("running", `Running in ${place === "worker" ? "a worker" : "the page"}.`);

  const outcome = await run.ended;

  run = undefined;
  picture.stop();
  setRunning(false);
  const seconds = picture.seconds.toFixed(1);
  if (outcome === "done") tell("done", `Done after ${seconds} s.`);
  else if (outcome === "cancelled") tell("cancelled", `Cancelled, and cleaned up, after ${seconds} s.`);
  else tell("failed", `After ${seconds} s it ${outcome}.`);
}

function cancel(): void {
  // A second request would end the cleanup too.
  if (run === undefined || cancelButton.disabled) return;
  tell("cancelling", "Cancelling: tasks clean up.");
  run.cancel();
  cancelButton.disabled = true;
}

function show({ events, printed: lines }: Report): void {
  picture.add(events);
  if (lines.length === 0) return;
  printed.append(...lines.map((line) => `${line}\n`));
  printed.scrollTop = printed.scrollHeight;
}

/** The focus moves to the useful button, for keyboard users. */
function setRunning(isRunning: boolean): void {
  const hasFocus = form.contains(document.activeElement) || document.activeElement === document.body;
  startButton.disabled = isRunning;
  cancelButton.disabled = !isRunning;
  if (hasFocus) (isRunning ? cancelButton : startButton).focus();
}

function tell(state: string, text: string): void {
  status.dataset["state"] = state;
  status.textContent = text;
}

function chosen(): ProgramName {
  return program.value as ProgramName;
}

function showSource(): void {
  source.textContent = sources[`./programs/${chosen()}.ts`] ?? "";
}

function element<T extends Element>(selector: string, type: new () => T): T {
  const found = document.querySelector(selector);
  if (!(found instanceof type)) throw new TypeError(`no ${type.name} is ${selector}`);
  return found;
}
