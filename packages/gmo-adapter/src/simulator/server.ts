import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { AlphaError, type Clock, type Logger, silentLogger } from '@alpha-engine/core';
import type { SimulatedExchange } from '@alpha-engine/core/simulation';
import { SocketTokens } from './auth.js';
import { type ExchangeState, isClosed } from './exchange-state.js';
import type { FaultText } from './faults/fault.js';
import { FaultDesk } from './faults/fault-desk.js';
import { assertFaultless, checkFault, checkFaultScript, type FaultScript } from './faults/fault-script.js';
import { Handshakes } from './handshakes.js';
import { RateLimit } from './limits.js';
import { Lockstep } from './lockstep/lockstep.js';
import { MarketClock } from './market-clock.js';
import { MarketView, primeViews } from './market-view.js';
import { openExchange } from './open-exchange.js';
import type { GmoSimulator, GmoSimulatorOptions, MarketRecord, SimulatorClock } from './options.js';
import { PERMISSIONS, type Permission } from './permissions.js';
import { Playback } from './playback.js';
import { PrivateDesk } from './private-desk.js';
import { allSummaries } from './private-frames.js';
import { PrivateSockets } from './private-socket.js';
import { PublicSockets } from './public-socket.js';
import { RestDesk } from './rest-desk.js';
import { RestGate } from './rest-gate.js';
import { type SimulatorStats, StatsCounter } from './stats.js';
import { DEFAULT_SWITCHES, DEFAULT_TIMINGS, type SimulatorSwitches } from './switches.js';
import { defaultTapePath, loadTape, type Tape, type TapeHeader, type TapeRecord } from './tape.js';

/**
 * Starts a server on loopback that plays GMO Coin: REST and sockets, public and private, on a recorded tape. Throws
 * `TAPE_INVALID`, `FAULTS_INVALID` and `PORT_IN_USE`.
 */
export async function startGmoSimulator(options: GmoSimulatorOptions = {}): Promise<GmoSimulator> {
  const faults = checkFaultScript(options.faults ?? { faults: [] });
  if (options.lockstep) assertFaultless(faults);
  const { tape: source = defaultTapePath() } = options;
  const tape = typeof source === 'string' ? await loadTape(source) : source;
  const simulator = new SimulatorServer(tape, faults, options);
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
  readonly #lockstep: Lockstep | null;
  readonly #faults: FaultDesk;
  readonly #tokens: SocketTokens;
  readonly #gate: RestGate;
  readonly #publicSockets: PublicSockets;
  readonly #privateSockets: PrivateSockets;
  readonly #server: Server;
  readonly #handshakes: Handshakes;
  readonly #private: PrivateDesk;
  #state: ExchangeState = 'OPEN';
  #permissions: ReadonlySet<Permission>;

  constructor(tape: Tape, script: FaultScript, options: GmoSimulatorOptions) {
    const hold = options.hold ?? 0;
    this.tape = tape.header;
    this.#options = options;
    this.#switches = { ...DEFAULT_SWITCHES, ...options.switches };
    const timings = { ...DEFAULT_TIMINGS, ...options.timings };
    this.#logger = options.logger ?? silentLogger;
    const wall = options.wallClock ?? { now: () => Date.now() };
    this.#wall = wall;
    this.#clock = new MarketClock({
      wall,
      tapeStart: tape.header.start,
      origin: options.origin ?? 'now',
      speed: options.speed ?? 1,
      held: hold > 0,
    });
    if (options.lockstep) this.#clock.stand(this.#clock.now());
    this.#faults = new FaultDesk({
      script,
      wall,
      market: this.#clock,
      logger: this.#logger,
      setExchangeState: (state) => this.setExchangeState(state),
      expireTokens: () => this.#tokens.clear(),
      orderFromOutside: (fault) => this.#private.orderFromOutside(fault),
    });
    this.exchange = openExchange(options, this.#switches);
    this.#views = new Map(tape.header.symbols.map(({ symbol }) => [symbol, new MarketView()]));
    primeViews(this.#views, tape, this.#clock.now());
    this.#playback = new Playback({
      tape,
      clock: this.#clock,
      rounds: options.rounds ?? 1,
      lockstep: options.lockstep ?? false,
      logger: this.#logger,
      deliver: (record, ts) => this.#deliver(record, ts + this.#faults.skewMs),
      idle: (now) => this.#idle(now),
    });
    this.#lockstep = options.lockstep ? this.#openLockstep(Math.max(1, hold)) : null;
    this.#permissions = new Set(options.permissions ?? PERMISSIONS);
    const permissions = () => this.#permissions;
    this.#tokens = new SocketTokens(wall, timings.tokenMs, permissions, (token) => {
      if (this.#switches.tokenEnd === 'closes') this.#privateSockets.closeToken(token);
    });
    this.#gate = new RestGate({
      apiKey: options.apiKey ?? 'simulator-key',
      apiSecret: options.apiSecret ?? 'simulator-secret',
      switches: this.#switches,
      permissions,
      publicCacheMs: timings.publicCacheMs,
      exchange: this.exchange,
      views: this.#views,
      tokens: this.#tokens,
      stats: this.#stats,
      wall,
      now: () => this.#marketNow(),
      wallNow: () => this.#wallNow(),
      exchangeState: () => this.#state,
    });
    const publicCommands = new RateLimit(wall, 1, timings.commandMs);
    this.#publicSockets = new PublicSockets({
      switches: this.#switches,
      faults: this.#faults,
      stats: this.#stats,
      commands: publicCommands,
      onSubscriptions: (count) => this.#release(count, hold),
    });
    this.#privateSockets = new PrivateSockets({
      timings,
      faults: this.#faults,
      commands: this.#switches.sharedSocketBudget ? publicCommands : new RateLimit(wall, 1, timings.commandMs),
      mayRead: (token, channel) => this.#tokens.mayRead(token, channel),
      initialSummaries: () =>
        this.#switches.summaryInit ? allSummaries(this.exchange, 'INIT', this.#marketNow()) : [],
      periodicSummaries: () => allSummaries(this.exchange, 'PERIODIC', this.#marketNow()),
    });
    this.#private = new PrivateDesk({
      exchange: this.exchange,
      gate: this.#gate,
      faults: this.#faults,
      sockets: this.#privateSockets,
      stats: this.#stats,
      switches: this.#switches,
      logger: this.#logger,
      now: () => this.#marketNow(),
    });
    this.#handshakes = new Handshakes({
      switches: this.#switches,
      timings,
      faults: this.#faults,
      stats: this.#stats,
      wall,
      join: this.#lockstep && ((socket, role) => this.#lockstep?.join(socket, role)),
      exchangeState: () => this.#state,
      isLive: (token) => this.#tokens.isLive(token),
      accept: (outlet, ip, token) => {
        if (token === undefined) this.#publicSockets.accept(outlet, ip);
        else this.#privateSockets.accept(outlet, ip, token);
      },
    });
    const requests = new RestDesk({
      simulator: this,
      tape,
      clock: this.#clock,
      playback: this.#playback,
      faults: this.#faults,
      gate: this.#gate,
      privateDesk: this.#private,
      logger: this.#logger,
      now: () => this.#marketNow(),
      wallNow: () => this.#wallNow(),
    });
    this.#server = createServer((request, response) => requests.take(request, response));
    this.#server.on('upgrade', (request, socket, head) => this.#handshakes.upgrade(request, socket as Socket, head));
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
    this.#faults.start();
    this.#playback.start();
    this.#lockstep?.run().catch((error: unknown) => {
      this.#logger.error({ error: String(error) }, 'the lockstep failed; the market stands still');
    });
    this.#logger.info(
      { url: this.restBaseUrl, speed: this.#clock.speed, origin: this.tape.origin },
      'simulator listens',
    );
  }

  clock(): SimulatorClock {
    const { held } = this.#clock;
    const lockstep = this.#lockstep !== null;
    return {
      wallTs: this.#wall.now(),
      marketTs: this.#clock.now(),
      speed: held || lockstep ? 0 : this.#clock.speed,
      held,
      ended: this.#lockstep?.ended ?? this.#playback.ended,
      lockstep,
    };
  }

  stats(): SimulatorStats {
    const { played, frames, repeats, closed, orders, rejections, canceled, expired, fills } = this.#stats;
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
      closed: { ...closed },
      subscriptions: this.#publicSockets.subscriptions,
      maxLagMs: Math.round(this.#playback.maxLagMs),
      faults: this.#faults.records.map((record) => ({ ...record })),
    };
  }

  play(record: MarketRecord): void {
    const { symbol } = record;
    if (!this.#views.has(symbol)) {
      throw new AlphaError('TAPE_INVALID', `${symbol} is not on the tape; the symbols of its header can be played.`, {
        context: { symbol },
      });
    }
    // What is due already comes first.
    this.#playback.catchUp();
    const ts = this.#marketNow();
    this.#deliver({ ...record, ts }, ts);
  }

  sendFrame(text: string): void {
    this.#publicSockets.send(text);
  }

  injectFault(fault: FaultText): number {
    return this.#faults.inject(checkFault(fault));
  }

  endFaults(number?: number): void {
    if (number === undefined) this.#faults.clear();
    else this.#faults.remove(number);
  }

  setExchangeState(state: ExchangeState): void {
    this.#state = state;
    if (!isClosed(state)) return;
    this.#tokens.clear();
    this.dropSockets();
  }

  setPermissions(permissions: readonly Permission[]): void {
    this.#permissions = new Set(permissions);
  }

  dropSockets(): void {
    this.#publicSockets.closeAll();
    this.#privateSockets.closeAll();
  }

  async close(): Promise<void> {
    this.#playback.stop();
    this.#lockstep?.stop();
    this.#faults.stop();
    this.#publicSockets.closeAll();
    this.#privateSockets.stop();
    this.#handshakes.close();
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  get #host(): string {
    return this.#options.host ?? '127.0.0.1';
  }

  #openLockstep(needed: number): Lockstep {
    return new Lockstep({
      subscriptions: { needed, now: () => this.#publicSockets.subscriptions },
      marketTs: () => this.#clock.now(),
      frames: () => this.#stats.framesByType(),
      heard: () => this.#privateSockets.read(),
      step: () => this.#playback.step(),
    });
  }

  #release(subscriptions: number, hold: number): void {
    this.#lockstep?.changed();
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
      this.#private.tell(this.exchange.onTrade(symbol, record.price, record.size, record.side, ts));
      return;
    }
    StatsCounter.add(this.#stats.played.books, symbol);
    this.#publicSockets.book(symbol, view.show(record, ts));
    this.#publicSockets.ticker(symbol, view, ts);
    this.#private.tell(this.exchange.onBook(symbol, record.bids, record.asks, ts));
  }

  #idle(now: number): void {
    this.#tokens.sweep();
    this.#private.tell(this.exchange.onTime(now));
    // A repeat says that time passes; in lockstep none does.
    if (!this.#playback.ended && this.#lockstep === null) this.#publicSockets.repeatQuietBooks(now);
  }

  /** Market time as the exchange tells it. */
  #marketNow(): number {
    return this.#clock.now() + this.#faults.skewMs;
  }

  /** Wall time as the exchange tells it. */
  #wallNow(): number {
    return this.#wall.now() + this.#faults.skewMs;
  }
}
