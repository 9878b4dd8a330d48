// The other process of the benchmarks of receiving and collecting: an exchange with one symbol that answers every subscription with
// market data. Arguments: how many events; how many a second, 0 for as fast as the socket takes them, in frames made
// beforehand and written many at once, so that it is the receiver that is measured; `trade` (default), `ticker` or `orderbook`. A
// paced trade carries when it was sent, epoch microseconds, as its price. Prints its port.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { makeFrames } from '../normalise/frames.js';
import { type Kind, makeFrame } from '../scaling/kinds.js';

const SYMBOL = {
  symbol: 'BTC_JPY',
  minOrderSize: '0.001',
  maxOrderSize: '5',
  sizeStep: '0.001',
  tickSize: '1',
  takerFee: '0',
  makerFee: '0',
};

const [count = 0, rate = 0] = process.argv.slice(2, 4).map(Number);
const make = makeFrame[(process.argv[4] ?? 'trade') as Kind];
const frames = makeFrames(make);
const chunk = Buffer.concat(frames.map(webSocketFrame));

const ANSWERS: Readonly<Record<string, unknown>> = {
  '/v1/symbols': [SYMBOL],
  '/v1/status': { status: 'OPEN' },
  '/v1/trades': { pagination: { currentPage: 1, count: 0 }, list: [] },
};

const server = createServer((request, response) => {
  const path = request.url?.split('?')[0]?.replace('/public', '') ?? '';
  const data = ANSWERS[path];
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ status: 0, data, responsetime: new Date().toISOString() }));
});
const sockets = new WebSocketServer({ noServer: true });
server.on('upgrade', (request, stream, head) => {
  sockets.handleUpgrade(request, stream, head, (socket) => {
    socket.once('message', () => {
      if (rate > 0) pace(stream);
      else send(stream, Math.ceil(count / frames.length));
    });
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));

function send(stream: Duplex, left: number): void {
  for (let rest = left; rest > 0; rest--) {
    if (!stream.write(chunk)) {
      stream.once('drain', () => send(stream, rest - 1));
      return;
    }
  }
}

/** What is due each millisecond. */
function pace(stream: Duplex): void {
  const start = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = Math.min(count, Math.floor(((performance.now() - start) / 1000) * rate));
    const price = String(Math.round((performance.timeOrigin + performance.now()) * 1000));
    for (; sent < due; sent++) {
      const frame = make(sent, Date.now());
      stream.write(webSocketFrame(Buffer.from(JSON.stringify('price' in frame ? { ...frame, price } : frame))));
    }
    if (sent === count || stream.destroyed) clearInterval(timer);
  }, 1);
}

/** A text frame of a server (RFC 6455, 5.2): not masked, whole, its length in one byte or in two after a 126. */
function webSocketFrame(payload: Buffer): Buffer {
  const { length } = payload;
  const header = length < 126 ? [0x81, length] : [0x81, 126, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(header), payload]);
}
