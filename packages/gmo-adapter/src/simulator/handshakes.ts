import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { type Clock, LOCKSTEP_ROLES, type LockstepRole } from '@alpha-engine/core';
import { type WebSocket, WebSocketServer } from 'ws';
import { type ExchangeState, isClosed } from './exchange-state.js';
import type { FaultDesk, Stream } from './faults/fault-desk.js';
import { ipOf, refuseUpgrade, urlOf } from './http.js';
import { Outlet } from './outlet.js';
import type { StatsCounter } from './stats.js';
import type { SimulatorSwitches, SimulatorTimings } from './switches.js';

const MOST_FRAME_BYTES = 65_536;
/** Not a status of a frame: there was none. */
const CLOSED_ABNORMALLY = 1006;

export interface HandshakeOptions {
  readonly switches: SimulatorSwitches;
  readonly timings: SimulatorTimings;
  readonly faults: FaultDesk;
  readonly stats: StatsCounter;
  readonly wall: Clock;
  /** Null: this market waits for nobody. */
  readonly join: ((socket: WebSocket, role: LockstepRole) => void) | null;
  exchangeState(): ExchangeState;
  isLive(token: string): boolean;
  /** `token` is undefined on the public socket. */
  accept(outlet: Outlet, ip: string, token: string | undefined): void;
}

/** From an HTTP upgrade to an open socket, or to a refusal. */
export class Handshakes {
  readonly #options: HandshakeOptions;
  readonly #sockets: WebSocketServer;
  readonly #hung = new Set<Socket>();
  readonly #accepted = { public: 0, private: 0 };

  constructor(options: HandshakeOptions) {
    this.#options = options;
    this.#sockets = new WebSocketServer({
      noServer: true,
      // A fault may leave pings unanswered.
      autoPong: false,
      maxPayload: MOST_FRAME_BYTES,
      perMessageDeflate: options.switches.deflate
        ? { serverNoContextTakeover: true, clientNoContextTakeover: true }
        : false,
    });
  }

  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const { pathname, searchParams } = urlOf(request);
    const { join } = this.#options;
    const role = LOCKSTEP_ROLES.find((one) => one === searchParams.get('role'));
    if (join !== null && pathname === '/sim/lockstep' && role !== undefined) {
      this.#sockets.handleUpgrade(request, socket, head, (client) => {
        client.on('error', () => {});
        join(client, role);
      });
      return;
    }
    const ip = ipOf(request);
    const token = /^\/ws\/private\/v1\/([^/]+)$/.exec(pathname)?.[1];
    const stream: Stream = token === undefined ? 'public' : 'private';
    const refusal = this.#refusal(pathname, token, stream);
    if (typeof refusal === 'number') refuseUpgrade(socket, refusal);
    else if (refusal === 'dropped') socket.destroy();
    else if (refusal === 'hung') this.#hang(socket);
    if (refusal !== null) return;
    this.#sockets.handleUpgrade(request, socket, head, (client) => {
      // A frame that breaks the protocol ends the connection by itself; the `close` event tells.
      client.on('error', () => {});
      this.#accepted[stream] += 1;
      const { timings, faults, wall, stats, accept } = this.#options;
      client.on('close', (code) => {
        stats.closed[code === CLOSED_ABNORMALLY ? 'cut' : 'clean'] += 1;
      });
      accept(new Outlet({ socket: client, stream, number: this.#accepted[stream], timings, faults, wall }), ip, token);
    });
  }

  /** Ends the handshakes that were never answered. */
  close(): void {
    for (const socket of this.#hung) socket.destroy();
    this.#sockets.close();
  }

  /** HTTP status that a handshake is refused with, what a fault does instead of an answer, or null. */
  #refusal(pathname: string, token: string | undefined, stream: Stream): number | 'hung' | 'dropped' | null {
    const { faults, switches, exchangeState, isLive } = this.#options;
    if (token === undefined && pathname !== '/ws/public/v1') return 404;
    const fault = faults.handshake(stream, this.#accepted[stream] + 1);
    if (fault !== null) return fault;
    if (isClosed(exchangeState())) return 503;
    return token === undefined || isLive(token) ? null : switches.badTokenStatus;
  }

  #hang(socket: Socket): void {
    this.#hung.add(socket);
    socket.on('close', () => this.#hung.delete(socket));
    // Reading is what tells that the other end has left.
    socket.resume();
  }
}
