import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { AlphaError, type Clock, type Logger, silentLogger } from '@alpha-engine/core';
import { SimulatedExchange, type SimulationReport } from '@alpha-engine/core/simulation';
import { WebSocketServer } from 'ws';
import { authenticate, SocketTokens } from './auth.js';
import { draws } from './draws.js';
import { type Answer, INVALID_PATH, iso, maintenance, NOT_FOUND, TOO_MANY } from './envelopes.js';
import { header, ipOf, readBody, refuseUpgrade, sendJson, urlOf } from './http.js';
import { RateLimit } from './limits.js';
import { MarketClock } from './market-clock.js';
import { MarketView } from './market-view.js';
import type { ExchangeState, GmoSimulator, GmoSimulatorOptions, SimulatorClock } from './options.js';
import { Playback } from './playback.js';
import { allSummaries, privateFrames } from './private-frames.js';
import { privateRest } from './private-rest.js';
import { PrivateSockets } from './private-socket.js';
import { publicRest } from './public-rest.js';
import { PublicSockets } from './public-socket.js';
import { type SimulatorStats, StatsCounter } from './stats.js';
import { DEFAULT_SWITCHES, DEFAULT_TIMINGS, type SimulatorSwitches } from './switches.js';
import { INSTRUMENTS } from './symbols.js';
import { defaultTapePath, loadTape, type Tape, type TapeHeader, type TapeRecord } from './tape.js';

/** Requests of each kind an account may make in a second (tier 1). */
const PRIVATE_PER_SECOND = 20;
const MOST_FRAME_BYTES = 65_536;

/**
 * Starts a server on loopback that plays GMO Coin: REST and sockets, public and private, on a recorded tape. Throws
 * `TAPE_INVALID` and `PORT_IN_USE`.
 */
export async function startGmoSimulator(options: GmoSimulatorOptions = {}): Promise<GmoSimulator> {
  const tape = await loadTape(options.tape ?? defaultTapePath());
  const simulator = new SimulatorServer(tape, options);
  await simulator.listen();
  return simulator;
}

class SimulatorServer implements GmoSimulator {
  readonly tape: TapeHeader;
  readonly exchange: SimulatedExchange;
  readonly #options: GmoSimulatorOptions;
  readonly #switches: SimulatorSwitches;
  readonly #logger: Logger;
  readonly #wall: Clock;
  readonly #clock: MarketClock;
  readonly #stats = new StatsCounter();
  readonly #views: ReadonlyMap<string, MarketView>;
  readonly #playback: Playback;
  readonly #tokens: SocketTokens;
  readonly #publicLimit: RateLimit | null;
  readonly #getLimit: RateLimit;
  readonly #postLimit: RateLimit;
  readonly #publicSockets: PublicSockets;
  readonly #privateSockets: PrivateSockets;
  readonly #server: Server;
  readonly #sockets: WebSocketServer;
  readonly #draw: () => number;
  #state: ExchangeState = 'OPEN';

  constructor(tape: Tape, options: GmoSimulatorOptions) {
    const hold = options.hold ?? 0;
    this.tape = tape.header;
    this.#options = options;
    this.#switches = { ...DEFAULT_SWITCHES, ...options.switches };
    const timings = { ...DEFAULT_TIMINGS, ...options.timings };
    this.#logger = options.logger ?? silentLogger;
    const wall = options.wallClock ?? { now: () => Date.now() };
    this.#wall = wall;
    this.#draw = draws(this.#switches.seed);
    this.#clock = new MarketClock({
      wall,
      tapeStart: tape.header.start,
      origin: options.origin ?? 'now',
      speed: options.speed ?? 1,
      held: hold > 0,
    });
    this.exchange = new SimulatedExchange({
      instruments: INSTRUMENTS,
      balances: options.balances ?? { JPY: '1000000' },
      feeRounding: this.#switches.feeRounding,
    });
    this.#views = new Map(tape.header.symbols.map(({ symbol }) => [symbol, new MarketView()]));
    this.#prime(tape);
    this.#playback = new Playback({
      tape,
      clock: this.#clock,
      loop: options.loop ?? false,
      logger: this.#logger,
      deliver: (record, ts) => this.#deliver(record, ts),
      idle: (now) => this.#idle(now),
    });
    this.#tokens = new SocketTokens(wall, timings.tokenMs, (token) => {
      if (this.#switches.tokenEnd === 'closes') this.#privateSockets.closeToken(token);
    });
    const { publicRestPerSecond } = this.#switches;
    this.#publicLimit = publicRestPerSecond === null ? null : new RateLimit(wall, publicRestPerSecond, 1_000);
    this.#getLimit = new RateLimit(wall, PRIVATE_PER_SECOND, 1_000);
    this.#postLimit = new RateLimit(wall, PRIVATE_PER_SECOND, 1_000);
    const publicCommands = new RateLimit(wall, 1, 1_000);
    this.#publicSockets = new PublicSockets({
      switches: this.#switches,
      timings,
      stats: this.#stats,
      commands: publicCommands,
      onSubscriptions: (count) => this.#release(count, hold),
    });
    this.#privateSockets = new PrivateSockets({
      timings,
      commands: this.#switches.sharedSocketBudget ? publicCommands : new RateLimit(wall, 1, 1_000),
      initialSummaries: () =>
        this.#switches.summaryInit ? allSummaries(this.exchange, 'INIT', this.#clock.now()) : [],
      periodicSummaries: () => allSummaries(this.exchange, 'PERIODIC', this.#clock.now()),
    });
    this.#sockets = new WebSocketServer({
      noServer: true,
      maxPayload: MOST_FRAME_BYTES,
      perMessageDeflate: this.#switches.deflate
        ? { serverNoContextTakeover: true, clientNoContextTakeover: true }
        : false,
    });
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        this.#logger.error({ error: String(error), path: request.url }, 'a request failed in the simulator');
        response.destroy();
      });
    });
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket as Socket, head));
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  get restBaseUrl(): string {
    return `http://${this.#host}:${this.port}`;
  }

  get wsPublicUrl(): string {
    return `ws://${this.#host}:${this.port}/ws/public/v1`;
  }

  get wsPrivateUrl(): string {
    return `ws://${this.#host}:${this.port}/ws/private/v1`;
  }

  async listen(): Promise<void> {
    const { port = 0 } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, this.#host, resolve);
    }).catch((error: NodeJS.ErrnoException) => {
      this.#privateSockets.stop();
      if (error.code !== 'EADDRINUSE') throw error;
      throw new AlphaError('PORT_IN_USE', `Port ${port} of ${this.#host} is taken. Choose another one, or 0 for any.`, {
        context: { port, host: this.#host },
        cause: error,
      });
    });
    this.#playback.start();
    this.#logger.info(
      { url: this.restBaseUrl, speed: this.#clock.speed, origin: this.tape.origin },
      'simulator listens',
    );
  }

  clock(): SimulatorClock {
    const { held } = this.#clock;
    return {
      wallTs: this.#wall.now(),
      marketTs: this.#clock.now(),
      speed: held ? 0 : this.#clock.speed,
      held,
      ended: this.#playback.ended,
    };
  }

  stats(): SimulatorStats {
    const { played, frames, repeats, orders, rejections, canceled, expired, fills } = this.#stats;
    return {
      played,
      frames,
      repeats,
      orders,
      rejections,
      canceled,
      expired,
      fills,
      sockets: { public: this.#publicSockets.size, private: this.#privateSockets.size },
      subscriptions: this.#publicSockets.subscriptions,
      maxLagMs: Math.round(this.#playback.maxLagMs),
    };
  }

  setExchangeState(state: ExchangeState): void {
    this.#state = state;
    if (state !== 'MAINTENANCE') return;
    this.#tokens.clear();
    this.dropSockets();
  }

  dropSockets(): void {
    this.#publicSockets.closeAll();
    this.#privateSockets.closeAll();
  }

  async close(): Promise<void> {
    this.#playback.stop();
    this.#publicSockets.closeAll();
    this.#privateSockets.stop();
    this.#sockets.close();
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  get #host(): string {
    return this.#options.host ?? '127.0.0.1';
  }

  #prime(tape: Tape): void {
    const waiting = new Set(this.#views.keys());
    for (const record of tape.records) {
      if (waiting.size === 0) return;
      if (record.kind === 'book' && waiting.delete(record.symbol)) {
        this.#views.get(record.symbol)?.prime(record, this.#clock.now());
      }
    }
  }

  #release(subscriptions: number, hold: number): void {
    if (!this.#clock.held || subscriptions < hold) return;
    this.#clock.release();
    this.#playback.wake();
    this.#logger.info({ subscriptions }, 'the tape begins');
  }

  #deliver(record: TapeRecord, ts: number): void {
    const { symbol } = record;
    const view = this.#views.get(symbol) as MarketView;
    if (record.kind === 'trade') {
      StatsCounter.add(this.#stats.played.trades, symbol);
      this.#publicSockets.trade(symbol, view.trade(record, ts));
      this.#tell(this.exchange.onTrade(symbol, record.price, record.size, record.side, ts));
      return;
    }
    StatsCounter.add(this.#stats.played.books, symbol);
    this.#publicSockets.book(symbol, view.show(record, ts));
    this.#publicSockets.ticker(symbol, view, ts);
    this.#tell(this.exchange.onBook(symbol, record.bids, record.asks, ts));
  }

  #idle(now: number): void {
    this.#tokens.sweep();
    if (!this.#playback.ended) this.#publicSockets.repeatQuietBooks(now);
  }

  /** Counts what happened and sends it to the private sockets. */
  #tell(reports: readonly SimulationReport[]): void {
    if (reports.length === 0) return;
    for (const report of reports) {
      if (report.kind === 'fill') this.#stats.fills += 1;
      if (report.kind !== 'order') continue;
      if (report.change === 'accepted') this.#stats.orders += 1;
      else this.#stats[report.change] += 1;
    }
    this.#privateSockets.send(privateFrames(reports, this.exchange, this.#switches));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = urlOf(request);
    const body = await readBody(request);
    if (body === null) {
      response.destroy();
      return;
    }
    if (request.method === 'GET' && url.pathname === '/sim/clock') sendJson(response, 200, this.clock());
    else if (request.method === 'GET' && url.pathname === '/sim/stats') sendJson(response, 200, this.stats());
    else this.#answer(request, url, body, response);
  }

  #answer(request: IncomingMessage, url: URL, body: string, response: ServerResponse): void {
    // What the request asks for happens on the market of now.
    this.#playback.catchUp();
    if (!url.pathname.startsWith('/private/')) {
      this.#reply(response, this.#public(request, url));
      return;
    }
    const { answer, reports } = this.#private(request, url, body);
    const before = this.#framesFirst();
    if (before) this.#tell(reports);
    this.#reply(response, answer);
    if (!before) this.#tell(reports);
  }

  #public(request: IncomingMessage, url: URL): Answer {
    const path = url.pathname.replace(/^\/public/, '');
    if (request.method !== 'GET' || path === url.pathname) return NOT_FOUND;
    if (this.#state === 'MAINTENANCE') return maintenance(this.#switches.maintenanceStatus);
    if (this.#publicLimit?.take(ipOf(request)) === false) return TOO_MANY;
    return publicRest(path, url.searchParams, {
      views: this.#views,
      switches: this.#switches,
      now: () => this.#clock.now(),
      exchangeStatus: () => this.#state,
    });
  }

  #private(request: IncomingMessage, url: URL, body: string): ReturnType<typeof privateRest> {
    const quiet = (answer: Answer) => ({ answer, reports: [] });
    if (this.#state === 'MAINTENANCE') return quiet(maintenance(this.#switches.maintenanceStatus));
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
      {
        apiKey: this.#options.apiKey ?? 'simulator-key',
        apiSecret: this.#options.apiSecret ?? 'simulator-secret',
        clock: this.#wall,
        timestampWindowMs: this.#switches.timestampWindowMs,
      },
    );
    if (refusal !== null) return quiet(refusal);
    // PUT and DELETE count as POST; the exchange does not say.
    const limit = method === 'GET' ? this.#getLimit : this.#postLimit;
    if (!limit.take('account')) return quiet(TOO_MANY);
    const reply = privateRest(
      { method, path, query: url.searchParams, body },
      {
        exchange: this.exchange,
        tokens: this.#tokens,
        switches: this.#switches,
        now: () => this.#clock.now(),
        exchangeStatus: () => this.#state,
      },
    );
    const placing = path === '/v1/order' || path === '/v1/closeOrder';
    if (placing && reply.answer.body.status !== 0) this.#stats.rejections += 1;
    return reply;
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const { pathname } = urlOf(request);
    const ip = ipOf(request);
    const token = /^\/ws\/private\/v1\/([^/]+)$/.exec(pathname)?.[1];
    const refusal = this.#upgradeRefusal(pathname, token);
    if (refusal !== null) {
      refuseUpgrade(socket, refusal);
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (client) => {
      // A frame that breaks the protocol ends the connection by itself; the `close` event tells.
      client.on('error', () => {});
      if (token === undefined) this.#publicSockets.accept(client, ip);
      else this.#privateSockets.accept(client, ip, token);
    });
  }

  /** HTTP status that a handshake is refused with, or null. */
  #upgradeRefusal(pathname: string, token: string | undefined): number | null {
    if (this.#state === 'MAINTENANCE') return 503;
    if (token === undefined) return pathname === '/ws/public/v1' ? null : 404;
    return this.#tokens.isLive(token) ? null : this.#switches.badTokenStatus;
  }

  #reply(response: ServerResponse, { http, body, timed }: Answer): void {
    sendJson(response, http, timed ? { ...body, responsetime: iso(this.#wall.now()) } : body);
  }

  #framesFirst(): boolean {
    const { framesVersusReply } = this.#switches;
    return framesVersusReply === 'random' ? this.#draw() < 0.5 : framesVersusReply === 'before';
  }
}
