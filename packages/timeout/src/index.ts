export { Timeout, timeout, timeoutAt } from "./timeout.ts";
export { waitFor } from "./wait-for.ts";
