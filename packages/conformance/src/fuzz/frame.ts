/** What a coroutine knows of its own: the error that it handles. */
export interface Frame {
  handled: Error | undefined;
}

/** What a block returns, if it does: undefined goes on. */
export type Returned = { readonly value: unknown } | undefined;
