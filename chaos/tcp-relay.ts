import { connect, createServer, type Socket } from 'node:net';

/** Stands before a server on loopback, so that what is between it and its clients can break. */
export interface TcpRelay {
  readonly port: number;
  /** Ends every connection; new ones work. */
  cut(): void;
  /** From now on nothing passes, either way, on old and new connections; nobody is told. */
  silence(): void;
  /** Ends every connection, and every new one at once. */
  refuse(): void;
  /** Ends the silent connections; new ones work. */
  heal(): void;
  close(): Promise<void>;
}

export async function startTcpRelay(target: number): Promise<TcpRelay> {
  const sockets = new Set<Socket>();
  let silent = false;
  let refusing = false;
  const server = createServer((client) => {
    if (refusing) {
      client.destroy();
      return;
    }
    const upstream = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      from.on('error', () => {});
      from.on('data', (data) => {
        if (!silent && !to.write(data)) from.pause();
      });
      to.on('drain', () => from.resume());
      from.on('close', () => {
        sockets.delete(from);
        if (!silent) to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as { port: number }).port,
    cut,
    silence: () => {
      silent = true;
    },
    refuse: () => {
      refusing = true;
      cut();
    },
    heal: () => {
      silent = false;
      refusing = false;
      cut();
    },
    close: async () => {
      silent = false;
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
