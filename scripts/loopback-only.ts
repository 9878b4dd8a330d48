// Loaded before every test file: a test that reaches for a socket outside this machine fails with a clear sentence,
// instead of passing or failing with the weather. Market data for tests are recorded; exchanges are simulated.
import { Socket } from 'node:net';

const LOOPBACK = /^(localhost|127(\.\d+){3}|::1|::ffff:127(\.\d+){3})$/i;

/** The host a call of `connect` wants, or undefined when it is a local socket, whose calls name a path. */
function hostOf(args: unknown[]): string | undefined {
  // net.connect hands its arguments on as one normalised array; a plain call gives them one by one.
  const [target, host] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  if (typeof target === 'object' && target !== null) {
    const options = target as { path?: string; host?: string };
    return options.path === undefined ? (options.host ?? 'localhost') : undefined;
  }
  const isPath = typeof target === 'string' && Number.isNaN(Number(target));
  return isPath ? undefined : typeof host === 'string' ? host : 'localhost';
}

const connect = Socket.prototype.connect as (...args: unknown[]) => Socket;
Socket.prototype.connect = function guarded(this: Socket, ...args: unknown[]): Socket {
  const host = hostOf(args);
  if (host !== undefined && !LOOPBACK.test(host)) {
    throw new Error(
      `A test tried to reach ${host}. Tests may use loopback addresses only; record or simulate the rest.`,
    );
  }
  return connect.apply(this, args);
} as Socket['connect'];
