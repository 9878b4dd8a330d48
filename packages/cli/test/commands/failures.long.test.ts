import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ERROR_CODES, type ErrorCode } from '@alpha-engine/core';
import { afterEach, describe, expect, it } from 'vitest';
import { Alpha, runAlpha, startSimulator } from '../support/alpha.js';
import { tempFolder } from '../support/temp-folder.js';

const KEYS = { API_KEY: 'a-key-that-is-secret', API_SECRET: 'a-secret-that-is-secret' };
const ENGINE = ['engine', '--strategy', 'ma-cross'];
const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
});

/** Something that is not GMO Coin; answers its address. */
async function impostor(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Runs a command that must fail: the code's exit status, one JSON object on stderr, and the same sentence for people. */
async function failing(
  code: ErrorCode,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  folder?: string,
): Promise<string> {
  const where = folder ?? (await tempFolder());
  const { exit, stderr } = await runAlpha([...args, '--json'], { folder: where, env });
  const [line = '', ...rest] = stderr.trim().split('\n');
  expect(rest, stderr).toEqual([]);
  const { error } = JSON.parse(line) as { error: { code: string; message: string; exit: number } };
  expect(error.code, stderr).toBe(code);
  expect(error.exit).toBe(ERROR_CODES[code].exit);
  expect(exit).toBe(ERROR_CODES[code].exit);
  expect(stderr).not.toContain('is-secret');
  expect(stderr).not.toMatch(/^\s+at /m);
  return error.message;
}

describe('a wrong word', () => {
  it.each<[string, ErrorCode, string[], Record<string, string>, string]>([
    [
      'horizon',
      'CONFIG_INVALID',
      [...ENGINE, '--live'],
      { ...KEYS, ALPHA_IN_DOUBT_HORIZON_MS: '2000', REST_BASE_URL: 'https://api.example.com' },
      'at least 60000',
    ],
    ['command', 'USAGE', ['enigne'], {}, 'enigne'],
    ['flag', 'USAGE', ['engine', '--fast'], {}, '--fast'],
    ['argument', 'USAGE', ['strategy', 'show'], {}, 'strategy'],
    ['order status', 'USAGE', ['orders', '--status', 'DONE'], {}, 'FILLED'],
    ['simulator speed', 'USAGE', ['sim', 'gmo', '--speed', 'fast'], {}, '--speed'],
    ['missing one of two flags', 'USAGE', ['stream', 'dlq', 'put-back', 'md:trade'], {}, 'Exactly one of'],
    ['simulator balance', 'USAGE', ['sim', 'gmo', '--balance', 'much'], {}, 'JPY=1000000'],
    ['strategy', 'STRATEGY_NOT_FOUND', ['engine', '--strategy', 'ma-corss'], {}, 'ma-cross'],
    ['strategy file', 'STRATEGY_NOT_FOUND', ['engine', '--strategy', './none.ts'], {}, 'none.ts'],
    ['parameter', 'STRATEGY_PARAM_INVALID', [...ENGINE, '--param', 'fats=5'], {}, 'fats'],
    ['parameter value', 'STRATEGY_PARAM_INVALID', [...ENGINE, '--param', 'fast=-5'], {}, 'fast'],
    ['timeframe', 'UNKNOWN_TIMEFRAME', [...ENGINE, '--timeframe', '7x'], {}, '1m'],
    ['exchange', 'UNKNOWN_EXCHANGE', ['collect', '--exchange', 'gmoo'], {}, 'gmo'],
    ['missing strategy', 'CONFIG_INVALID', ['engine'], {}, '--strategy'],
    ['missing account', 'CONFIG_INVALID', [...ENGINE, '--live'], {}, 'API_KEY'],
    ['Redis', 'CONFIG_INVALID', ['collect'], { REDIS_URL: 'localhost:6379' }, 'redis://'],
    ['absent Redis', 'BUS_UNAVAILABLE', ['collect'], { REDIS_URL: 'redis://127.0.0.1:1' }, 'check that it runs'],
    ['half an engine', 'CONFIG_INVALID', [...ENGINE, '--no-enable-execution'], {}, 'DATABASE_URL'],
    ['tape', 'TAPE_INVALID', ['sim', 'gmo', '--port', '0', '--tape', './no-tape.jsonl'], {}, 'no-tape'],
    ['folder without records', 'DATA_FOLDER_UNUSABLE', ['status'], {}, 'alpha engine'],
  ])('is named with what to do: %s', async (_what, code, args, env, says) => {
    expect(await failing(code, args, env)).toContain(says);
  });

  it('is one line for people, with the stack only when debugging', async () => {
    const folder = await tempFolder();
    const plain = await runAlpha(['config', 'check', '--strategy', 'nope'], { folder });
    expect(plain.stderr).toMatch(/^STRATEGY_NOT_FOUND: There is no strategy "nope".*\n$/);
    expect(plain.stdout).toBe('');
    const debug = await runAlpha(['config', 'check', '--strategy', 'nope'], { folder, env: { LOG_LEVEL: 'debug' } });
    expect(debug.stderr).toMatch(/\n\s+at /);
  });
});

describe('a data folder', () => {
  it('that is a file, or holds something else, is refused and left as it was', async () => {
    const folder = await tempFolder({ taken: 'a file', 'foreign/photo.jpg': 'x' });
    expect(await failing('DATA_FOLDER_UNUSABLE', ['collect', '--data-dir', './taken'], {}, folder)).toContain('taken');
    expect(await failing('DATA_FOLDER_UNUSABLE', ['collect', '--data-dir', './foreign'], {}, folder)).toContain(
      'photo',
    );
  });
});

describe('an exchange', () => {
  it('that nobody answers for is unreachable', async () => {
    const url = await impostor(() => {});
    await new Promise((closed) => servers.pop()?.close(closed));
    await failing('EXCHANGE_UNREACHABLE', ENGINE, { REST_BASE_URL: url });
  });

  it.each(['BTC', 'all'])('that is not at this address is not waited for, with SYMBOLS=%s', async (symbols) => {
    const url = await impostor((_request, response) => void response.writeHead(404).end('Not here.'));
    const env = { REST_BASE_URL: url, SYMBOLS: symbols };
    expect(await failing('EXCHANGE_BAD_ANSWER', ['collect'], env)).toContain('REST_BASE_URL');
  });

  it.each<[string, RequestListener]>([
    ['HTML', (_request, response) => void response.setHeader('content-type', 'text/html').end('<html>busy</html>')],
    ['half a JSON', (_request, response) => void response.end('{"status":0,"da')],
    ['a missing field', (_request, response) => void response.end('{"status":0}')],
  ])('that answers %s is told as such', async (_what, answer) => {
    const url = await impostor(answer);
    await failing('EXCHANGE_BAD_ANSWER', [...ENGINE], { REST_BASE_URL: url });
  });

  it.each([
    ['engine', ENGINE],
    ['collector', ['collect']],
  ])('whose clock is far from ours stops the %s', async (_what, args) => {
    const url = await impostor((request, response) => {
      if (request.url?.startsWith('/sim/')) return void response.writeHead(404).end();
      const responsetime = new Date(Date.now() - 60_000).toISOString();
      response.end(JSON.stringify({ status: 0, data: { status: 'OPEN' }, responsetime }));
    });
    const message = await failing('CLOCK_SKEW', args, { REST_BASE_URL: url });
    expect(message).toMatch(/ahead of the exchange's/);
  });

  it('that does not list a symbol is asked for nothing more', async () => {
    const folder = await tempFolder();
    const { env } = await startSimulator(folder);
    const wrong = { ...env, SYMBOLS: 'BTC,DOGE_USD' };
    expect(await failing('UNKNOWN_SYMBOL', [...ENGINE], wrong)).toContain('DOGE_USD');
    await failing('UNKNOWN_SYMBOL', ['collect'], wrong);
  });

  it.each([
    ['engine', ENGINE],
    ['collector', ['collect']],
  ])('that lists nothing is told to the %s in a sentence', async (_what, args) => {
    const data: Record<string, unknown> = { '/public/v1/status': { status: 'OPEN' }, '/public/v1/symbols': [] };
    const url = await impostor((request, response) => {
      const answer = data[request.url?.split('?')[0] ?? ''];
      if (answer === undefined) return void response.writeHead(404).end();
      response.end(JSON.stringify({ status: 0, data: answer, responsetime: new Date().toISOString() }));
    });
    expect(await failing('UNKNOWN_SYMBOL', args, { REST_BASE_URL: url })).toContain('It lists none at all at present');
  });

  it('that refuses the key says so', async () => {
    const { env } = await startSimulator(await tempFolder());
    await failing('EXCHANGE_AUTH', [...ENGINE, '--live'], { ...env, ...KEYS });
  });
});

it('a port in use is named', async () => {
  const folder = await tempFolder();
  const { env } = await startSimulator(folder);
  const port = new URL(env.REST_BASE_URL ?? '').port;
  expect(await failing('PORT_IN_USE', ['sim', 'gmo', '--port', port])).toContain(port);
});

it('a second engine on the same folder or account is refused, and the first goes on', async () => {
  const folder = await tempFolder();
  const { env } = await startSimulator(folder);
  const live = { ...env, API_KEY: 'demo-key', API_SECRET: 'demo-secret' };
  const first = new Alpha([...ENGINE, '--live', '--json'], { folder, env: live });
  await first.line('engine started');
  expect(await failing('DATA_FOLDER_LOCKED', [...ENGINE, '--live'], live, folder)).toContain('.alpha');
  const elsewhere = [...ENGINE, '--live', '--data-dir', './other'];
  expect(await failing('ACCOUNT_LOCKED', elsewhere, live, folder)).toContain('account');
  const { exit, stdout } = await first.end('SIGTERM');
  expect(exit).toBe(0);
  // Being stopped is no trouble, and none is told.
  expect(stdout).not.toMatch(/trying again|asked to stop|disconnected/);
}, 60_000);
