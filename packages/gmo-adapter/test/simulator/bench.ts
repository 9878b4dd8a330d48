import { ManualClock } from '@alpha-engine/core';
import { type GmoSimulator, type GmoSimulatorOptions, startGmoSimulator } from '@alpha-engine/gmo-adapter/simulator';
import { type Json, privateCall, publicGet, RawSocket, type RestReply, type Signing } from './raw-client.js';

export const START = 1_700_000_000_000;
const CHANNELS = ['executionEvents', 'orderEvents', 'positionEvents', 'positionSummaryEvents'];
const open: GmoSimulator[] = [];
const sockets: RawSocket[] = [];

/** A simulator whose wall clock the test moves, one second into the tape. */
export class Bench {
  readonly wall = new ManualClock(START);
  simulator!: GmoSimulator;

  static async start(options: GmoSimulatorOptions = {}): Promise<Bench> {
    const bench = new Bench();
    bench.simulator = await startGmoSimulator({ wallClock: bench.wall, origin: 'tape', ...options });
    open.push(bench.simulator);
    bench.wall.advance(1_000);
    return bench;
  }

  call(method: string, path: string, body?: Json, signing: Signing = {}): Promise<RestReply> {
    return privateCall(this.simulator, method, path, body, { timestamp: String(this.wall.now()), ...signing });
  }

  async code(method: string, path: string, body?: Json, signing?: Signing): Promise<string | undefined> {
    const reply = await this.call(method, path, body, signing);
    return reply.body.messages?.[0]?.message_code;
  }

  /** A call that must succeed; gives its `data`. */
  // biome-ignore lint/suspicious/noExplicitAny: answers have many shapes.
  async data(method: string, path: string, body?: Json): Promise<any> {
    const reply = await this.call(method, path, body);
    if (reply.body.status !== 0) throw new Error(`${path}: ${JSON.stringify(reply.body)}`);
    return reply.body.data;
  }

  /** A socket on the four channels. */
  async listen(channels: readonly string[] = CHANNELS): Promise<RawSocket> {
    const token = (await this.call('POST', '/v1/ws-auth', {})).body.data as string;
    const socket = await RawSocket.open(`${this.simulator.wsPrivateUrl}/${token}`);
    sockets.push(socket);
    for (const channel of channels) {
      socket.send({ command: 'subscribe', channel });
      await socket.obeyed();
      this.wall.advance(1_000);
    }
    return socket;
  }

  async quote(symbol: string): Promise<{ readonly bid: number; readonly ask: number }> {
    const { body } = await publicGet(this.simulator, `/v1/orderbooks?symbol=${symbol}`);
    return { bid: Number(body.data.bids[0].price), ask: Number(body.data.asks[0].price) };
  }
}

export const market = (symbol: string, side: string, size: string) => ({ symbol, side, executionType: 'MARKET', size });
export const limit = (symbol: string, side: string, size: string, price: number) => ({
  symbol,
  side,
  executionType: 'LIMIT',
  timeInForce: 'FAS',
  price: String(price),
  size,
});

/** After each test. */
export async function closeBenches(): Promise<void> {
  for (const socket of sockets.splice(0)) socket.close();
  for (const simulator of open.splice(0)) await simulator.close();
}
