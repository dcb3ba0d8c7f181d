/** Their major versions, the oldest first. */
export const majors: readonly string[];

/** Returns the folder of a Node and its full version, or `undefined` if it does not run here. */
export function findNode(major: string): { readonly folder: string; readonly version: string } | undefined;
