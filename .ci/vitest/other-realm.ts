// Objects that another realm has made: a vm context, as in jest; a frame; jsdom.

import { runInNewContext } from "node:vm";

interface Realm {
  readonly Error: ErrorConstructor;
  readonly RangeError: RangeErrorConstructor;
  readonly Promise: PromiseConstructor;
  readonly DOMException: typeof DOMException;
}

/** The classes of another realm. Its `DOMException` is like the web's: it has a tag of its own, and extends `Error`. */
export const other = runInNewContext(`
  class DOMException extends Error {
    #name;
    constructor(message = "", name = "Error") {
      super(message);
      this.#name = name;
    }
    get name() {
      return this.#name;
    }
    get [Symbol.toStringTag]() {
      return "DOMException";
    }
  }
  ({ Error, RangeError, Promise, DOMException })
`) as Realm;
