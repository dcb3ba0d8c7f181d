// `npm run fuzz`: runs random programs on CPython and on our packages, and compares them.

import { register } from "tsx/esm/api";

register();
await import("./src/fuzz/cli.ts");
