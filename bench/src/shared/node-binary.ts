/** A Node that runs measured processes. */
export interface NodeBinary {
  readonly command: string;
  /** In full, such as `24.21.0`. */
  readonly version: string;
}

/** Returns the first part of a version, which names its results and selects its targets. */
export function majorOf({ version }: NodeBinary): string {
  return version.slice(0, version.indexOf("."));
}
