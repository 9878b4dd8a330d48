import type { EpochMs } from '../events/common.js';
import type { MarketClockReading } from '../exchange/adapter.js';
import type { Clock } from '../telemetry/clock.js';
import type { Logger } from '../telemetry/logger.js';

export interface MarketClockOptions {
  /** Asks the exchange; see `ExchangeAdapter.measureClock`. */
  readonly measure: () => Promise<MarketClockReading>;
  readonly wallClock: Clock;
  readonly logger: Logger;
  /** Ends the measuring. */
  readonly signal: AbortSignal;
}

const MEASURE_EVERY_MS = 30_000;
/** A simulator that waits for its subscribers stands still; its start must be noticed soon. */
const MEASURE_HELD_EVERY_MS = 200;

/**
 * The exchange's clock as seen from here, measured at the start and again from time to time in the background. Against a
 * simulator it is the tape's time, shifted and scaled; against a real exchange it runs like the wall clock.
 */
export class MarketClock implements Clock {
  #reading: MarketClockReading;
  readonly #options: MarketClockOptions;
  #timer: NodeJS.Timeout | undefined;
  #stands = false;

  private constructor(options: MarketClockOptions, reading: MarketClockReading) {
    this.#options = options;
    this.#reading = reading;
  }

  /** Throws what `measure` throws: without a first reading there is no market time. */
  static async start(options: MarketClockOptions): Promise<MarketClock> {
    const clock = new MarketClock(options, await options.measure());
    clock.#schedule();
    options.signal.addEventListener('abort', () => clearTimeout(clock.#timer), { once: true });
    return clock;
  }

  now(): EpochMs {
    const { anchorMarketTs, anchorWallTs, speed } = this.#reading;
    return Math.round(anchorMarketTs + (this.#options.wallClock.now() - anchorWallTs) * speed);
  }

  /** From now on market time is what it is told here, and is not measured any more: a market in lockstep. */
  stand(marketTs: EpochMs): void {
    clearTimeout(this.#timer);
    this.#stands = true;
    this.#reading = { ...this.#reading, anchorMarketTs: marketTs, speed: 0 };
  }

  get reading(): MarketClockReading {
    return this.#reading;
  }

  #schedule(): void {
    if (this.#options.signal.aborted || this.#stands) return;
    const wait = this.#reading.speed === 0 ? MEASURE_HELD_EVERY_MS : MEASURE_EVERY_MS;
    this.#timer = setTimeout(() => void this.#remeasure(), wait);
    this.#timer.unref();
  }

  async #remeasure(): Promise<void> {
    try {
      const reading = await this.#options.measure();
      if (!this.#stands) this.#reading = reading;
    } catch (error) {
      if (this.#options.signal.aborted) return;
      this.#options.logger.warn(
        { error: String(error) },
        'The exchange clock could not be measured; the last reading stays.',
      );
    }
    this.#schedule();
  }
}
