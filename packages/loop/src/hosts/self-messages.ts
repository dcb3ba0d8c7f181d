/** Messages that come back to their sender, through a `MessageChannel`. */
export class SelfMessages {
  readonly #port1: Port;
  readonly #port2: Port;
  readonly #isHolding: boolean;

  /** @param onMessage - called for each message */
  constructor(MessageChannel: MessageChannelClass, onMessage: () => void) {
    const { port1, port2 } = new MessageChannel();
    this.#port1 = port1;
    this.#port2 = port2;
    this.#isHolding = typeof port1.ref === "function";
    port1.addEventListener("message", () => {
      if (this.#isHolding) this.#letGo();
      onMessage();
    });
    port2.addEventListener("message", () => port2.postMessage(undefined));
    port1.start();
    port2.start();
    if (this.#isHolding) this.#letGo();
  }

  /** @param isRoundTrip - whether the message goes to the other port and back, behind the events in between */
  post(isRoundTrip: boolean): void {
    if (this.#isHolding) this.#hold();
    const port = isRoundTrip ? this.#port1 : this.#port2;
    port.postMessage(undefined);
  }

  close(): void {
    this.#port1.close();
  }

  /** On Node an open port holds the process: it may do so only while a message is under way. */
  #hold(): void {
    this.#port1.ref?.();
    this.#port2.ref?.();
  }

  #letGo(): void {
    this.#port1.unref?.();
    this.#port2.unref?.();
  }
}

/** The part of `MessageChannel` that is used here, of browsers and of Node. */
export type MessageChannelClass = new () => { readonly port1: Port; readonly port2: Port };

interface Port {
  addEventListener(type: "message", listener: () => void): void;
  close(): void;
  postMessage(message: undefined): void;
  start(): void;
  ref?(): void;
  unref?(): void;
}
