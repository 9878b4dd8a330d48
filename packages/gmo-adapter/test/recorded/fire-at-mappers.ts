import { EVENT_SCHEMAS } from '@alpha-engine/core';
import { mapMarketFrame, mapPrivateFrame } from '@alpha-engine/gmo-adapter';
import * as frames from '../support/frames.js';
import { mutator } from './mutate.js';
import { isRecorded, recordedLines } from './recordings.js';

const RECV = 1_790_000_000_000;

export interface Fire {
  readonly outcomes: Readonly<Record<string, number>>;
  /** What must not be: a mapper that threw, or an event that its own schema refuses. The first ten. */
  readonly faults: readonly string[];
}

/** Real frames, changed, through both mappers. */
export function fireAtMappers(rounds: number, seed: number): Fire {
  const publicFrames = [frames.TRADE, frames.TICKER, frames.BOOK, frames.BAD_SYMBOL, frames.TOO_MANY, ...recorded()];
  const privateFrames = [frames.EXECUTION, frames.ORDER_NEW, frames.ORDER_CANCELED, frames.POSITION, frames.SUMMARY];
  const nextPublic = mutator(publicFrames, seed);
  const nextPrivate = mutator(privateFrames, seed + 1);
  const outcomes: Record<string, number> = {};
  const faults: string[] = [];
  const shoot = (frame: string, map: (frame: string) => string | null) => {
    let fault: string | null;
    try {
      fault = map(frame);
    } catch (error) {
      fault = `threw ${String(error)}`;
    }
    if (fault !== null && faults.length < 10) faults.push(`${fault}: ${frame}`);
  };
  const count = (type: string) => {
    outcomes[type] = (outcomes[type] ?? 0) + 1;
  };

  for (let round = 0; round < rounds; round += 1) {
    if (round % 5 === 4) {
      shoot(nextPrivate(), (frame) => {
        count(`private ${mapPrivateFrame(frame).type}`);
        return null;
      });
      continue;
    }
    shoot(nextPublic(), (frame) => {
      const mapped = mapMarketFrame(frame, RECV);
      count(mapped.type);
      if (mapped.type === 'rejected' || mapped.type === 'error') return null;
      return EVENT_SCHEMAS[mapped.type].safeParse(mapped).success ? null : 'its schema refuses the event';
    });
  }
  return { outcomes, faults };
}

function recorded(): string[] {
  if (!isRecorded('gmo_native')) return [];
  return recordedLines('gmo_native', 'ws_frames.jsonl').map((line) => (JSON.parse(line) as { raw: string }).raw);
}
