// `npm run fuzz`: random programs, on CPython and on our packages, until they differ.

import { register } from "tsx/esm/api";

register();
await import("./src/fuzz/cli.ts");
