// An async iterable is a class whose `aiter` makes an iterator, and an iterator one whose `anext` awaits the next
// value. The catalogue can be read again and again, since each iteration makes a new reader with its own position. A
// reader fetches a page when it needs one, and throws StopAsyncIteration after the last one; another loop can go on
// with a reader that was left.
import * as asyncio from "yieldstar";

class Catalogue implements asyncio.AsyncIterable<string> {
  readonly #titles: readonly string[];

  constructor(...titles: readonly string[]) {
    this.#titles = titles;
  }

  aiter(): Reader {
    return new Reader(this);
  }

  *fetchPage(number: number): asyncio.Coroutine<string[]> {
    yield* asyncio.sleep(0.1);
    const page = this.#titles.slice(3 * number, 3 * number + 3);
    console.log(`  (page ${number}: ${page.length} titles)`);
    return page;
  }
}

class Reader implements asyncio.AsyncIterator<string> {
  readonly #catalogue: Catalogue;
  #nextPage = 0;
  #titles: string[] = [];

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
  }

  aiter(): this {
    return this;
  }

  *anext(): asyncio.Coroutine<string> {
    if (this.#titles.length === 0) {
      this.#titles = yield* this.#catalogue.fetchPage(this.#nextPage);
      this.#nextPage += 1;
    }
    const title = this.#titles.shift();
    if (title === undefined) throw new asyncio.StopAsyncIteration();
    return title;
  }
}

function* main(): asyncio.Coroutine {
  const catalogue = new Catalogue("Atlas", "Bestiary", "Calendar", "Dictionary", "Encyclopedia");

  console.log("all titles");
  yield* asyncio.asyncFor(catalogue, function* (title) {
    console.log(`  ${title}`);
  });

  console.log("up to the first long one");
  const reader = asyncio.aiter(catalogue);
  yield* asyncio.asyncFor(reader, function* (title) {
    console.log(`  ${title}`);
    return title.length > 6 ? asyncio.BREAK : undefined;
  });
  console.log("and on from there");
  console.log(`  ${yield* asyncio.anext(reader)}`);
  yield* asyncio.asyncFor(reader, function* (title) {
    console.log(`  ${title}`);
  });
}

await asyncio.run(main());
