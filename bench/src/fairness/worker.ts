/** A Node process that measures one system's fairness, and prints the figures as a line of JSON. */

import { once } from "node:events";
import { connect } from "node:net";
import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { loadLibrary, type SystemName } from "../shared/systems.ts";
import { measureSufferings, type RoundTrip } from "./probe.ts";
import { idle, spinnerOf } from "./spinners.ts";

/** The process gets this as JSON, in its one argument. */
export interface FairnessJob {
  readonly system: SystemName | "idle";
  readonly tasks: number;
  /** In milliseconds. */
  readonly duration: number;
}

const echo = `
  const { createServer } = require("node:net");
  const { parentPort } = require("node:worker_threads");
  const server = createServer({ noDelay: true }, (socket) => socket.pipe(socket));
  server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
`;

/** A socket to a server in a thread of its own, which is always ready to answer. */
async function socketTrip(): Promise<RoundTrip> {
  const [port] = (await once(new Worker(echo, { eval: true }), "message")) as [number];
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  return (onAnswer) => {
    socket.once("data", onAnswer);
    socket.write("?");
  };
}

const { system, tasks, duration } = JSON.parse(process.argv[2] ?? "") as FairnessJob;
const spin = system === "idle" ? idle : spinnerOf(system, await loadLibrary(system), () => setImmediate());
const sufferings = await measureSufferings(spin, tasks, await socketTrip(), duration);
process.stdout.write(`${JSON.stringify(sufferings)}\n`, () => process.exit());
