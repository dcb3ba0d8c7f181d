// `npm run python -- FILE.py`, or `-c CODE`: runs Python on the virtual clock.

import { register } from "tsx/esm/api";

register();
await import("./src/python.ts");
