import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const MOST_BODY_BYTES = 65_536;

export function sendJson(response: ServerResponse, http: number, body: unknown): void {
  response.writeHead(http, { 'content-type': 'application/json', 'cache-control': 'no-cache, no-store' });
  response.end(JSON.stringify(body));
}

export function sendText(response: ServerResponse, http: number, text: string): void {
  response.writeHead(http, { 'content-type': 'text/html' });
  response.end(text);
}

/** A file or a status; `range` is the header of a client that has its beginning. */
export function sendFile(response: ServerResponse, file: Buffer | number, range: string | undefined): void {
  if (typeof file === 'number') {
    sendText(response, file, '<html><body>Not here</body></html>');
    return;
  }
  const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
  if (from >= file.length) {
    response.writeHead(416, { 'content-range': `bytes */${file.length}` }).end();
    return;
  }
  response.writeHead(from === 0 ? 200 : 206, {
    'content-type': 'application/gzip',
    'content-length': file.length - from,
    ...(from > 0 && { 'content-range': `bytes ${from}-${file.length - 1}/${file.length}` }),
  });
  response.end(file.subarray(from));
}

/** Null when it is too long or the client went away. */
export async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request) {
      bytes += (chunk as Buffer).length;
      if (bytes > MOST_BODY_BYTES) return null;
      chunks.push(chunk as Buffer);
    }
  } catch {
    return null;
  }
  return Buffer.concat(chunks).toString('utf8');
}

export function refuseUpgrade(socket: Socket, status: number): void {
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

export function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

export function ipOf(request: IncomingMessage): string {
  return request.socket.remoteAddress ?? 'unknown';
}

/** Path and query; what cannot be parsed is a path that does not exist. */
export function urlOf(request: IncomingMessage): URL {
  const base = 'http://simulator';
  return URL.canParse(request.url ?? '/', base) ? new URL(request.url ?? '/', base) : new URL('/invalid', base);
}
