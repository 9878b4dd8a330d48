import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { expect, it } from 'vitest';

it('refuses a socket that leaves this machine, whichever client asks', async () => {
  expect(() => connect({ host: '192.0.2.1', port: 80 })).toThrow(/loopback addresses only/);
  expect(() => connect(80, 'exchange.invalid')).toThrow(/loopback addresses only/);
  const failure = await fetch('http://exchange.invalid/').catch((error: Error) => error);
  expect(String((failure as Error).cause)).toMatch(/loopback addresses only/);
});

it('lets loopback sockets through', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const socket = connect({ host: '127.0.0.1', port });
  await once(socket, 'connect');
  socket.destroy();
  server.close();
});
