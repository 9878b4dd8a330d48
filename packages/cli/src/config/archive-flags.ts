import { AlphaError, type EventType, type RawEventQuery } from '@alpha-engine/core';
import { Flags } from '@oclif/core';

/** Which part of the archive a command is about. */
export const archiveFlags = {
  exchange: Flags.string({ description: 'Only this exchange.' }),
  symbol: Flags.string({ description: 'Only this symbol; may be repeated.', multiple: true, multipleNonGreedy: true }),
  type: Flags.string({
    description: 'Only events of this type; may be repeated.',
    options: ['trade', 'orderbook', 'ticker', 'status'],
    multiple: true,
    multipleNonGreedy: true,
  }),
  from: Flags.string({ description: 'From this time on: 2024-11-22 or 2024-11-22T09:00:00Z; UTC without a zone.' }),
  to: Flags.string({ description: 'Up to, and without, this time.' }),
};

interface Given {
  readonly exchange?: string | undefined;
  readonly symbol?: readonly string[] | undefined;
  readonly type?: readonly string[] | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Throws `USAGE` for a time that is none. */
export function archiveQuery({ exchange, symbol, type, from, to }: Given): RawEventQuery {
  return {
    ...(exchange !== undefined && { exchange }),
    ...(symbol !== undefined && { symbols: symbol }),
    ...(type !== undefined && { types: type as EventType[] }),
    ...(from !== undefined && { from: time('--from', from) }),
    ...(to !== undefined && { to: time('--to', to) }),
  };
}

function time(flag: string, text: string): number {
  const withZone = /^\d{4}-\d{2}-\d{2}T[\d:.]+$/.test(text) ? `${text}Z` : text;
  const ts = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(withZone) : Number.NaN;
  if (!Number.isNaN(ts)) return ts;
  throw new AlphaError('USAGE', `${flag} must be a time such as 2024-11-22 or 2024-11-22T09:00:00Z; it is "${text}".`);
}
