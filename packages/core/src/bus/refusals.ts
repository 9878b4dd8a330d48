import { AlphaError } from '../errors/alpha-error.js';
import type { WriterId } from './event-bus.js';
import type { SeriesKey, StreamName } from './streams.js';

/** Why an append was refused, the same sentence on every bus. `holder`: the writer of the series, null for nobody. */
export function fenced(series: SeriesKey, writer: WriterId | null, holder: number | null): AlphaError {
  return new AlphaError(
    'BUS_FENCED',
    holder === null || writer === null || holder < writer
      ? `Series ${series} was not claimed by this publisher; claim it before publishing to it.`
      : `Another publisher took over series ${series}; stop this one, or stop the other and start this one again.`,
    { context: { series, writer, holder } },
  );
}

export function hole({ series, expected, got }: { series: SeriesKey; expected: number; got: number }): AlphaError {
  return new AlphaError(
    'BUS_SEQUENCE_HOLE',
    `Series ${series} goes on with sequence number ${expected}, not ${got}; resend from ${expected} in order.`,
    { context: { series, expected, got } },
  );
}

export function otherMode(group: string, stream: StreamName, mode: 'owned' | 'shared'): AlphaError {
  return new AlphaError(
    'BUS_GROUP_TAKEN',
    `Group ${group} reads ${stream} in mode ${mode}; use that mode, another group name, or drop the group first.`,
    { context: { group, stream, mode } },
  );
}

/** A stream the group was not subscribed to. */
export function notSubscribed(group: string, stream: StreamName): AlphaError {
  return new AlphaError(
    'BUS_UNKNOWN_ENTRY',
    `Group ${group} was not subscribed to ${stream}; subscribe to it before acknowledging or seeking there.`,
    { context: { group, stream } },
  );
}

export function subscriptionClosed(group: string): AlphaError {
  return new AlphaError('BUS_CLOSED', `The subscription of group ${group} was closed; subscribe again to read.`, {
    context: { group },
  });
}
