/** Where a process is cut: its so-manieth call of a port, before it had an effect or after. */
export interface Cut {
  /** 1 is the first call. */
  readonly at: number;
  readonly when: 'before' | 'after';
  /** Counts the calls of this method alone. */
  readonly of?: string;
}

/** When a call came back: how many calls there had been by then, and in which moment. */
export interface Return {
  readonly calls: number;
  readonly moment: number;
}

type Method = (...args: unknown[]) => unknown;

/** A call that never returns, and an iteration that never ends. Each its own, so that nothing holds on to who waits for it. */
function never(): Promise<never> {
  const iterator = () => ({ next: never });
  return Object.assign(new Promise<never>(() => {}), { [Symbol.asyncIterator]: iterator }) as Promise<never>;
}

/**
 * Stands between one process and its ports, counts every call of every method, and ends the process at one of them: that
 * call and all later ones have no effect and never return (but a clock's, which can only answer: nothing comes of it any more). Methods are found on the objects themselves, and on what they
 * give back (a subscription, the updates of a broker), so that a port that grows is cut at its new methods too.
 */
export class Tripwire {
  readonly #cut: Cut | null;
  readonly #onCut: () => void;
  readonly #moment: () => number;
  readonly #points: string[] = [];
  readonly #moments: number[] = [];
  readonly #returns: (Return | null)[] = [];
  readonly #methods = new Set<string>();
  #dead = false;

  /** Without a cut it only counts. `onCut` may end a real process. `moment` is the same for calls between which nothing else can happen. */
  constructor(cut: Cut | null, onCut: () => void = () => {}, moment: () => number = () => 0) {
    this.#cut = cut;
    this.#onCut = onCut;
    this.#moment = moment;
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** `port.method` of every call so far, in order. */
  get points(): readonly string[] {
    return this.#points;
  }

  /** When each of them came. */
  get moments(): readonly number[] {
    return this.#moments;
  }

  /** When each of them returned; null while it has not. */
  get returns(): readonly (Return | null)[] {
    return this.#returns;
  }

  /** `port.method` of everything that could be called. */
  get methods(): ReadonlySet<string> {
    return this.#methods;
  }

  /** Ends the process here, whatever it does. */
  kill(): void {
    this.#dead = true;
  }

  wrap<Port extends object>(name: string, port: Port): Port {
    for (const method of methodsOf(port)) this.#methods.add(`${name}.${method}`);
    const wrapped = new Map<PropertyKey, Method>();
    return new Proxy(port, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== 'function') return value;
        const known = wrapped.get(key);
        if (known !== undefined) return known;
        const call = (...args: unknown[]) => this.#call(name, key, () => (value as Method).apply(target, args));
        wrapped.set(key, call);
        return call;
      },
    });
  }

  #call(name: string, key: PropertyKey, work: () => unknown): unknown {
    // Asking for the iterator is no call: its steps are.
    if (typeof key === 'symbol') return this.#wrapPart(name, work());
    const answersAtOnce = isClock(name);
    if (this.#dead) return answersAtOnce ? work() : never();
    const point = `${name}.${key}`;
    this.#points.push(point);
    this.#moments.push(this.#moment());
    const number = this.#returns.push(null);
    const cut = this.#isHere(point) ? this.#cut?.when : null;
    if (cut === 'before') {
      this.#die();
      return answersAtOnce ? work() : never();
    }
    const result = work();
    if (!(result instanceof Promise)) {
      this.#returned(number);
      if (cut === 'after') this.#die();
      return this.#dead && !answersAtOnce ? never() : this.#wrapPart(point, result);
    }
    return result.then(
      (value: unknown) => {
        this.#returned(number);
        if (cut === 'after') this.#die();
        return this.#dead ? never() : this.#wrapPart(point, value);
      },
      (error: unknown) => {
        this.#returned(number);
        if (cut === 'after') this.#die();
        return this.#dead ? never() : Promise.reject(error);
      },
    );
  }

  #returned(number: number): void {
    this.#returns[number - 1] = { calls: this.#points.length, moment: this.#moment() };
  }

  #isHere(point: string): boolean {
    if (this.#cut === null) return false;
    const { at, of } = this.#cut;
    if (of === undefined) return this.#points.length === at;
    return of === point && this.#points.filter((one) => one === of).length === at;
  }

  #die(): void {
    this.#dead = true;
    this.#onCut();
  }

  #wrapPart(point: string, value: unknown): unknown {
    return isPart(value) ? this.wrap(point, value) : value;
  }
}

/** A call of it has no effect, and is answered even to a process that is dead. */
export function isClock(point: string): boolean {
  return /^\w*clock/i.test(point);
}

/** True for an object that does something, as a subscription; false for data. */
function isPart(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Map) return false;
  return Symbol.asyncIterator in value || methodsOf(value).some((name) => ['read', 'next'].includes(name));
}

/** Names of every method of an object, its own and its class's. */
function methodsOf(object: object): readonly string[] {
  const names = new Set<string>();
  for (let level: object | null = object; level !== null && level !== Object.prototype; ) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(level))) {
      if (typeof value === 'function' && name !== 'constructor') names.add(name);
    }
    level = Object.getPrototypeOf(level) as object | null;
  }
  return [...names].toSorted();
}
