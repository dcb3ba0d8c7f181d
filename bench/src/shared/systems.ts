/**
 * The systems that run in a Node process, and the libraries that their workloads get. `ratios/cpython.ts` runs CPython.
 */

const loaders = {
  /** Our built package: of the working tree, or of another commit. */
  ours: () => import(process.env["YIELDSTAR_BUILD"] ?? "yieldstar") as Promise<typeof import("yieldstar")>,
  /** async functions, promises and AbortController. */
  native: async () => globalThis,
  effect: () => import("effect"),
  effection: async () => {
    const effection = await import("effection");
    const finish = () => {};
    /**
     * Its cheapest way to give up control: an operation that is done at once, and that the other operations precede.
     */
    const pause = effection.action<void>((resolve) => {
      resolve();
      return finish;
    });
    return { ...effection, pause };
  },
  "redux-saga": async () => ({ ...(await import("redux-saga")), effects: await import("redux-saga/effects") }),
  co: async () => (await import("co")).default,
  /** A bare ring of generators: the lower bound, without futures, cancellation or contexts. */
  ring: () => import("./ring.ts"),
};

/** The argument of each system's implementations. */
export type Libraries = { readonly [System in keyof typeof loaders]: Awaited<ReturnType<(typeof loaders)[System]>> };

export type SystemName = keyof Libraries;

export const systemNames = Object.keys(loaders) as readonly SystemName[];

/** Loads a system's library, in a process that loads no other. */
export async function loadLibrary<System extends SystemName>(system: System): Promise<Libraries[System]> {
  return (await loaders[system]()) as Libraries[System];
}
