import type { AlphaEvent, EventBus, StatusEvent } from '@alpha-engine/core';

const PAGE = 5000;

/** What the collector published of what is missing: `gap` by time, `dropped` by number and time. */
export class Losses {
  readonly #told: readonly StatusEvent[];

  private constructor(told: readonly StatusEvent[]) {
    this.#told = told;
  }

  static async read(bus: EventBus): Promise<Losses> {
    const told: StatusEvent[] = [];
    for (let after: string | null = null; ; ) {
      const page = await bus.range('md:status', after, PAGE);
      const last = page.at(-1);
      if (last === undefined) return new Losses(told);
      after = last.id;
      told.push(...page.flatMap(({ event }) => (isLoss(event) ? [event] : [])));
    }
  }

  get count(): number {
    return this.#told.length;
  }

  /** Whether this number of the series of such events was said to be dropped. */
  hasSeq({ type, symbol }: AlphaEvent, seq: number): boolean {
    return this.#told.some(
      ({ symbol: of, data: { state, channel, from_seq = 0, to_seq = 0 } }) =>
        state === 'dropped' && channel === type && of === symbol && from_seq <= seq && seq <= to_seq,
    );
  }

  /** Whether trades of this moment were said to be missing. */
  hasTrade(symbol: string, ts: number): boolean {
    return this.#told.some(
      ({ symbol: of, data: { channel = 'trade', from_ts = 0, to_ts = 0 } }) =>
        channel === 'trade' && (of === symbol || of === '*') && from_ts <= ts && ts <= to_ts,
    );
  }
}

function isLoss(event: AlphaEvent): event is StatusEvent {
  return event.type === 'status' && (event.data.state === 'gap' || event.data.state === 'dropped');
}
