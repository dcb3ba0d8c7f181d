/** Messages that somebody posts to himself, by way of a `MessageChannel`: what one port posts, the other hears. */
export class SelfMessages {
  readonly #port1: Port;
  readonly #port2: Port;
  readonly #isHolding: boolean;

  constructor(MessageChannel: MessageChannelClass, hear: () => void) {
    const { port1, port2 } = new MessageChannel();
    this.#port1 = port1;
    this.#port2 = port2;
    this.#isHolding = typeof port1.ref === "function";
    port1.addEventListener("message", () => {
      if (this.#isHolding) this.#letGo();
      hear();
    });
    port2.addEventListener("message", () => port2.postMessage(undefined));
    port1.start();
    port2.start();
    if (this.#isHolding) this.#letGo();
  }

  /** @param isLate - lets the message go to and fro, behind what comes in between */
  post(isLate: boolean): void {
    if (this.#isHolding) this.#hold();
    const port = isLate ? this.#port1 : this.#port2;
    port.postMessage(undefined);
  }

  close(): void {
    this.#port1.close();
  }

  /** An open port of Node's holds the process, which shall end unless a message is under way. */
  #hold(): void {
    this.#port1.ref?.();
    this.#port2.ref?.();
  }

  #letGo(): void {
    this.#port1.unref?.();
    this.#port2.unref?.();
  }
}

/** What is used of that of browsers and of Node. */
export type MessageChannelClass = new () => { readonly port1: Port; readonly port2: Port };

interface Port {
  addEventListener(type: "message", listener: () => void): void;
  close(): void;
  postMessage(message: undefined): void;
  start(): void;
  ref?(): void;
  unref?(): void;
}
