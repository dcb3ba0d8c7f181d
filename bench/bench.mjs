// `npm run bench`: runs every workload on every system, and writes the tables.

import { register } from "tsx/esm/api";

register();
await import("./src/command/cli.ts");
