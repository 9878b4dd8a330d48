import type { EpochMs } from '@alpha-engine/core';
import { TimeReader } from './time-reader.js';

/**
 * Reads when rows were received, of the column at this place (-1: there is none); undefined where a row does not say, a text where something
 * is wrong with it.
 */
export function receivedIn(at: number, offsetMs: number): (cells: readonly string[]) => EpochMs | undefined | string {
  if (at < 0) return () => undefined;
  const times = new TimeReader(offsetMs);
  return (cells) => {
    const cell = cells[at] ?? '';
    if (cell === '' || cell === '""') return undefined;
    const ts = times.read(cell);
    return typeof ts === 'string' ? `received: ${ts}` : ts;
  };
}
