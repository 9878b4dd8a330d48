import { Redis } from 'ioredis';
import { WebSocket } from 'ws';

const IN_FLIGHT = 4;
const APPEND = `local n = 0
for text in string.gmatch(ARGV[1], '[^\\n]+') do
  redis.call('XADD', KEYS[1], '*', 'e', text)
  n = n + 1
end
return n`;

/**
 * The least that has to be done by whoever reads JSON from a socket with `ws` and writes JSON to Redis with `ioredis`: parse each message, write
 * it again, and append what came together with one script. It checks nothing and keeps nothing. Ends when `signal` aborts.
 */
export function startBareLoop(options: { url: string; redisUrl: string; stream: string }, signal: AbortSignal): void {
  const { url, redisUrl, stream } = options;
  const client = new Redis(redisUrl);
  const socket = new WebSocket(url, { perMessageDeflate: false });
  const waiting: string[] = [];
  let lines: string[] = [];
  let flying = 0;
  const send = () => {
    for (; flying < IN_FLIGHT && waiting.length > 0; flying++) {
      void client.eval(APPEND, 1, stream, waiting.shift()!).then(() => {
        flying--;
        send();
      });
    }
  };
  socket.on('open', () => socket.send('{"command":"subscribe","channel":"trades","symbol":"BTC_JPY"}'));
  socket.on('message', (data: Buffer) => {
    if (lines.length === 0) {
      queueMicrotask(() => {
        waiting.push(lines.join('\n'));
        lines = [];
        send();
      });
    }
    lines.push(JSON.stringify(JSON.parse(data.toString())));
  });
  signal.addEventListener('abort', () => {
    socket.terminate();
    client.disconnect();
  });
}
