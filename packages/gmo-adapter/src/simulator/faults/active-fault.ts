import type { EpochMs } from '@alpha-engine/core';
import type { Fault } from './fault.js';

/** One time that a fault was in force; part of `GET /sim/stats`. All times are wall time but for those of the market. */
export interface FaultRecord {
  /** Place of the fault in the script, from 0; injected ones go on from there. */
  readonly fault: number;
  readonly kind: Fault['kind'];
  readonly begunTs: EpochMs;
  readonly begunMarketTs: EpochMs;
  /** Null while it is in force. */
  endedTs: EpochMs | null;
  endedMarketTs: EpochMs | null;
  /** How often it acted, and when first and last. */
  acts: number;
  firstTs: EpochMs | null;
  lastTs: EpochMs | null;
}

/** A fault in force: counts the occasions it could act on, and says on which it does. */
export class ActiveFault<Kind extends Fault = Fault> {
  readonly fault: Kind;
  readonly record: FaultRecord;
  readonly draw: () => number;
  #occasions = 0;

  constructor(fault: Kind, record: FaultRecord, draw: () => number) {
    this.fault = fault;
    this.record = record;
    this.draw = draw;
  }

  /** True when it has acted as often as it may. */
  get spent(): boolean {
    return this.fault.acts !== undefined && this.record.acts >= this.fault.acts;
  }

  /** Whether it acts on this occasion. */
  strikes(now: EpochMs): boolean {
    const { after, nth, probability } = this.fault;
    if (this.spent) return false;
    this.#occasions += 1;
    const place = this.#occasions - after;
    if (place < 1 || place % nth !== 0) return false;
    if (probability < 1 && this.draw() >= probability) return false;
    this.record.acts += 1;
    this.record.firstTs ??= now;
    this.record.lastTs = now;
    return true;
  }
}
