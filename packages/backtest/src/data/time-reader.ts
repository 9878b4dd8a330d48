import type { EpochMs } from '@alpha-engine/core';
import { parseTime, type WrittenTime } from './parse-time.js';
import { bare } from './table.js';

const TO_THE_MINUTE = /^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(?:\.\d+)?(\D.*)?$/;
const MINUTE_LENGTH = 16;
const [ZERO, NINE, POINT, COLON] = [48, 57, 46, 58];

/** Reads the times of one file, which are all written in the same unit or with the same kind of zone. */
export class TimeReader {
  readonly #offsetMs: number;
  #written: WrittenTime['written'] | null = null;
  /** The minute of the time before, and what follows its seconds: most rows share both. */
  #minute = '-';
  #minuteTs = 0;
  #suffix = '';

  /** `offsetMs`: how far times without a zone are ahead of UTC. */
  constructor(offsetMs: number) {
    this.#offsetMs = offsetMs;
  }

  /** The time, or what is wrong with it. */
  read(cell: string): EpochMs | string {
    if (cell.startsWith(this.#minute)) {
      const ts = this.#sameMinute(cell);
      if (ts >= 0) return ts;
    }
    const text = bare(cell);
    const time = parseTime(text, this.#offsetMs);
    if (time === null) return 'time not understood';
    this.#written ??= time.written;
    if (time.written !== this.#written) return otherwise(time.written, this.#written);
    const shape = isDate(time.written) ? TO_THE_MINUTE.exec(text) : null;
    if (shape !== null) {
      this.#minute = text.slice(0, MINUTE_LENGTH);
      this.#minuteTs = time.ts - (((time.ts % 60_000) + 60_000) % 60_000);
      this.#suffix = shape[1] ?? '';
    }
    return time.ts;
  }

  /** -1 when it is written in another way after the minute. */
  #sameMinute(text: string): number {
    if (text.charCodeAt(MINUTE_LENGTH) !== COLON) return -1;
    const seconds = digit(text, MINUTE_LENGTH + 1) * 10 + digit(text, MINUTE_LENGTH + 2);
    if (!(seconds < 60)) return -1;
    let at = MINUTE_LENGTH + 3;
    let ms = 0;
    if (text.charCodeAt(at) === POINT) {
      at += 1;
      let unit = 100;
      for (; text.charCodeAt(at) >= ZERO && text.charCodeAt(at) <= NINE; at++) {
        if (unit >= 1) ms += unit * digit(text, at);
        unit /= 10;
      }
    }
    if (text.length - at !== this.#suffix.length || !text.endsWith(this.#suffix)) return -1;
    return this.#minuteTs + seconds * 1_000 + ms;
  }
}

function otherwise(written: WrittenTime['written'], before: WrittenTime['written']): string {
  return isDate(written) && isDate(before)
    ? 'time zone written otherwise than before'
    : 'time written otherwise than before';
}

function isDate(written: WrittenTime['written']): boolean {
  return written === 'zone' || written === 'no zone';
}

function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - ZERO;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}
