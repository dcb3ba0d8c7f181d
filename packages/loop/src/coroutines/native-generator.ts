/** What `instanceof` matches generator objects with, whatever function has made them. */
export const NativeGenerator = function () {} as unknown as new () => Generator;
NativeGenerator.prototype = (Object.getPrototypeOf(function* () {}) as { prototype: unknown }).prototype;
