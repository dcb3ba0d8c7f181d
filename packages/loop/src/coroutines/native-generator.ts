/** A class for `instanceof` alone: the objects of all generator functions are instances of it. */
export const NativeGenerator = function () {} as unknown as new () => Generator;
NativeGenerator.prototype = (Object.getPrototypeOf(function* () {}) as { prototype: unknown }).prototype;
