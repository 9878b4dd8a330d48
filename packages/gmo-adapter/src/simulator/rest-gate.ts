import type { IncomingMessage } from 'node:http';
import type { Clock, EpochMs } from '@alpha-engine/core';
import type { SimulatedExchange } from '@alpha-engine/core/simulation';
import { authenticate, type SocketTokens } from './auth.js';
import { type Answer, INVALID_PATH, iso, maintenance, NOT_FOUND, NOT_PERMITTED, TOO_MANY } from './envelopes.js';
import { type ExchangeState, isClosed } from './exchange-state.js';
import { header, ipOf } from './http.js';
import { RateLimit } from './limits.js';
import type { MarketView } from './market-view.js';
import { type Permission, permissionFor } from './permissions.js';
import { privateRest } from './private-rest.js';
import { publicRest } from './public-rest.js';
import type { StatsCounter } from './stats.js';
import type { SimulatorSwitches } from './switches.js';

/** Requests of each kind an account may make in a second (tier 1). */
const PRIVATE_PER_SECOND = 20;

const PLACEMENTS = ['/v1/order', '/v1/closeOrder', '/v1/closeBulkOrder'];

export interface RestGateOptions {
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly switches: SimulatorSwitches;
  /** What the key may do. */
  permissions(): ReadonlySet<Permission>;
  readonly publicCacheMs: number;
  readonly exchange: SimulatedExchange;
  readonly views: ReadonlyMap<string, MarketView>;
  readonly tokens: SocketTokens;
  readonly stats: StatsCounter;
  /** What limits are counted in. */
  readonly wall: Clock;
  /** Market time and wall time as the exchange tells them. */
  now(): EpochMs;
  wallNow(): EpochMs;
  exchangeState(): ExchangeState;
}

type PrivateReply = ReturnType<typeof privateRest>;

/** What stands before every REST answer: paths, maintenance, limits and signatures. */
export class RestGate {
  readonly #options: RestGateOptions;
  readonly #publicLimit: RateLimit | null;
  readonly #getLimit: RateLimit;
  readonly #postLimit: RateLimit;
  /** By path and query: what the edge still answers, and since when. */
  readonly #edge = new Map<string, { readonly answer: Answer; readonly since: EpochMs }>();

  constructor(options: RestGateOptions) {
    const { wall, switches } = options;
    const { publicRestPerSecond } = switches;
    this.#options = options;
    this.#publicLimit = publicRestPerSecond === null ? null : new RateLimit(wall, publicRestPerSecond, 1_000);
    this.#getLimit = new RateLimit(wall, PRIVATE_PER_SECOND, 1_000);
    this.#postLimit = new RateLimit(wall, PRIVATE_PER_SECOND, 1_000);
  }

  public(request: IncomingMessage, url: URL): Answer {
    const { views, switches, now, exchangeState } = this.#options;
    const path = url.pathname.replace(/^\/public/, '');
    if (request.method !== 'GET' || path === url.pathname) return NOT_FOUND;
    if (isClosed(exchangeState())) return maintenance(switches.maintenanceStatus, exchangeState());
    const cached = this.#cached(request.url ?? '');
    if (cached !== null) return cached;
    if (this.#publicLimit?.take(ipOf(request)) === false) return TOO_MANY;
    const answer = publicRest(path, url.searchParams, { views, switches, now, exchangeStatus: exchangeState });
    return this.#keep(request.url ?? '', answer);
  }

  private(request: IncomingMessage, url: URL, body: string): PrivateReply {
    const { apiKey, apiSecret, switches, exchange, tokens, stats, now, wallNow, exchangeState, permissions } =
      this.#options;
    if (isClosed(exchangeState())) return quiet(maintenance(switches.maintenanceStatus, exchangeState()));
    const method = request.method ?? 'GET';
    const path = url.pathname.replace(/^\/private/, '');
    if (!path.startsWith('/v1/')) return quiet(INVALID_PATH);
    const refusal = authenticate(
      {
        method,
        path,
        body,
        apiKey: header(request, 'api-key'),
        timestamp: header(request, 'api-timestamp'),
        sign: header(request, 'api-sign'),
      },
      { apiKey, apiSecret, clock: { now: wallNow }, timestampWindowMs: switches.timestampWindowMs },
    );
    if (refusal !== null) return quiet(refusal);
    const permission = permissionFor(path);
    if (permission !== null && !permissions().has(permission)) return quiet(NOT_PERMITTED);
    // PUT and DELETE count as POST; the exchange does not say.
    const limit = method === 'GET' ? this.#getLimit : this.#postLimit;
    if (!limit.take('account')) return quiet(TOO_MANY);
    const reply = privateRest(
      { method, path, query: url.searchParams, body },
      { exchange, tokens, switches, now, exchangeStatus: exchangeState },
    );
    const placing = PLACEMENTS.includes(path);
    if (placing && reply.answer.body.status !== 0) stats.rejections += 1;
    return reply;
  }

  #cached(address: string): Answer | null {
    const kept = this.#edge.get(address);
    if (kept === undefined || this.#options.wall.now() - kept.since >= this.#options.publicCacheMs) return null;
    return kept.answer;
  }

  /** A success is kept as it is, the time of its making included. */
  #keep(address: string, answer: Answer): Answer {
    if (answer.http !== 200 || this.#options.publicCacheMs === 0) return answer;
    const since = this.#options.wall.now();
    const body = { ...answer.body, responsetime: iso(this.#options.wallNow()) };
    for (const [other, kept] of this.#edge) {
      // The oldest come first.
      if (since - kept.since < this.#options.publicCacheMs) break;
      this.#edge.delete(other);
    }
    this.#edge.delete(address);
    this.#edge.set(address, { answer: { ...answer, body, timed: false }, since });
    return answer;
  }
}

function quiet(answer: Answer): PrivateReply {
  return { answer, reports: [] };
}
