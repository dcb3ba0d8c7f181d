/** What JavaScript's `for await` iterates: an async generator of its own, a stream, anything with `Symbol.asyncIterator`. */
export interface NativeAsyncIterable<T> {
  [Symbol.asyncIterator](): NativeAsyncIterator<T>;
}

/** What JavaScript iterates it with. */
export interface NativeAsyncIterator<T> {
  next(): PromiseLike<IteratorResult<T, unknown>>;
  return?(value: never): PromiseLike<unknown>;
}

/** Where the values of a native iterator come from. */
export interface NativeSource<T> {
  next(): PromiseLike<IteratorResult<T, unknown>>;
  /** Tells it to end; settles when it has. */
  close(): PromiseLike<unknown> | undefined;
  /** Called instead when it has ended by itself. */
  release(): void;
  /** Whether `close` is heeded while a `next` is pending, and does not queue up behind it. */
  readonly closesAtOnce: boolean;
}

/** Begins to iterate what JavaScript can iterate; returns `undefined` if it is none of that. */
export function openNative(iterable: unknown): NativeSource<unknown> | undefined {
  if (typeof iterable !== "object" || iterable === null) return undefined;
  // Not every browser can iterate a stream; and only by its reader it can be cancelled while a read is pending.
  if (isReadableStream(iterable)) return readStream(iterable.getReader());
  const { [Symbol.asyncIterator]: iterate } = iterable as Partial<NativeAsyncIterable<unknown>>;
  if (typeof iterate !== "function") return undefined;
  return useIterator(iterate.call(iterable), isNodeReadable(iterable) ? iterable : undefined);
}

function readStream<T>(reader: ReadableStreamDefaultReader<T>): NativeSource<T> {
  return {
    next: () => reader.read(),
    close: () => {
      const cancelled = reader.cancel();
      reader.releaseLock();
      return cancelled;
    },
    release: () => reader.releaseLock(),
    closesAtOnce: true,
  };
}

/** @param readable - to be destroyed: its iterator would do that only after the chunk that it waits for */
function useIterator<T>(iterator: NativeAsyncIterator<T>, readable: NodeReadable | undefined): NativeSource<T> {
  return {
    next: () => iterator.next(),
    close: () => {
      const returned = iterator.return?.(undefined as never);
      readable?.destroy();
      return returned;
    },
    release: () => {},
    closesAtOnce: false,
  };
}

function isReadableStream(value: object): value is ReadableStream<unknown> {
  return typeof (value as Partial<ReadableStream<unknown>>).getReader === "function";
}

/** A stream of Node's. */
interface NodeReadable {
  read(): unknown;
  destroy(): unknown;
}

function isNodeReadable(value: object): value is NodeReadable {
  const { read, destroy } = value as Partial<NodeReadable>;
  return typeof read === "function" && typeof destroy === "function";
}
