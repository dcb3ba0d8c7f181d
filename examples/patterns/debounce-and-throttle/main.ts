// Debounce waits until events stop coming, throttle lets one through at a time. A search should start when the user has
// stopped typing, so each key postpones it: its timer is cancelled and set again. A preview should follow the typing,
// but not at every key: it appears at once, then there is a pause, and after the pause it shows the latest text, if
// that is new.
import * as asyncio from "yieldstar";

type Listener = (text: string) => void;

function debounce(quiet: number, listener: Listener): Listener {
  let timer: asyncio.TimerHandle | undefined;

  return (text) => {
    timer?.cancel();
    timer = asyncio.getRunningLoop().callLater(quiet, () => listener(text));
  };
}

function throttle(pause: number, listener: Listener): Listener {
  let isPausing = false;
  let latest: string | undefined;

  function onEvent(text: string): void {
    if (isPausing) {
      latest = text;
      return;
    }
    listener(text);
    isPausing = true;
    asyncio.getRunningLoop().callLater(pause, onPauseOver);
  }

  function onPauseOver(): void {
    isPausing = false;
    if (latest !== undefined) {
      const text = latest;
      latest = undefined;
      onEvent(text);
    }
  }

  return onEvent;
}

function* main(): asyncio.Coroutine {
  const search = debounce(0.5, (text) => console.log(`    search for ${text}`));
  const preview = throttle(0.35, (text) => console.log(`  preview of ${text}`));

  const keys = [
    ["k", 0.2],
    ["o", 0.2],
    ["a", 0.2],
    ["l", 0.2],
    ["a", 1],
    ["s", 0.2],
    ["!", 1],
  ] as const;
  let text = "";
  for (const [key, seconds] of keys) {
    text += key;
    console.log(text);
    search(text);
    preview(text);
    yield* asyncio.sleep(seconds);
  }
}

await asyncio.run(main());
