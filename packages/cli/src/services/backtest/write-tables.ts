import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BacktestResult, EquityCurve } from '@alpha-engine/backtest';
import type { SignalEvent } from '@alpha-engine/core';
import { type OutputFile, openOutput } from '../../output/output-file.js';
import { unwritable } from '../../output/tell-output-errors.js';
import type { reportOf } from './report.js';

const TRADES = [
  'strategy',
  'symbol',
  'side',
  'opened',
  'closed',
  'size',
  'entryPrice',
  'exitPrice',
  'pnl',
  'fees',
  'return',
];
const SIGNALS = ['time', 'strategy', 'symbol', 'action', 'confidence', 'price', 'reason', 'id'];
const ORDERS = [
  ...['time', 'strategy', 'symbol', 'side', 'purpose', 'type', 'size', 'price', 'status', 'filledSize', 'averagePrice'],
  ...['updated', 'clientOrderId', 'signal'],
];
const DENIALS = ['time', 'strategy', 'symbol', 'action', 'code', 'message', 'signal'];

/** Files for spreadsheets, all of them whole before the first takes its name; open trades have no `closed`. The folder is made. Throws `OUTPUT_UNWRITABLE`. */
export async function writeTables(
  folder: string,
  report: ReturnType<typeof reportOf>,
  { curve }: Pick<BacktestResult, 'curve'>,
  signals: readonly SignalEvent[],
): Promise<void> {
  const files: readonly (readonly [string, string])[] = [
    ['trades.csv', csvOf(TRADES, [...report.trades, ...report.openTrades])],
    ['signals.csv', csvOf(SIGNALS, signals.map(signalRow))],
    ['orders.csv', csvOf(ORDERS, report.orders)],
    ['denials.csv', csvOf(DENIALS, report.denials)],
    ['equity.csv', curveCsv(curve)],
  ];
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw unwritable(`The folder ${folder}`, error);
  });
  const begun: OutputFile[] = [];
  try {
    for (const [name, text] of files) {
      const file = await openOutput(join(folder, name));
      begun.push(file);
      await file.write([text]);
    }
    for (const file of begun) await file.keep();
  } finally {
    for (const file of begun) await file.abandon();
  }
}

function signalRow({ action, confidence, id, meta, price_ref: price, strategy, symbol, ts }: SignalEvent) {
  return { time: new Date(ts).toISOString(), strategy, symbol, action, confidence, price, reason: meta?.reason, id };
}

function csvOf(columns: readonly string[], rows: readonly object[]): string {
  const lines = rows.map((row) => columns.map((column) => cell((row as Record<string, unknown>)[column])).join(','));
  return `${[columns.join(','), ...lines].join('\n')}\n`;
}

function curveCsv({ times, values }: EquityCurve): string {
  const lines = ['time,equity'];
  for (let i = 0; i < times.length; i++) lines.push(`${new Date(times[i] as number).toISOString()},${values[i]}`);
  return `${lines.join('\n')}\n`;
}

function cell(value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
