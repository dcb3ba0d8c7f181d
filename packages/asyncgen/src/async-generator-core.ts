import { type BaseEventLoop, type Coroutine, getRunningLoop } from "@yieldstar/loop";

/** The generator object that the user's function has made. */
export type Body = Generator<unknown, void, unknown>;

/** The object that the user holds. */
export interface Owner {
  aclose(): Coroutine;
}

/** Replaces the body of each generator that has ended, so that the values in the old body can be collected. */
const nothing: Body = (function* () {})();

/**
 * The generator itself: its body and its state, which its steps run and change. It is apart from the object that the user
 * holds, so that the loop can close the generator after that object was collected.
 */
export class AsyncGeneratorCore {
  declare _body: Body;
  declare _state: "created" | "begun" | "ended";
  /** Whether `aclose` was called. A generator that hands out a value all the same can go on, but cannot be closed again. */
  declare _isClosed: boolean;
  /** Whether a step was begun and has not ended. */
  declare _isRunning: boolean;
  declare private readonly _name: string;
  declare private readonly _newOwner: (core: AsyncGeneratorCore) => Owner;
  declare private _loop: BaseEventLoop | undefined;
  declare private _owner: WeakRef<Owner> | undefined;

  /**
   * @param name - of the generator function; empty when it has none
   * @param newOwner - makes an object for the user, when the first was collected
   */
  constructor(body: Body, name: string, newOwner: (core: AsyncGeneratorCore) => Owner) {
    this._body = body;
    this._state = "created";
    this._isClosed = false;
    this._isRunning = false;
    this._name = name;
    this._newOwner = newOwner;
    this._loop = undefined;
    this._owner = undefined;
  }

  /** Called at the end of the loop, and when the user's object was collected. */
  aclose(): Coroutine {
    return this.owner().aclose();
  }

  /** Registers the generator with the running loop, if there is one, which then closes it at its end. */
  register(owner: Owner): void {
    if (this._loop === undefined && this._state !== "ended" && isLoopRunning()) this._register(owner);
  }

  private _register(owner: Owner): void {
    this._loop = getRunningLoop();
    this._loop.asyncgenFirstiterHook(this);
    this._owner = new WeakRef(owner);
    // The registry keeps the body and its values alive. So a generator is in it only while it may need a cleanup.
    collected.register(owner, this, this);
  }

  /** Returns the object that reports show: the user's own, until it is collected. */
  owner(): Owner {
    return this._owner?.deref() ?? this._newOwner(this);
  }

  /** Called when the user's object was collected. */
  finalize(): void {
    if (this._state === "begun") this._loop?.asyncgenFinalizerHook(this, false);
  }

  /** The body has ended, or was given up. */
  end(): void {
    this._state = "ended";
    this._body = nothing;
    collected.unregister(this);
    this._loop?.asyncgenFinalizerHook(this, true);
  }

  toString(): string {
    return `<async_generator object ${this._name === "" ? "<lambda>" : this._name}>`;
  }
}

function isLoopRunning(): boolean {
  try {
    getRunningLoop();
    return true;
  } catch {
    return false;
  }
}

const collected = new FinalizationRegistry<AsyncGeneratorCore>((core) => core.finalize());
