import type * as testing from "@yieldstar/testing";
import type * as umbrella from "yieldstar";

/** The library that a program runs on: our packages, or a copy of them with a fault in it. */
export type Library = typeof umbrella & Pick<typeof testing, "runVirtual">;
