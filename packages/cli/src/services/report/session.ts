import type { ReportSettings, ReportStrategy } from '@alpha-engine/backtest';
import type { SessionRecord } from '@alpha-engine/core';
import { z } from 'zod';

/** What a session's row says of itself, as the report shows it. */
export interface SessionFacts {
  readonly live: boolean;
  readonly quote: string;
  readonly instances: readonly ReportStrategy[];
  readonly settings: readonly ReportSettings[];
}

const plain = z.union([z.string(), z.number(), z.boolean()]);
const facts = z.object({
  live: z.boolean().default(false),
  instances: z
    .array(
      z.object({
        strategy: z.string(),
        params: z.record(z.string(), z.unknown()).default({}),
        symbol: z.string(),
        timeframe: z.string(),
        codeHash: z.string().default(''),
      }),
    )
    .default([]),
  instruments: z.array(z.looseObject({ symbol: z.string(), quote: z.string().optional() })).default([]),
  config: z.record(z.string(), z.unknown()).default({}),
});

/** Settings that say how was traded, and none of the machine. */
const SHOWN = /^(orderSize|sizing|sizeBy|capital|max|min|stopLoss|takeProfit|trail|cooldown|paper)/;

export function sessionFactsIn(session: SessionRecord | undefined): SessionFacts {
  const read = facts.safeParse(session?.facts ?? {});
  if (!read.success) return { live: false, quote: '', instances: [], settings: [] };
  const { config, instances, instruments, live } = read.data;
  return {
    live,
    quote: instruments[0]?.quote ?? '',
    instances: instances.map(({ strategy, ...rest }) => ({ label: strategy, ...rest })),
    settings: [
      { title: 'Account and limits', rows: textsOf(config, (name) => SHOWN.test(name)) },
      ...instruments.map((rules) => ({
        title: `Rules of ${rules.symbol}`,
        rows: textsOf(rules, (name) => name !== 'symbol'),
      })),
    ],
  };
}

function textsOf(
  values: Readonly<Record<string, unknown>>,
  shown: (name: string) => boolean,
): Readonly<Record<string, string>> {
  const rows = Object.entries(values).flatMap(([name, value]) => {
    const text = plain.safeParse(value);
    return shown(name) && text.success ? [[name, String(text.data)] as const] : [];
  });
  return Object.fromEntries(rows);
}
