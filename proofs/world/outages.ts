import { AlphaError, type ErrorCode } from '@alpha-engine/core';

type PortName = 'bus' | 'store' | 'broker';

const CODES: Readonly<Record<PortName, ErrorCode>> = {
  bus: 'BUS_UNAVAILABLE',
  store: 'STORE_UNAVAILABLE',
  broker: 'EXCHANGE_IN_DOUBT',
};

/** Lets a port be away for a while: every call fails, some of them only after they took effect. */
export class Outages {
  readonly #until = new Map<PortName, number>();
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Whether anything was ever away. */
  get happened(): boolean {
    return this.#until.size > 0;
  }

  begin(port: PortName, ms: number): void {
    this.#until.set(port, Date.now() + ms);
  }

  wrap<Port extends object>(name: PortName, port: Port): Port {
    return new Proxy(port, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          const call = () => value.apply(target, args) as unknown;
          if (Date.now() >= (this.#until.get(name) ?? 0)) return call();
          const result = this.#random() < 0.5 || name === 'broker' ? call() : undefined;
          // What answers at once (a stream, a list of kinds) asks nobody.
          return result === undefined || result instanceof Promise ? this.#fail(name, result) : result;
        };
      },
    });
  }

  async #fail(name: PortName, result: Promise<unknown> | undefined): Promise<never> {
    await result?.catch(() => {});
    throw new AlphaError(CODES[name], `The ${name} does not answer.`, { context: { name }, retryable: true });
  }
}
