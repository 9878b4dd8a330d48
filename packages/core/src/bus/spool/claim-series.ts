import { AlphaError } from '../../errors/alpha-error.js';
import type { EventBus, WriterId } from '../event-bus.js';
import { Publisher, type PublisherOptions } from '../publisher.js';
import { parseSeriesKey, type Series, type SeriesKey, seriesKey } from '../streams.js';
import type { Leftover } from './spool.js';

export interface Claimed {
  readonly publisher: Publisher;
  /** Series of the leftover that another writer went on with. */
  readonly lost: readonly SeriesKey[];
}

/**
 * Opens the publisher of these series and of those that a leftover has. It goes on as the writer that numbered the leftover,
 * so that the bus itself says whether somebody else has written since; where that is so, a new writer takes the series over.
 */
export async function claimSeries(
  bus: EventBus,
  series: readonly Series[],
  leftover: Leftover | null,
  options: PublisherOptions,
): Promise<Claimed> {
  if (leftover === null) return { publisher: await Publisher.open(bus, series, options), lost: [] };
  const own = new Set(series.map(seriesKey));
  const old = [...leftover.lastSeq.keys()];
  const every = new Map([...own, ...old].map((key) => [key, parseSeriesKey(key)]));
  const taken = await takenByOthers(bus, every, leftover.writer);
  const lost = old.filter((key) => taken.has(key));
  const wanted = [...every].filter(([key]) => own.has(key) || !taken.has(key)).map(([, one]) => one);
  const as = taken.size === 0 ? { as: leftover.writer } : {};
  return { publisher: await Publisher.open(bus, wanted, { ...options, ...as }), lost };
}

async function takenByOthers(
  bus: EventBus,
  series: ReadonlyMap<SeriesKey, Series>,
  writer: WriterId,
): Promise<ReadonlySet<SeriesKey>> {
  const taken = new Set<SeriesKey>();
  for (;;) {
    const rest = [...series].filter(([key]) => !taken.has(key)).map(([, one]) => one);
    if (rest.length === 0) return taken;
    try {
      await bus.claim(rest, writer);
      return taken;
    } catch (error) {
      const key = AlphaError.is(error, 'BUS_FENCED') ? (error.context.series as SeriesKey) : undefined;
      if (key === undefined || taken.has(key)) throw error;
      taken.add(key);
    }
  }
}
