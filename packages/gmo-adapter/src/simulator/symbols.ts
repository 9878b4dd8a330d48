import type { Instrument } from '@alpha-engine/core';
import { mapInstrument } from '../mapper/rest-public.js';
import { SYMBOL_ROWS } from '../mapper/symbol-rows.js';

/** The same rules for the matching engine. */
export const INSTRUMENTS: readonly Instrument[] = SYMBOL_ROWS.map(mapInstrument);

const NAMES: ReadonlySet<string> = new Set(SYMBOL_ROWS.map(({ symbol }) => symbol));

export function isSymbol(text: unknown): text is string {
  return typeof text === 'string' && NAMES.has(text);
}

/** Every asset of the account page. */
export const ASSETS: readonly string[] = ['JPY', ...new Set(INSTRUMENTS.map(({ base }) => base))];

/** Not on the list of symbols that take SOK; of SUI_JPY nothing is known. */
const NO_POST_ONLY: ReadonlySet<string> = new Set(['ETH_JPY', 'BCH_JPY', 'LTC_JPY', 'XRP_JPY']);

export function takesPostOnly(symbol: string): boolean {
  return !NO_POST_ONLY.has(symbol);
}
