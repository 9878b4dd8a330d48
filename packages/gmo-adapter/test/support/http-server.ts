import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface TestServer {
  readonly url: string;
  readonly seen: readonly SeenRequest[];
  readonly server: ReturnType<typeof createServer>;
  close(): Promise<void>;
}

export type Answering = (request: SeenRequest, response: ServerResponse, raw: IncomingMessage) => void;

/** A real HTTP server on loopback that answers as the test says. */
export async function startHttpServer(answer: Answering): Promise<TestServer> {
  const seen: SeenRequest[] = [];
  const server = createServer(async (raw, response) => {
    let body = '';
    for await (const chunk of raw) body += String(chunk);
    const request = { method: raw.method ?? '', url: raw.url ?? '', headers: raw.headers, body };
    seen.push(request);
    answer(request, response, raw);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    server,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

export function success(response: ServerResponse, data?: unknown): void {
  json(response, { status: 0, ...(data === undefined ? {} : { data }), responsetime: '2026-09-23T03:11:02.317Z' });
}

export function failure(response: ServerResponse, code: string, text = '', httpStatus = 200, status = 1): void {
  json(response, { status, messages: [{ message_code: code, message_string: text }] }, httpStatus);
}
