// `npm run bench`: every workload on every system, and what comes of it.

import { register } from "tsx/esm/api";

register();
await import("./src/command/cli.ts");
