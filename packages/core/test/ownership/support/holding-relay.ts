import { connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface HoldingRelay {
  /** The same server, by way of the relay. */
  readonly url: string;
  /**
   * The next message to the server with this text in it arrives there; its answer, and all that follows it on the connection,
   * is kept back until `release`. Resolves when the answer is here.
   */
  hold(text: string): Promise<void>;
  release(): void;
}

/** Stands between one process and a server, and stops the process where it waits for one certain answer. Ends with the test. */
export async function startHoldingRelay(serverUrl: string): Promise<HoldingRelay> {
  const target = new URL(serverUrl);
  const sockets = new Set<Socket>();
  const kept: Buffer[] = [];
  let wanted: { readonly text: string; readonly here: () => void } | undefined;
  let holding: Socket | undefined;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.setNoDelay(true);
      one.on('error', () => {});
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    client.on('data', (data) => {
      if (wanted !== undefined && holding === undefined && data.includes(wanted.text)) holding = client;
      upstream.write(data);
    });
    upstream.on('data', (data) => {
      if (client !== holding) {
        client.write(data);
        return;
      }
      kept.push(data);
      wanted?.here();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const url = new URL(serverUrl);
  url.port = String((server.address() as { port: number }).port);
  return {
    url: url.href,
    hold: (text) =>
      new Promise((here) => {
        wanted = { text, here };
      }),
    release: () => {
      for (const data of kept.splice(0)) holding?.write(data);
      wanted = undefined;
      holding = undefined;
    },
  };
}
