import { AlphaError, type EpochMs, type MarketEvent } from '@alpha-engine/core';

/** What no way from an exchange takes: the clocks of the record are those of different times. */
const NO_WAY_MS = 3_600_000;

/** When market data came, by what whoever recorded them noted beside the exchange's time. */
export class RecordedFeed {
  #events = 0;
  #noted = 0;
  #early = 0;

  /** When this event is known; undefined where nobody noted it. Throws `DATA_INVALID` where that cannot have been. */
  dueOf({ recv_ts: receivedTs, ts }: MarketEvent, now: EpochMs): EpochMs | undefined {
    this.#events += 1;
    if (receivedTs === undefined) return undefined;
    this.#noted += 1;
    if (receivedTs < ts) this.#early += 1;
    if (receivedTs - ts <= NO_WAY_MS) return Math.max(now, receivedTs);
    throw new AlphaError(
      'DATA_INVALID',
      `An event of ${isoOf(ts)} was received at ${isoOf(receivedTs)} by the record: its clocks are not of the same time, as those of a tape are not. Leave feed=recorded out.`,
    );
  }

  /** For the report. Throws `DATA_INVALID` where nothing was noted. */
  text(otherwise: string): string {
    if (this.#noted === 0) {
      throw new AlphaError(
        'DATA_INVALID',
        'No event of the data says when it was received, which the latency feed=recorded needs. Leave it out, or name the column: --columns received=….',
      );
    }
    const rest = this.#noted === this.#events ? '' : `, the others ${otherwise}`;
    const early = this.#early === 0 ? '' : `, ${this.#early} before their time by the clocks, which count as at once`;
    return `when they were received (recorded of ${this.#noted} of ${this.#events} events${early}${rest})`;
  }
}

function isoOf(ts: EpochMs): string {
  return new Date(ts).toISOString();
}
