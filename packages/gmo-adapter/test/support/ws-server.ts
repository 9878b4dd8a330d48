import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Answering, startHttpServer, type TestServer } from './http-server.js';

export interface SocketCommand {
  readonly at: number;
  readonly path: string;
  readonly text: string;
}

export interface TestExchange extends TestServer {
  readonly sockets: ReadonlySet<WebSocket>;
  /** All commands of all sockets, with the time of arrival. */
  readonly commands: readonly SocketCommand[];
  /** How many handshakes were accepted. */
  connections(): number;
  broadcast(frame: string): void;
}

export interface Exchange {
  readonly rest: Answering;
  readonly command?: (socket: WebSocket, text: string, count: number) => void;
  readonly connection?: (socket: WebSocket, path: string, count: number) => void;
  /** An HTTP status to answer the handshake with instead, or no answer at all. */
  readonly handshake?: (path: string, count: number) => number | 'silence' | null;
}

/** REST and WebSocket on one port of loopback, as the exchange has them on one host. */
export async function startExchange(exchange: Exchange): Promise<TestExchange> {
  const http = await startHttpServer(exchange.rest);
  const wss = new WebSocketServer({ noServer: true });
  const commands: SocketCommand[] = [];
  const silent: Duplex[] = [];
  let connections = 0;
  let handshakes = 0;
  http.server.on('upgrade', (request, socket, head) => {
    const path = request.url ?? '';
    const status = exchange.handshake?.(path, ++handshakes) ?? null;
    if (status === 'silence') {
      silent.push(socket);
      return;
    }
    if (status !== null) {
      socket.end(`HTTP/1.1 ${status} No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    wss.handleUpgrade(request, socket, head, (ws) => {
      connections++;
      ws.on('message', (data) => {
        commands.push({ at: performance.now(), path, text: String(data) });
        exchange.command?.(ws, String(data), commands.length);
      });
      exchange.connection?.(ws, path, connections);
    });
  });
  return {
    url: http.url,
    seen: http.seen,
    server: http.server,
    sockets: wss.clients,
    commands,
    connections: () => connections,
    broadcast(frame) {
      for (const socket of wss.clients) socket.send(frame);
    },
    async close() {
      for (const socket of wss.clients) socket.terminate();
      for (const socket of silent) socket.destroy();
      wss.close();
      await http.close();
    },
  };
}
