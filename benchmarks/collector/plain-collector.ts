import { mapMarketMessage } from '@alpha-engine/gmo-adapter';
import { Redis } from 'ioredis';
import { WebSocket } from 'ws';

/**
 * The collector everybody writes first: each message is parsed, normalised and sent as one XADD, and nobody waits for the answer. It keeps no
 * numbers, tells no gap, and what fails is lost. It parses and writes with `JSON`; our checks of a message are its own too. Ends when `signal` aborts.
 */
export function startPlainCollector(
  options: { url: string; redisUrl: string; stream: string },
  signal: AbortSignal,
): void {
  const { url, redisUrl, stream } = options;
  const client = new Redis(redisUrl);
  const socket = new WebSocket(url, { perMessageDeflate: false });
  socket.on('open', () => socket.send('{"command":"subscribe","channel":"trades","symbol":"BTC_JPY"}'));
  socket.on('message', (data: Buffer) => {
    const event = mapMarketMessage(JSON.parse(data.toString()), Date.now());
    if (event.type !== 'trade') throw new Error(`This is no trade: ${data}`);
    void client.xadd(stream, '*', 'e', JSON.stringify(event));
  });
  signal.addEventListener('abort', () => {
    socket.terminate();
    client.disconnect();
  });
}
