import { initial } from './0001-initial.js';
import { rawEventsByDay } from './0002-raw-events-by-day.js';
import { orderTerms } from './0003-order-terms.js';
import { barOrdinal } from './0004-bar-ordinal.js';

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

/** Forward only, oldest first. A published migration never changes: add one. */
export const MIGRATIONS: readonly Migration[] = [
  { version: 1, name: 'initial', sql: initial },
  { version: 2, name: 'raw events by day', sql: rawEventsByDay },
  { version: 3, name: 'order terms', sql: orderTerms },
  { version: 4, name: 'bar ordinal', sql: barOrdinal },
];
