/** Tells whether `a` comes before `b`. */
export type Before<T> = (a: T, b: T) => boolean;

/** Puts `item` into a binary heap. */
export function heapPush<T>(heap: T[], item: T, before: Before<T>): void {
  heap.push(item);
  siftTowardsRoot(heap, 0, heap.length - 1, before);
}

/**
 * Takes the first item out of a binary heap, which must not be empty. Among items of equal rank the choice is that of
 * CPython's heapq: the gap at the root sinks to a leaf, and the last item rises from there.
 */
export function heapPop<T>(heap: T[], before: Before<T>): T {
  const last = heap.pop() as T;
  if (heap.length === 0) return last;
  const first = heap[0] as T;
  heap[0] = last;
  siftTowardsLeaf(heap, before);
  return first;
}

function siftTowardsRoot<T>(heap: T[], start: number, position: number, before: Before<T>): void {
  const item = heap[position] as T;
  let index = position;
  while (index > start) {
    const parentIndex = (index - 1) >> 1;
    const parent = heap[parentIndex] as T;
    if (!before(item, parent)) break;
    heap[index] = parent;
    index = parentIndex;
  }
  heap[index] = item;
}

function siftTowardsLeaf<T>(heap: T[], before: Before<T>): void {
  const { length } = heap;
  const item = heap[0] as T;
  let index = 0;
  for (let child = 1; child < length; child = 2 * index + 1) {
    const right = child + 1;
    if (right < length && !before(heap[child] as T, heap[right] as T)) child = right;
    heap[index] = heap[child] as T;
    index = child;
  }
  heap[index] = item;
  siftTowardsRoot(heap, 0, index, before);
}
