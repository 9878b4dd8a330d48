import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Alpha } from '../support/alpha.js';
import { tempFolder } from '../support/temp-folder.js';

const ENGINE = ['engine', '--strategy', 'ma-cross', '--symbols', 'BTC', '--timeframe', '1m'];
const KEYS = { API_KEY: 'demo-key', API_SECRET: 'demo-secret' };
/** Closing the database takes its time as well; a request is given up after ten seconds. */
const SOON_MS = 4_000;
const SYMBOL = {
  symbol: 'BTC',
  minOrderSize: '0.0001',
  maxOrderSize: '5',
  sizeStep: '0.0001',
  tickSize: '1',
  takerFee: '0.0005',
  makerFee: '-0.0001',
};

const ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

/** Where somebody who never answers was asked something. */
class Silence {
  hear!: () => void;
  readonly asked = new Promise<void>((resolve) => {
    this.hear = resolve;
  });
}

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  ends.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((closed) => server.close(closed));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return (server.address() as AddressInfo).port;
}

/** A GMO Coin that answers public questions up to `silentAt`, and that one never. */
async function exchangeSilentAt(silentAt: string, silence: Silence): Promise<Record<string, string>> {
  const data: Record<string, unknown> = { '/public/v1/status': { status: 'OPEN' }, '/public/v1/symbols': [SYMBOL] };
  const answer: RequestListener = (request, response) => {
    const path = new URL(request.url ?? '/', 'http://exchange').pathname;
    if (path === silentAt) silence.hear();
    else if (path in data) {
      response.end(JSON.stringify({ status: 0, data: data[path], responsetime: new Date().toISOString() }));
    } else response.writeHead(404).end();
  };
  return { REST_BASE_URL: `http://127.0.0.1:${await listen(createServer(answer))}` };
}

/** Takes connections and what is said on them, and says nothing. */
async function silentServer(silence: Silence): Promise<string> {
  const server = createTcpServer((socket) => void socket.on('data', () => silence.hear()));
  return `127.0.0.1:${await listen(server)}`;
}

type World = (silence: Silence) => Promise<Record<string, string>>;

/**
 * Starts, waits until the silent one is asked, stops; twice, since what stays locked stops the second. Each time somebody else is
 * silent: what the first process asked may be heard after its end.
 */
async function stopsSoon(args: readonly string[], world: World): Promise<void> {
  const folder = await tempFolder();
  for (let round = 0; round < 2; round++) {
    const silence = new Silence();
    const env = await world(silence);
    const alpha = new Alpha([...args, '--json'], { folder, env });
    const told = await Promise.race([silence.asked, alpha.done]);
    expect(told, 'it ended by itself').toBeUndefined();
    const begun = performance.now();
    const { exit, stdout, stderr } = await alpha.end('SIGTERM');
    expect(stderr).toBe('');
    expect(exit).toBe(0);
    expect(performance.now() - begun).toBeLessThan(SOON_MS);
    expect(stdout).toContain('stopped before it had started');
    expect(stdout).not.toMatch(/"level":"(warn|error)"/);
  }
}

describe('a process that is told to stop while it starts ends at once and leaves nothing locked', () => {
  it.each<[string, string, readonly string[], Record<string, string>]>([
    ['the collector measures the clock', '/sim/clock', ['collect'], {}],
    ['the engine measures the clock', '/sim/clock', ENGINE, {}],
    ['the engine asks for the rules', '/public/v1/symbols', ENGINE, {}],
    ['the engine asks for balances', '/private/v1/account/assets', [...ENGINE, '--live'], KEYS],
    ['the engine warms up', '/public/v1/klines', ENGINE, {}],
  ])(
    'while %s',
    (_what, path, args, env) =>
      stopsSoon(args, async (silence) => ({ ...(await exchangeSilentAt(path, silence)), ...env })),
    60_000,
  );

  it('while the bus does not answer', async () => {
    await stopsSoon(['collect'], async (silence) => ({ REDIS_URL: `redis://${await silentServer(silence)}` }));
  }, 60_000);

  it('while the database does not answer', async () => {
    await stopsSoon(ENGINE, async (silence) => ({
      ...(await exchangeSilentAt('', silence)),
      DATABASE_URL: `postgres://alpha:secret@${await silentServer(silence)}/alpha`,
    }));
  }, 60_000);

  it('and a feed that has no answer yet ends as any feed does', async () => {
    const silence = new Silence();
    const env = await exchangeSilentAt('/public/v1/symbols', silence);
    const alpha = new Alpha(['collect', '--symbols', 'BTC', '--json'], { folder: await tempFolder(), env });
    await silence.asked;
    const begun = performance.now();
    const { exit, stdout } = await alpha.end('SIGTERM');
    expect(exit).toBe(0);
    expect(performance.now() - begun).toBeLessThan(SOON_MS);
    expect(stdout).toContain('collector stopped');
    expect(stdout).not.toMatch(/"level":"(warn|error)"/);
  }, 60_000);
});
