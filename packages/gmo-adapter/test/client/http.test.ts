import { createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpClient, HttpFailure } from '../../src/client/http.js';
import { type Answering, startHttpServer, type TestServer } from '../support/http-server.js';

const http = new HttpClient();
let server: TestServer;

const start = async (answer: Answering) => {
  server = await startHttpServer(answer);
};
afterEach(() => server.close());

const failureOf = async (promise: Promise<unknown>): Promise<HttpFailure> => {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(HttpFailure);
  return error as HttpFailure;
};

describe('HttpClient', () => {
  it('gives status and body, whatever they are', async () => {
    await start((_, response) => void response.writeHead(404).end('日本語'));
    const request = {
      method: 'POST',
      url: `${server.url}/x?y=1`,
      headers: { a: 'b' },
      body: '{"ü":1}',
      timeoutMs: 5_000,
    };
    expect(await http.send(request)).toEqual({ status: 404, body: '日本語' });
    expect(server.seen[0]).toMatchObject({ method: 'POST', url: '/x?y=1', body: '{"ü":1}', headers: { a: 'b' } });
  });

  it('times out on silence, before and inside the answer', async () => {
    await start((request, response) => {
      if (request.url === '/half') response.writeHead(200).write('{');
    });
    expect(await failureOf(http.send({ method: 'GET', url: `${server.url}/none`, timeoutMs: 50 }))).toMatchObject({
      kind: 'timeout',
      started: false,
    });
    expect(await failureOf(http.send({ method: 'GET', url: `${server.url}/half`, timeoutMs: 50 }))).toMatchObject({
      kind: 'timeout',
      started: true,
    });
  });

  it('gives up when it is asked to, before or meanwhile', async () => {
    await start(() => undefined);
    const abort = new AbortController();
    const sent = failureOf(http.send({ method: 'GET', url: server.url, timeoutMs: 5_000, signal: abort.signal }));
    abort.abort();
    expect(await sent).toMatchObject({ kind: 'connection', message: 'It was asked to stop.' });
    const late = http.send({ method: 'GET', url: server.url, timeoutMs: 5_000, signal: abort.signal });
    expect(await failureOf(late)).toMatchObject({ kind: 'connection' });
  });

  it('tells a cut answer from none', async () => {
    await start((request, response, raw) => {
      if (request.url === '/cut')
        response.writeHead(200, { 'content-length': '100' }).write('{"sta', () => raw.socket.destroy());
      else raw.socket.destroy();
    });
    const cut = await failureOf(http.send({ method: 'GET', url: `${server.url}/cut`, timeoutMs: 5_000 }));
    expect(cut).toMatchObject({ kind: 'connection', started: true });
    const none = await failureOf(http.send({ method: 'GET', url: `${server.url}/none`, timeoutMs: 5_000 }));
    expect(none).toMatchObject({ kind: 'connection', started: false });
  });

  it('reports a refused connection', async () => {
    await start(() => undefined);
    await server.close();
    expect(await failureOf(http.send({ method: 'GET', url: server.url, timeoutMs: 5_000 }))).toMatchObject({
      kind: 'connection',
    });
  });

  it.each([421, 307, 308, 503])('sends a write once though the answer is %i', async (status) => {
    await start((_, response) => void response.writeHead(status, { location: '/again', 'retry-after': '0' }).end());
    const answer = await http.send({ method: 'POST', url: `${server.url}/v1/order`, body: '{}', timeoutMs: 5_000 });
    expect(answer.status).toBe(status);
    expect(server.seen).toHaveLength(1);
  });

  it('gives each write a connection of its own, so that a stale one cannot eat it', async () => {
    let connections = 0;
    let requests = 0;
    const sockets = new Set<Socket>();
    // Answers the first request of a connection, cuts it at the second: a pool whose idle connection is just being closed.
    const tcp = createTcpServer((socket) => {
      connections++;
      sockets.add(socket);
      let first = true;
      socket.on('error', () => undefined);
      socket.on('data', () => {
        requests++;
        if (!first) return void socket.destroy();
        first = false;
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\n{}');
      });
    });
    await new Promise<void>((resolve) => void tcp.listen(0, '127.0.0.1', resolve));
    await start(() => undefined);
    const url = `http://127.0.0.1:${(tcp.address() as { port: number }).port}`;
    try {
      for (let i = 0; i < 3; i++) {
        expect(await http.send({ method: 'POST', url, timeoutMs: 5_000 })).toEqual({ status: 200, body: '{}' });
      }
      expect([connections, requests]).toEqual([3, 3]);
      await http.send({ method: 'GET', url, timeoutMs: 5_000 });
      // Reads share connections, so this one is cut; it is not repeated at this layer either.
      expect(await failureOf(http.send({ method: 'GET', url, timeoutMs: 5_000 }))).toMatchObject({
        kind: 'connection',
        started: false,
      });
      expect([connections, requests]).toEqual([4, 5]);
    } finally {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => void tcp.close(resolve));
    }
  });
});
