// `npm run python -- FILE.py`, or `-c CODE`: what Python does, on the virtual clock.

import { register } from "tsx/esm/api";

register();
await import("./src/python.ts");
