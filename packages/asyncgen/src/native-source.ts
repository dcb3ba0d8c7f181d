/**
 * An object that JavaScript's `for await` can iterate: it has `Symbol.asyncIterator`, as streams and native async
 * generators.
 */
export interface NativeAsyncIterable<T> {
  [Symbol.asyncIterator](): NativeAsyncIterator<T>;
}

/** The iterator of such an object. */
export interface NativeAsyncIterator<T> {
  next(): PromiseLike<IteratorResult<T, unknown>>;
  return?(value: never): PromiseLike<unknown>;
}

/** The source of the values of a native iterator. */
export interface NativeSource<T> {
  next(): PromiseLike<IteratorResult<T, unknown>>;
  /** Asks the source to end. The promise settles when it has ended. */
  close(): PromiseLike<unknown> | undefined;
  /** Called instead of `close` when the source has ended by itself. */
  release(): void;
  /** Whether `close` works while a `next` is pending, and does not wait for it. */
  readonly closesAtOnce: boolean;
}

/** Begins to iterate a native async iterable. Returns `undefined` for any other value. */
export function openNative(iterable: unknown): NativeSource<unknown> | undefined {
  if (typeof iterable !== "object" || iterable === null) return undefined;
  // Not every browser can iterate a stream, and only its reader can cancel it while a read is pending.
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

/** @param readable - the stream to destroy: its iterator would destroy it only after the pending chunk */
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
