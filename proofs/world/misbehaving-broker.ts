import { setTimeout as delay } from 'node:timers/promises';
import { AlphaError, type ApprovedOrder, type Broker, type BrokerUpdate } from '@alpha-engine/core';
import type { PaperBroker } from '@alpha-engine/core/simulation';
import { ANSWERS, type Answer, TIME_OUT_MS } from './answers.js';

/** A request to place that left the process, and the order it became at the exchange; null while it is none. */
export interface Placement {
  readonly clientOrderId: string;
  exchangeOrderId: string | null;
}

const PROMPT = ANSWERS[0]!;
const LATE_MS = 4_000;
const BURST_MS = 20;
const AWAY_MS = 1_200;

/**
 * The account as a process sees it over a bad line: every placement gets an answer from a list, and so do the private
 * messages about it. What is under way goes on when the process that asked is gone. Everything else of the broker is
 * the simulated exchange's own.
 */
export class MisbehavingBroker {
  /** Every request that left, in order. */
  readonly placements: Placement[] = [];
  /** Refusals that nobody asked for: a sign of an order that should not have been sent. */
  readonly refusals: string[] = [];
  /** Orders taken or messages told that are still to come. */
  underWay = 0;
  readonly port: Broker;
  readonly #paper: PaperBroker;
  readonly #showBook: (book: Answer['book']) => void;
  #answers: Answer[] = [];
  #taking = PROMPT;
  readonly #answerOf = new Map<string, Answer>();
  readonly #bursts = new Map<string, BrokerUpdate[]>();
  #tell: (update: BrokerUpdate) => void = () => {};

  constructor(paper: PaperBroker, horizonMs: number, showBook: (book: Answer['book']) => void) {
    this.#paper = paper;
    this.#showBook = showBook;
    const own: Partial<Record<keyof Broker, unknown>> = {
      horizonMs,
      place: (order: ApprovedOrder, mayLeave?: () => void) => this.#place(order, mayLeave),
      updates: (signal: AbortSignal) => this.#updates(signal),
    };
    this.port = new Proxy<Broker>(paper, {
      get: (target, key) => {
        if (key in own) return own[key as keyof Broker];
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    void this.#pump();
  }

  /** The next placements get these answers, one each; those after them are answered as they should be. */
  prepare(...answers: Answer[]): void {
    this.#answers = answers;
  }

  /** So many placements are answered as they should be, and the one after them so. */
  prepareFrom(placements: number, answer: Answer): void {
    this.prepare(...Array.from({ length: placements }, () => PROMPT), answer);
  }

  async #place(order: ApprovedOrder, mayLeave?: () => void): Promise<{ readonly exchangeOrderId: string }> {
    mayLeave?.();
    const { clientOrderId } = order;
    const placement: Placement = { clientOrderId, exchangeOrderId: null };
    this.placements.push(placement);
    const answer = this.#answers.shift() ?? PROMPT;
    const taken = answer.takenAfterMs === null ? null : this.#later(() => this.#take(order, placement, answer));
    await delay(answer.answer?.afterMs ?? TIME_OUT_MS);
    switch (answer.answer?.as) {
      case 'accepted':
        return { exchangeOrderId: (await taken) ?? '' };
      case 'refused':
        throw new AlphaError('EXCHANGE_REFUSED', 'The exchange refused.', { context: { clientOrderId } });
      case 'maintenance':
        throw new AlphaError('EXCHANGE_MAINTENANCE', 'The exchange is being maintained.', { context: {} });
      default:
        throw new AlphaError('EXCHANGE_IN_DOUBT', 'The exchange did not answer.', { context: { clientOrderId } });
    }
  }

  async #take(order: ApprovedOrder, placement: Placement, answer: Answer): Promise<string> {
    await delay(answer.takenAfterMs ?? 0);
    this.#showBook(answer.book);
    this.#taking = answer;
    try {
      placement.exchangeOrderId = (await this.#paper.place(order)).exchangeOrderId;
      return placement.exchangeOrderId;
    } catch (error) {
      this.refusals.push(`${order.clientOrderId}: ${String(error)}`);
      throw error;
    }
  }

  /** Counted while it is under way, whoever waits for it. */
  #later<Result>(work: () => Promise<Result>): Promise<Result> {
    this.underWay += 1;
    const done = work().finally(() => {
      this.underWay -= 1;
    });
    done.catch(() => {});
    return done;
  }

  /** Hands on what the exchange tells, as the answer of its order says. */
  async #pump(): Promise<void> {
    for await (const update of this.#paper.updates(new AbortController().signal)) {
      const id = orderIdOf(update);
      if (id === null) {
        if (update.kind !== 'connected') this.#tell(update);
        continue;
      }
      const isFirst = !this.#answerOf.has(id);
      if (isFirst) this.#answerOf.set(id, this.#taking);
      this.#deliver(id, update, this.#answerOf.get(id)!.messages, isFirst);
    }
  }

  #deliver(id: string, update: BrokerUpdate, how: Answer['messages'], isFirst: boolean): void {
    switch (how) {
      case 'in order':
        this.#tell(update);
        return;
      case 'late':
        void this.#later(() => delay(LATE_MS).then(() => this.#tell(update)));
        return;
      case 'doubled':
        this.#tell(update);
        this.#tell(update);
        void this.#later(() => delay(LATE_MS).then(() => this.#tell(update)));
        return;
      case 'reordered': {
        const burst = this.#bursts.get(id) ?? [];
        this.#bursts.set(id, burst);
        burst.push(update);
        if (burst.length > 1) return;
        void this.#later(() => delay(BURST_MS).then(() => burst.toReversed().forEach((one) => void this.#tell(one))));
        return;
      }
      case 'lost':
        return;
      case 'cut off':
        if (!isFirst) return;
        this.#tell({ kind: 'disconnected', reason: 'The connection broke.' });
        void this.#later(() => delay(AWAY_MS).then(() => this.#tell({ kind: 'connected' })));
    }
  }

  /** As a socket: what is told while nobody listens is lost, and a new listener ends the one before. */
  async *#updates(signal: AbortSignal): AsyncGenerator<BrokerUpdate> {
    const waiting: BrokerUpdate[] = [{ kind: 'connected' }];
    let wake = (): void => {};
    this.#tell = (update) => {
      waiting.push(update);
      wake();
    };
    const stop = () => wake();
    signal.addEventListener('abort', stop);
    while (!signal.aborted) {
      yield* waiting.splice(0);
      if (signal.aborted || waiting.length > 0) continue;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
}

function orderIdOf(update: BrokerUpdate): string | null {
  if (update.kind === 'order') return update.order.exchangeOrderId;
  return update.kind === 'fill' ? update.fill.exchangeOrderId : null;
}
