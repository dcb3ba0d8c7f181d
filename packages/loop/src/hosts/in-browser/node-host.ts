import { RuntimeError } from "../../errors/exceptions.ts";
import { withHint } from "../../text/repr.ts";

/**
 * A bundle for browsers has this file in place of `node-host.ts`, which would be of no use there.
 *
 * @throws RuntimeError always
 */
export function NodeHost(): never {
  throw new RuntimeError(withHint("a bundle for browsers has no NodeHost", "use BrowserHost"));
}
