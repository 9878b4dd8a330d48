// The other process of the benchmarks of receiving and collecting: an exchange with one symbol that answers every subscription with
// trades. Arguments: how many, and how many a second; without the second as fast as the socket takes them, in frames made
// beforehand and written many at once, so that it is the receiver that is measured. A paced trade carries when it was sent,
// epoch microseconds, as its price. Prints its port.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { gmoTrade, makeFrames } from '../normalise/frames.js';

const SYMBOL = {
  symbol: 'BTC_JPY',
  minOrderSize: '0.001',
  maxOrderSize: '5',
  sizeStep: '0.001',
  tickSize: '1',
  takerFee: '0',
  makerFee: '0',
};

const [count = 0, rate = 0] = process.argv.slice(2).map(Number);
const frames = makeFrames(gmoTrade);
const chunk = Buffer.concat(frames.map(webSocketFrame));

const server = createServer((_, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ status: 0, data: [SYMBOL], responsetime: '2026-09-23T03:11:02.317Z' }));
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
    const nowUs = Math.round((performance.timeOrigin + performance.now()) * 1000);
    const trades = Array.from({ length: due - sent }, (_, n) => ({
      ...gmoTrade(sent + n, Date.now()),
      price: String(nowUs),
    }));
    stream.write(Buffer.concat(trades.map((trade) => webSocketFrame(Buffer.from(JSON.stringify(trade))))));
    sent = due;
    if (sent === count || stream.destroyed) clearInterval(timer);
  }, 1);
}

/** A text frame of a server (RFC 6455, 5.2): not masked, whole, its length in one byte or in two after a 126. */
function webSocketFrame(payload: Buffer): Buffer {
  const { length } = payload;
  const header = length < 126 ? [0x81, length] : [0x81, 126, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(header), payload]);
}
