import { AlphaError, type Clock } from '@alpha-engine/core';
import type { z } from 'zod';
import { codeEntry } from '../mapper/error-codes.js';
import {
  badAnswerError,
  codeError,
  noAnswerError,
  type RequestIntent,
  type RestAnswer,
  readEnvelope,
} from '../mapper/rest-answer.js';
import type { Budget, Rank } from './budget.js';
import { type HttpAnswer, HttpClient, HttpFailure, type HttpRequest } from './http.js';
import { accountLimits, type HostLimits, hostLimits } from './limits.js';
import type { GmoMethod, GmoSigner } from './sign.js';

export interface RestClientOptions {
  /** With `/public` or `/private`, without `/v1`. */
  readonly baseUrl: string;
  readonly wallClock: Clock;
  /** Present: every request is signed and counted against the account. Absent: public. */
  readonly signer?: GmoSigner;
  /** For one request from connecting to the last byte. */
  readonly timeoutMs?: number;
  readonly http?: HttpClient;
  /** Public: default the one that all clients of this process at this host share. */
  readonly budget?: Budget;
  /** Ends reads that have no signal of their own. */
  readonly signal?: AbortSignal;
}

export interface RestRequest {
  readonly method?: GmoMethod;
  /** From `/v1` on. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly body?: unknown;
  readonly intent?: RequestIntent;
  /** Ends the wait for the limit, and for the answer unless this is a placement. */
  readonly signal?: AbortSignal;
  /** Default: the client's. */
  readonly timeoutMs?: number;
  /** Asked once the limit let the request pass, right before it is signed; what it throws is thrown, and nothing is sent. */
  readonly mayLeave?: () => void;
}

export const DEFAULT_TIMEOUT_MS = 10_000;

/** Nothing is sent for so long after an ERR-5003, and twice as long after the next: whether the exchange lengthens it is not known. */
const THROTTLED_PAUSE_MS = 1_000;
const THROTTLED_PAUSE_MAX_MS = 8_000;

const RANKS: Readonly<Record<RequestIntent, Rank>> = { cancel: 'cancel', amend: 'place', place: 'place', read: 'read' };

/** A success, `data` validated. */
export interface Checked<T> {
  readonly data: T;
  readonly responseTime: string | undefined;
}

/**
 * One side (public or private) of GMO Coin's REST API: waits for its share of the limit, signs, sends once, reads the envelope.
 * A read that finds its pooled connection closed is sent a second time; nothing else ever is.
 */
export class GmoRestClient {
  readonly #options: RestClientOptions;
  readonly #http: HttpClient;
  readonly #timeoutMs: number;
  readonly #limits: { get: HostLimits['publicRest']; post: HostLimits['publicRest'] };

  constructor(options: RestClientOptions) {
    this.#options = options;
    this.#http = options.http ?? new HttpClient();
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    if (options.signer === undefined) {
      const publicRest = options.budget ?? hostLimits(options.baseUrl).publicRest;
      this.#limits = { get: publicRest, post: publicRest };
    } else {
      this.#limits = accountLimits(options.baseUrl, options.signer.accountId);
    }
  }

  /** Throws the `EXCHANGE_*` errors and `CLOCK_SKEW`; which, `mapper/error-codes.ts` and `mapper/rest-answer.ts` say. */
  async request<T extends z.ZodType>(request: RestRequest, schema: T): Promise<Checked<z.output<T>>> {
    const answer = await this.answer(request);
    const name = { method: request.method ?? 'GET', path: request.path };
    const intent = request.intent ?? 'read';
    if (!answer.ok) throw codeError(name, intent, answer.code, this.#redact(answer.text));
    const checked = schema.safeParse(answer.data);
    if (checked.success) return { data: checked.data, responseTime: answer.responseTime };
    const [issue] = checked.error.issues;
    const where = `data${(issue?.path ?? []).map((part) => `.${String(part)}`).join('')}`;
    throw new AlphaError(
      intent === 'read' ? 'EXCHANGE_BAD_ANSWER' : 'EXCHANGE_IN_DOUBT',
      `GMO Coin's answer to ${name.method} ${name.path} lacks what its protocol promises. At ${where}: ${issue?.message}.`,
      { context: { ...name, where }, retryable: intent === 'read' },
    );
  }

  /** The same, with an error code as a value. Throws only where there is no answer in the exchange's protocol. */
  async answer(request: RestRequest): Promise<RestAnswer> {
    const { method = 'GET', path, query = {}, intent = 'read' } = request;
    const signal = request.signal ?? (intent === 'read' ? this.#options.signal : undefined);
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const search = new URLSearchParams(
      Object.entries(query).map(([key, value]): [string, string] => [key, String(value)]),
    ).toString();
    // A comma is legal in a query, and GMO's lists of ids are written with it.
    const url = `${this.#options.baseUrl}${path}${search === '' ? '' : `?${search.replaceAll('%2C', ',')}`}`;

    const limit = this.#limits[method === 'GET' ? 'get' : 'post'];
    await limit.take(signal, RANKS[intent]);
    const name = { method, path, host: new URL(url).host };
    request.mayLeave?.();
    let answer: HttpAnswer;
    try {
      const timing = {
        timeoutMs: request.timeoutMs ?? this.#timeoutMs,
        ...(signal === undefined || intent === 'place' ? {} : { signal }),
      };
      answer = await this.#send(
        method,
        path,
        { url, ...timing, ...(body === undefined ? {} : { body }) },
        method === 'GET',
      );
    } catch (cause) {
      if (!(cause instanceof HttpFailure)) throw cause;
      throw noAnswerError(name, intent, cause);
    }
    const read = readEnvelope(answer.status, answer.body);
    if (read?.ok === false && codeEntry(read.code)?.cause === 'rate_limited') {
      limit.refused(THROTTLED_PAUSE_MS, THROTTLED_PAUSE_MAX_MS);
    }
    if (read === null) throw badAnswerError(name, intent, answer.status, this.#redact(answer.body));
    return read;
  }

  async #send(
    method: GmoMethod,
    path: string,
    request: Omit<HttpRequest, 'method'>,
    mayRepeat: boolean,
  ): Promise<HttpAnswer> {
    const { signer, wallClock } = this.#options;
    const headers = {
      ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...signer?.headers(wallClock.now(), method, path, request.body ?? ''),
    };
    try {
      return await this.#http.send({ ...request, method, headers });
    } catch (cause) {
      const stale =
        cause instanceof HttpFailure && cause.kind === 'connection' && !cause.started && isReset(cause.cause);
      if (!mayRepeat || !stale) throw cause;
      return this.#send(method, path, request, false);
    }
  }

  #redact(text: string): string {
    return this.#options.signer?.redact(text) ?? text;
  }
}

function isReset(cause: unknown): boolean {
  const code = cause instanceof Error ? (cause as NodeJS.ErrnoException).code : undefined;
  return code === 'ECONNRESET' || code === 'EPIPE';
}
