/** The local state of a coroutine: the error that it handles. */
export interface Frame {
  handled: Error | undefined;
}

/** The return value of a block; undefined means that the block goes on. */
export type Returned = { readonly value: unknown } | undefined;
