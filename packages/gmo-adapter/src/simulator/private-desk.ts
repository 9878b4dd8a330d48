import type { IncomingMessage } from 'node:http';
import { Decimal, type EpochMs, type Logger } from '@alpha-engine/core';
import { draws, type SimulatedExchange, type SimulationReport } from '@alpha-engine/core/simulation';
import { type Answer, ok } from './envelopes.js';
import type { FaultOf } from './faults/fault.js';
import type { FaultDesk } from './faults/fault-desk.js';
import { fillBeforeCancel } from './faults/fill-before-cancel.js';
import { privateFrames } from './private-frames.js';
import type { PrivateSockets } from './private-socket.js';
import type { RestGate } from './rest-gate.js';
import type { StatsCounter } from './stats.js';
import type { SimulatorSwitches } from './switches.js';

/** Ids of orders that were never taken: far below the real ones. */
const FIRST_PRETENDED_ID = 7_000_000_001;

export interface PrivateDeskOptions {
  readonly exchange: SimulatedExchange;
  readonly gate: RestGate;
  readonly faults: FaultDesk;
  readonly sockets: PrivateSockets;
  readonly stats: StatsCounter;
  readonly switches: SimulatorSwitches;
  readonly logger: Logger;
  /** Market time as the exchange tells it. */
  now(): EpochMs;
}

/** The account's side of the simulator: what a private request brings about, when it is answered, and what the sockets are told. */
export class PrivateDesk {
  readonly #options: PrivateDeskOptions;
  readonly #draw: () => number;
  #pretences = 0;

  constructor(options: PrivateDeskOptions) {
    this.#options = options;
    this.#draw = draws(options.switches.seed);
  }

  answer(request: IncomingMessage, url: URL, body: string, reply: (answer: Answer) => void, closed: AbortSignal): void {
    const { exchange, gate, faults, now } = this.#options;
    const fills = faults.fillsAfterCancel(url.pathname) ? fillBeforeCancel(exchange, body, now()) : [];
    const { answer, reports } = gate.private(request, url, body);
    const told = [...reports, ...fills];
    const delay = faults.answerDelay(url.pathname);
    const tellsFirst = delay > 0 || this.#framesFirst();
    if (tellsFirst) this.tell(told);
    if (delay === 0) reply(answer);
    else if (delay < Number.POSITIVE_INFINITY) {
      const timer = setTimeout(() => reply(answer), delay);
      closed.addEventListener('abort', () => clearTimeout(timer), { once: true });
    }
    if (!tellsFirst) this.tell(told);
  }

  /** A success for what never happened; an order gets an id that no order has. */
  pretended(path: string): Answer {
    const places = /\/(order|closeOrder|closeBulkOrder)$/.test(path);
    return places ? ok(String(FIRST_PRETENDED_ID + this.#pretences++)) : ok();
  }

  /** Somebody else at work on the account: by hand, on the web site. */
  orderFromOutside({ symbol, side, size, effect, told }: FaultOf<'outside_order'>): void {
    const { exchange, logger, now } = this.#options;
    const outcome = exchange.place({ symbol, side, effect, type: 'market', size: Decimal.of(size) }, now());
    if (!outcome.accepted) logger.warn({ rejection: outcome.rejection }, 'the order from outside was refused');
    else if (told) this.tell(outcome.reports);
  }

  /** Counts what happened and sends it to the private sockets. */
  tell(reports: readonly SimulationReport[]): void {
    const { exchange, sockets, stats, switches } = this.#options;
    if (reports.length === 0) return;
    for (const report of reports) {
      if (report.kind === 'fill') stats.fills += 1;
      if (report.kind !== 'order') continue;
      if (report.change === 'accepted') stats.orders += 1;
      else if (report.change === 'canceled' || report.change === 'expired') stats[report.change] += 1;
    }
    sockets.send(privateFrames(reports, exchange, switches));
  }

  #framesFirst(): boolean {
    const { framesVersusReply } = this.#options.switches;
    return framesVersusReply === 'random' ? this.#draw() < 0.5 : framesVersusReply === 'before';
  }
}
