import { connect, createServer, type Socket } from 'node:net';

export interface CuttingProxy {
  /** The address of the server, by way of the proxy. */
  readonly url: string;
  /** How often an answer to COMMIT was swallowed. */
  readonly cuts: number;
  /** From now on every n-th COMMIT reaches the server and its answer reaches nobody; 0 is never. */
  cutEvery(n: number): void;
  close(): Promise<void>;
}

const COMMIT = Buffer.from('COMMIT\0');

/** Stands between client and server and breaks the connection where it hurts most: after COMMIT, before the answer. */
export async function startCuttingProxy(serverUrl: string): Promise<CuttingProxy> {
  const target = new URL(serverUrl);
  const sockets = new Set<Socket>();
  let every = 0;
  let commits = 0;
  let cuts = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    let doomed = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (data) => {
      if (every > 0 && data.includes(COMMIT) && ++commits % every === 0) doomed = true;
      upstream.write(data);
    });
    upstream.on('data', (data) => {
      if (!doomed) {
        client.write(data);
        return;
      }
      cuts++;
      client.destroy();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = new URL(serverUrl);
  url.port = String((server.address() as { port: number }).port);
  return {
    url: url.href,
    get cuts() {
      return cuts;
    },
    cutEvery(n) {
      every = n;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}
