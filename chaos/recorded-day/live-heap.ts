import { once } from 'node:events';
import WebSocket from 'ws';

/** The heap that is in use after a collection this asks for, of a process that runs with `--inspect=127.0.0.1:<port>`. */
export async function liveHeapBytes(port: number): Promise<number> {
  const [target] = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
    webSocketDebuggerUrl: string;
  }[];
  const socket = new WebSocket(target!.webSocketDebuggerUrl);
  try {
    await once(socket, 'open');
    await ask(socket, 1, 'HeapProfiler.collectGarbage');
    const { usedSize } = (await ask(socket, 2, 'Runtime.getHeapUsage')) as { usedSize: number };
    return usedSize;
  } finally {
    // Node waits at its end for an inspector that is still there.
    socket.terminate();
  }
}

/** https://chromedevtools.github.io/devtools-protocol: requests and answers are JSON objects with the same id. */
function ask(socket: WebSocket, id: number, method: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    socket.on('message', (data) => {
      const answer = JSON.parse(String(data)) as { id?: number; result?: unknown };
      if (answer.id === id) resolve(answer.result);
    });
    socket.on('close', () => reject(new Error('The process ended while it was inspected.')));
    socket.send(JSON.stringify({ id, method }));
  });
}
