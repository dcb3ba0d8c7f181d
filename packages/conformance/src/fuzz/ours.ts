import { runVirtual } from "@yieldstar/testing";
import * as umbrella from "yieldstar";
import type { Library } from "./library.ts";

/** Our packages. */
export const ours: Library = { ...umbrella, runVirtual };
