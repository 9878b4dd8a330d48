import type { EpochMs } from '../events/common.js';
import type { SignalAction } from '../events/signal.js';
import type { SignalOptions, StrategyContext, TargetPosition } from './define-strategy.js';

export interface ContextHost {
  readonly position: TargetPosition;
  decide(action: SignalAction, options: SignalOptions): void;
}

/** One per instance, reused for every call. */
export class Context implements StrategyContext {
  readonly symbol: string;
  readonly filled = { size: 0 };
  now: EpochMs = 0;
  readonly #host: ContextHost;

  constructor(host: ContextHost, symbol: string) {
    this.#host = host;
    this.symbol = symbol;
  }

  get position(): TargetPosition {
    return this.#host.position;
  }

  enterLong(options: SignalOptions = {}): void {
    this.#host.decide('enter_long', options);
  }

  enterShort(options: SignalOptions = {}): void {
    this.#host.decide('enter_short', options);
  }

  exit(options: SignalOptions = {}): void {
    this.#host.decide('exit', options);
  }

  hold(options: SignalOptions = {}): void {
    this.#host.decide('hold', options);
  }
}
