import { RuntimeError } from "../../errors/exceptions.ts";

/**
 * What is bundled for browsers has this in place of Node's host, which it would carry for nothing.
 *
 * @throws RuntimeError always
 */
export function NodeHost(): never {
  throw new RuntimeError("NodeHost is left out of what is bundled for browsers");
}
