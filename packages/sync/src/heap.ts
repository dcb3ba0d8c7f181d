/** Tells whether `a` comes before `b`. It may throw. */
export type Before<T> = (a: T, b: T) => boolean;

// Each step swaps two items, as in CPython's heapq, so that no item is lost when a comparison throws.

/** Adds `item` to a binary heap. */
export function heapPush<T>(heap: T[], item: T, before: Before<T>): void {
  heap.push(item);
  siftTowardsRoot(heap, heap.length - 1, before);
}

/**
 * Removes the first item of a binary heap, which must not be empty, and returns it. Among items of equal rank it takes
 * the same one as CPython's heapq: the last item moves to the root, sinks to a leaf, and rises from there.
 */
export function heapPop<T>(heap: T[], before: Before<T>): T {
  const last = heap.pop() as T;
  if (heap.length === 0) return last;
  const first = heap[0] as T;
  heap[0] = last;
  siftTowardsLeaf(heap, before);
  return first;
}

function swap(heap: unknown[], a: number, b: number): void {
  const item = heap[a];
  heap[a] = heap[b];
  heap[b] = item;
}

function siftTowardsRoot<T>(heap: T[], start: number, before: Before<T>): void {
  for (let index = start; index > 0;) {
    const parent = (index - 1) >> 1;
    if (!before(heap[index] as T, heap[parent] as T)) return;
    swap(heap, index, parent);
    index = parent;
  }
}

function siftTowardsLeaf<T>(heap: T[], before: Before<T>): void {
  const { length } = heap;
  let index = 0;
  for (let child = 1; child < length; child = 2 * index + 1) {
    const right = child + 1;
    if (right < length && !before(heap[child] as T, heap[right] as T)) child = right;
    swap(heap, index, child);
    index = child;
  }
  siftTowardsRoot(heap, index, before);
}
