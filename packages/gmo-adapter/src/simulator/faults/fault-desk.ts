import type { Clock, EpochMs, Logger } from '@alpha-engine/core';
import type { ExchangeState } from '../exchange-state.js';
import type { MarketClock } from '../market-clock.js';
import type { ActiveFault, FaultRecord } from './active-fault.js';
import { dueOf, isDueFault } from './due-faults.js';
import type { Fault, FaultKind, FaultOf } from './fault.js';
import { FaultSchedule } from './fault-schedule.js';
import type { FaultScript } from './fault-script.js';
import { changeFrame, concernsBooks, isFrameFault } from './frame-faults.js';

export type Stream = 'public' | 'private';

/** An open socket as the faults see it. */
export interface FaultySocket {
  readonly stream: Stream;
  /** The n-th connection of its stream. */
  readonly number: number;
  /** Frames held back, and when the newest that keeps its place leaves, wall time. */
  readonly waiting: number;
  readonly lastDue: EpochMs;
  /** As a lost connection does. */
  cut(): void;
  /** Half-open: nothing is read, answered or sent any more, and nobody is told. */
  freeze(): void;
  /** Lets go what was held without an end. */
  release(): void;
}

/** What a frame is about; answers to commands are about nothing. */
export interface FrameSubject {
  readonly channel?: string;
  readonly symbol?: string;
}

/** What is to be sent of a frame, and when; `due` in wall time. */
export interface Fate {
  readonly texts: readonly string[];
  readonly due: EpochMs;
  /** False when it may overtake. */
  readonly ordered: boolean;
}

interface Occasion extends FrameSubject {
  readonly stream?: Stream;
  readonly socket?: number;
  readonly path?: string;
}

export interface FaultDeskOptions {
  readonly script: FaultScript;
  readonly wall: Clock;
  readonly market: MarketClock;
  readonly logger: Logger;
  setExchangeState(state: ExchangeState): void;
  expireTokens(): void;
  orderFromOutside(fault: FaultOf<'outside_order'>): void;
}

/** Answers, wherever the simulator is about to do something, whether a fault wants it otherwise. Owns the schedule and its timer. */
export class FaultDesk {
  readonly #options: FaultDeskOptions;
  readonly #schedule: FaultSchedule;
  readonly #outlets = new Set<FaultySocket>();
  /** Sockets that a fault has made half-open, to be cut when it ends. */
  readonly #frozen = new Map<ActiveFault, FaultySocket[]>();

  constructor(options: FaultDeskOptions) {
    const { wall, market, script } = options;
    this.#options = options;
    this.#schedule = new FaultSchedule({
      wall,
      market,
      seed: script.seed,
      begun: (active) => this.#begun(active),
      ended: (active) => this.#ended(active),
    });
  }

  get records(): readonly FaultRecord[] {
    return this.#schedule.records;
  }

  /** How far the exchange's clock is off, milliseconds. */
  get skewMs(): number {
    return this.#of('skewed_clock').reduce((sum, { fault }) => sum + fault.by, 0);
  }

  start(): void {
    for (const fault of this.#options.script.faults) this.inject(fault);
  }

  stop(): void {
    this.#schedule.stop();
  }

  /** Gives the number to remove it by. */
  inject(fault: Fault): number {
    return this.#schedule.add(fault);
  }

  remove(number: number): void {
    this.#schedule.remove(number);
  }

  clear(): void {
    this.#schedule.clear();
  }

  join(outlet: FaultySocket): void {
    this.#outlets.add(outlet);
  }

  leave(outlet: FaultySocket): void {
    this.#outlets.delete(outlet);
  }

  /** An HTTP status to refuse the handshake with, a way of not answering it, or null. `socket` is the number it would get. */
  handshake(stream: Stream, socket: number): number | 'hung' | 'dropped' | null {
    const occasion = { stream, socket };
    for (const { fault } of this.#striking('handshake_refused', occasion)) return fault.status;
    for (const _ of this.#striking('handshake_dropped', occasion)) return 'dropped';
    for (const _ of this.#striking('handshake_hung', occasion)) return 'hung';
    return null;
  }

  /** The same for a REST request. `pretended`: answered as if it had been obeyed. */
  rest(path: string): number | 'hung' | 'too_many' | 'pretended' | null {
    const occasion: Occasion = { path };
    for (const { fault } of this.#striking('rest_unavailable', occasion)) return fault.status;
    for (const _ of this.#striking('rest_too_many', occasion)) return 'too_many';
    for (const _ of this.#striking('rest_hung', occasion)) return 'hung';
    if (isWrite(path)) for (const _ of this.#striking('rest_pretended', occasion)) return 'pretended';
    return null;
  }

  /** How long the answer to a request that was obeyed is kept back, milliseconds; infinity: for ever. */
  answerDelay(path: string): number {
    const occasion: Occasion = { path };
    for (const _ of this.#striking('rest_unanswered', occasion)) return Number.POSITIVE_INFINITY;
    return this.#striking('rest_late', occasion).reduce((sum, { fault }) => sum + fault.by, 0);
  }

  /** Whether an order that is being canceled is filled first, and tells it last. */
  fillsAfterCancel(path: string): boolean {
    return path === '/private/v1/cancelOrder' && this.#striking('fill_after_cancel', { path }).length > 0;
  }

  /** What becomes of a `subscribe`. */
  subscribe({ stream, number }: FaultySocket, subject: FrameSubject): 'refused' | 'ignored' | null {
    const occasion = { stream, socket: number, ...subject };
    for (const _ of this.#striking('subscribe_refused', occasion)) return 'refused';
    for (const _ of this.#striking('subscribe_ignored', occasion)) return 'ignored';
    return null;
  }

  answersPing({ stream, number }: FaultySocket): boolean {
    return this.#striking('pings_unanswered', { stream, socket: number }).length === 0;
  }

  frame(outlet: FaultySocket, frame: string, subject: FrameSubject): Fate {
    const now = this.#options.wall.now();
    if (this.#schedule.quiet) return { texts: [frame], due: now, ordered: true };
    const occasion = { stream: outlet.stream, socket: outlet.number, ...subject };
    let texts: readonly string[] = [frame];
    let due = now;
    let ordered = true;
    for (const active of this.#schedule.active) {
      const { fault, draw } = active;
      const onFrames = isFrameFault(fault) || isDueFault(fault) || (isSocketFault(fault) && waits(fault));
      if (!onFrames || !this.#strikes(active, occasion)) continue;
      if (isFrameFault(fault)) texts = texts.flatMap((text) => changeFrame(text, fault, draw));
      else if (isDueFault(fault)) {
        due = Math.max(due, dueOf({ now, lastDue: outlet.lastDue, draw }, fault));
        ordered &&= fault.kind !== 'reorder';
        if (fault.kind === 'slow_reader' && outlet.waiting >= fault.most) outlet.cut();
      } else {
        this.#breakSocket(active, outlet);
        texts = [];
      }
    }
    return { texts, due, ordered };
  }

  #begun(active: ActiveFault): void {
    const { fault, record } = active;
    const { kind, on, for: forMs } = fault;
    this.#options.logger.info({ fault: record.fault, kind, on, forMs }, 'fault begins');
    if (fault.kind === 'maintenance' || fault.kind === 'preopen') {
      const closed = fault.kind === 'maintenance' && fault.emergency ? 'EMERGENCY' : 'MAINTENANCE';
      if (this.#strikes(active, {})) this.#options.setExchangeState(fault.kind === 'preopen' ? 'PREOPEN' : closed);
    } else if (fault.kind === 'skewed_clock') this.#strikes(active, {});
    else if (fault.kind === 'tokens_expired' || fault.kind === 'outside_order') {
      if (!this.#strikes(active, {})) return;
      if (fault.kind === 'tokens_expired') this.#options.expireTokens();
      else this.#options.orderFromOutside(fault);
      this.#schedule.end(active);
    } else if (isSocketFault(fault) && !waits(fault)) {
      for (const outlet of [...this.#outlets]) {
        if (this.#strikes(active, { stream: outlet.stream, socket: outlet.number })) this.#breakSocket(active, outlet);
      }
      if (fault.kind === 'cut') this.#schedule.end(active);
    }
  }

  #ended(active: ActiveFault): void {
    const { fault, record } = active;
    this.#options.logger.info({ fault: record.fault, kind: fault.kind, acts: record.acts }, 'fault ends');
    if ((fault.kind === 'maintenance' || fault.kind === 'preopen') && record.acts > 0) {
      this.#options.setExchangeState('OPEN');
    }
    if (fault.kind === 'burst') for (const outlet of this.#outlets) outlet.release();
    for (const outlet of this.#frozen.get(active) ?? []) outlet.cut();
    this.#frozen.delete(active);
  }

  #breakSocket(active: ActiveFault, outlet: FaultySocket): void {
    if (active.fault.kind === 'cut') {
      outlet.cut();
      return;
    }
    outlet.freeze();
    this.#frozen.set(active, [...(this.#frozen.get(active) ?? []), outlet]);
  }

  #of<Kind extends FaultKind>(kind: Kind): ActiveFault<FaultOf<Kind>>[] {
    if (this.#schedule.quiet) return [];
    return this.#schedule.active.filter(({ fault }) => fault.kind === kind) as unknown as ActiveFault<FaultOf<Kind>>[];
  }

  #striking<Kind extends FaultKind>(kind: Kind, occasion: Occasion): ActiveFault<FaultOf<Kind>>[] {
    return this.#of(kind).filter((active) => this.#strikes(active as unknown as ActiveFault, occasion));
  }

  #strikes(active: ActiveFault, occasion: Occasion): boolean {
    const { fault } = active;
    if (concernsBooks(fault) && occasion.channel !== 'orderbooks') return false;
    const strikes = matches(fault.on, occasion) && active.strikes(this.#options.wall.now());
    // One that holds sockets or frames is over when its time is; the others when they have done what they may.
    if (strikes && active.spent && fault.kind !== 'half_open') this.#schedule.end(active);
    return strikes;
  }
}

/** What changes something, and has an answer that says no more than that it did. */
function isWrite(path: string): boolean {
  return /^\/private\/v1\/(order|closeOrder|closeBulkOrder|changeOrder|cancelOrder)$/.test(path);
}

function isSocketFault(fault: Fault): boolean {
  return fault.kind === 'cut' || fault.kind === 'half_open';
}

/** It acts when frames have passed, not at once on every socket. */
function waits({ after, nth }: Fault): boolean {
  return after > 0 || nth > 1;
}

function matches({ stream, socket, channel, symbol, path }: Fault['on'], occasion: Occasion): boolean {
  return (
    (stream === undefined || stream === occasion.stream) &&
    (socket === undefined || socket === occasion.socket) &&
    (channel === undefined || channel === occasion.channel) &&
    (symbol === undefined || symbol === occasion.symbol) &&
    (path === undefined || isUnder(occasion.path, path))
  );
}

/** The path itself or one below it: `/private/v1/order` is not `/private/v1/orders`. */
function isUnder(path: string | undefined, folder: string): boolean {
  return path === folder || path?.startsWith(folder.endsWith('/') ? folder : `${folder}/`) === true;
}
