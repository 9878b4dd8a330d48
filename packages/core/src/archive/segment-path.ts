import { join } from 'node:path';
import type { EventType } from '../events/event.js';

/** Which file of an archive. */
export interface SegmentKey {
  readonly exchange: string;
  readonly symbol: string;
  readonly day: string;
  readonly type: EventType;
  readonly part: number;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MANIFEST = /^(trade|orderbook|ticker|status)(?:\.(\d+))?\.json$/;

/** `gmo/BTC_JPY/2024-11-22`: what a file name cannot hold, and `*`, is written as `%2A`. */
export function dayFolder({ exchange, symbol, day }: Omit<SegmentKey, 'type' | 'part'>): string {
  return join(escaped(exchange), escaped(symbol), day);
}

/** Without its ending: `trade`, `trade.2`. */
function segmentName({ type, part }: Pick<SegmentKey, 'type' | 'part'>): string {
  return part === 1 ? type : `${type}.${part}`;
}

export function eventsFile(key: Pick<SegmentKey, 'type' | 'part'>): string {
  return `${segmentName(key)}.jsonl.gz`;
}

export function manifestFile(key: Pick<SegmentKey, 'type' | 'part'>): string {
  return `${segmentName(key)}.json`;
}

/** The segment a manifest's name speaks of, or null for another file. */
export function parseManifestFile(name: string): Pick<SegmentKey, 'type' | 'part'> | null {
  const match = MANIFEST.exec(name);
  return match ? { type: match[1] as EventType, part: Number(match[2] ?? 1) } : null;
}

export function isDayFolder(name: string): boolean {
  return DAY.test(name);
}

function escaped(name: string): string {
  const safe = name.replace(/[^A-Za-z0-9_.-]/gu, (character) =>
    [...Buffer.from(character, 'utf8')].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
  // `.` and `..` are folders of their own.
  return /^\.+$/.test(safe) ? safe.replaceAll('.', '%2E') : safe;
}

export function unescaped(name: string): string {
  return decodeURIComponent(name);
}
