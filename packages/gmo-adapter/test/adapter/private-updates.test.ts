import { AlphaError, type BrokerUpdate } from '@alpha-engine/core';
import { type BrokerOptions, Budget, GmoBroker } from '@alpha-engine/gmo-adapter';
import { afterEach, describe, expect, it } from 'vitest';
import { Collected, eventually } from '../support/collect.js';
import { type LogLine, testContext } from '../support/context.js';
import { EXECUTION, ORDER_CANCELED, POSITION, SUMMARY, TOO_MANY } from '../support/frames.js';
import { type Answering, failure, success } from '../support/http-server.js';
import { type Exchange, startExchange, type TestExchange } from '../support/ws-server.js';

let exchange: TestExchange;
let updates: Collected<BrokerUpdate>;
let lines: LogLine[] = [];

const FAST = { reconnectMinMs: 20, reconnectMaxMs: 100, rateLimitPauseMs: 150 };

const MARGIN = {
  actualProfitLoss: '1000',
  availableAmount: '900',
  margin: '100',
  marginCallStatus: 'NORMAL',
  profitLoss: '0',
  transferableAmount: '900',
};

/** Tokens T1, T2 …; PUT and DELETE succeed. The margin is always the same. */
function tokens(): Answering {
  let issued = 0;
  return (request, response) => {
    if (request.method === 'GET') success(response, MARGIN);
    else if (request.method === 'POST') success(response, `T${++issued}`);
    else success(response);
  };
}

async function start(behaviour: Partial<Exchange>, options: BrokerOptions = {}): Promise<Collected<BrokerUpdate>> {
  lines = [];
  exchange = await startExchange({ rest: tokens(), ...behaviour });
  const broker = new GmoBroker(
    testContext({ restBaseUrl: exchange.url }, lines),
    { apiKey: 'k', apiSecret: 's' },
    { commands: new Budget({ spacingMs: 20 }), ...options, timings: { ...FAST, ...options.timings } },
  );
  updates = new Collected((signal) => broker.updates(signal));
  return updates;
}
afterEach(async () => {
  await updates.stop();
  await exchange.close();
});

const kinds = (items: readonly BrokerUpdate[]) => items.map(({ kind }) => kind).filter((kind) => kind !== 'margin');
const tokenCalls = () =>
  exchange.seen.filter(({ url }) => url.includes('ws-auth')).map(({ method, body }) => `${method} ${body}`);

describe('private updates', () => {
  it('subscribe to three channels, then say connected, then tell orders, fills and lots', async () => {
    const seen = await start({});
    await seen.until((items) => kinds(items).includes('connected'));
    expect(exchange.commands.map(({ text }) => JSON.parse(text))).toEqual(
      ['executionEvents', 'orderEvents', 'positionEvents'].map((channel) => ({
        command: 'subscribe',
        channel,
      })),
    );
    expect(exchange.commands[0]?.path).toBe('/ws/private/v1/T1');
    for (const frame of [EXECUTION, POSITION, SUMMARY, '{"channel":"news"}', ORDER_CANCELED]) exchange.broadcast(frame);
    await seen.until((items) => kinds(items).length === 5);
    expect(kinds(seen.items)).toEqual(['connected', 'order', 'fill', 'position', 'order']);
    await seen.stop();
    expect(tokenCalls()).toEqual(['POST {}', 'DELETE {"token":"T1"}']);
    // Ending when asked is neither told nor warned of.
    expect(kinds(seen.items)).not.toContain('disconnected');
    expect(lines.filter(({ level }) => level === 'warn')).toEqual([]);
    expect(lines.some(({ fields }) => fields.kind === 'unknown_channel')).toBe(true);
  });

  it('say connected though the ping behind the last subscription was never answered', async () => {
    const seen = await start(
      {
        connection(socket) {
          const pong = socket.pong.bind(socket);
          let pings = 0;
          socket.pong = (data) => ++pings !== 3 && pong(data);
        },
      },
      { timings: { pingMs: 300 } },
    );
    await seen.until((items) => kinds(items).includes('connected'));
    expect(kinds(seen.items).at(-1)).toBe('connected');
  });

  it('reconnect with the extended token and say connected again', async () => {
    const seen = await start({
      connection(socket, _, count) {
        // The ping that follows the last command; its pong is out by then.
        let pings = 0;
        if (count === 1) socket.on('ping', () => ++pings === 3 && setTimeout(() => socket.terminate(), 20));
      },
    });
    await seen.until((items) => kinds(items).filter((kind) => kind === 'connected').length === 2);
    expect(kinds(seen.items)).toEqual(['connected', 'disconnected', 'connected']);
    expect(tokenCalls()).toEqual(['POST {}', 'PUT {"token":"T1"}']);
  });

  it('ask for a new token when the exchange forgot the old one, and open a new socket with it', async () => {
    let forgets = false;
    const issue = tokens();
    const seen = await start(
      {
        rest(request, response, raw) {
          if (request.method === 'PUT' && forgets) {
            forgets = false;
            failure(response, 'ERR-5106', 'Invalid request parameter.');
          } else issue(request, response, raw);
        },
      },
      { timings: { ...FAST, extendTokenMs: 300 } },
    );
    await seen.until((items) => kinds(items).includes('connected'));
    forgets = true;
    await seen.until((items) => kinds(items).filter((kind) => kind === 'connected').length === 2);
    expect(kinds(seen.items)).toEqual(['connected', 'disconnected', 'connected']);
    expect(tokenCalls().filter((call) => call === 'POST {}')).toHaveLength(2);
    expect(exchange.commands.at(-1)?.path).toBe('/ws/private/v1/T2');
  });

  it('try soon again to extend a token when that failed', async () => {
    let failures = 2;
    const issue = tokens();
    const seen = await start(
      {
        rest(request, response, raw) {
          if (request.method === 'PUT' && failures-- > 0) failure(response, 'ERR-554');
          else issue(request, response, raw);
        },
      },
      { timings: { ...FAST, extendTokenMs: 1_000, extendTokenAgainMs: 30 } },
    );
    await seen.until((items) => kinds(items).includes('connected'));
    await eventually(() => tokenCalls().length === 4);
    expect(tokenCalls()).toEqual(['POST {}', ...Array(3).fill('PUT {"token":"T1"}')]);
    expect(kinds(seen.items)).toEqual(['connected']);
  });

  it('tell the margin when it is another one: at first, after a lot changed, and when nothing else did', async () => {
    let status = 'NORMAL';
    let reads = 0;
    const issue = tokens();
    const seen = await start(
      {
        rest(request, response, raw) {
          if (request.method !== 'GET') return issue(request, response, raw);
          reads += 1;
          success(response, { ...MARGIN, marginCallStatus: status });
        },
      },
      { timings: { ...FAST, marginMs: 60_000 } },
    );
    const states = () => seen.items.flatMap((update) => (update.kind === 'margin' ? [update.margin.state] : []));
    await seen.until(() => states().length === 1);
    exchange.broadcast(POSITION);
    exchange.broadcast(POSITION);
    await eventually(() => reads === 2);
    status = 'MARGIN_CALL';
    exchange.broadcast(POSITION);
    await seen.until(() => states().length === 2);
    expect(states()).toEqual(['normal', 'call']);
    expect(reads).toBe(3);
  });

  it('subscribe again what ERR-5003 refused, and say connected after that', async () => {
    const seen = await start({ command: (socket, _, count) => count === 2 && socket.send(TOO_MANY) });
    await seen.until((items) => kinds(items).includes('connected'));
    const channels = exchange.commands.map(({ text }) => JSON.parse(text).channel);
    expect(channels.slice(0, 2)).toEqual(['executionEvents', 'orderEvents']);
    expect(channels.filter((channel) => channel === 'orderEvents')).toHaveLength(2);
    expect(new Set(channels).size).toBe(3);
  });

  it('go on without a channel the key may not read', async () => {
    const seen = await start({
      command: (socket, _, count) => count === 3 && socket.send('{"error":"ERR-5012 Invalid permissions for action"}'),
    });
    await seen.until((items) => kinds(items).includes('connected'));
    expect(lines.find(({ fields }) => fields.channel === 'positionEvents')?.level).toBe('error');
    exchange.broadcast(EXECUTION);
    await seen.until((items) => kinds(items).includes('fill'));
  });

  it('stop at once though the exchange is silent', async () => {
    const seen = await start({ rest: () => undefined });
    await eventually(() => exchange.seen.length === 1);
    const before = performance.now();
    await seen.stop();
    expect(performance.now() - before).toBeLessThan(5_000);
    expect(seen.error).toBeUndefined();
  });

  it('end with a clear error when the key is wrong', async () => {
    const seen = await start({ rest: (_, response) => failure(response, 'ERR-5010') });
    await seen.ended();
    expect(AlphaError.is(seen.error, 'EXCHANGE_AUTH')).toBe(true);
  });

  it('keep trying while the exchange is in maintenance', async () => {
    let calls = 0;
    const issue = tokens();
    const seen = await start({
      rest(request, response, raw) {
        if (++calls <= 3) failure(response, 'ERR-5201', 'MAINTENANCE. Please wait for a while', 503, 5);
        else issue(request, response, raw);
      },
    });
    await eventually(() => exchange.connections() === 1);
    await seen.until((items) => items.length > 0);
    expect(kinds(seen.items)).toEqual(['disconnected']);
  });
});
