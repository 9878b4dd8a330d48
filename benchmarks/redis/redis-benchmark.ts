import { execFile } from 'node:child_process';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Requests a second that Redis's own `redis-benchmark` makes of a command, on one connection. */
export async function redisBenchmark(
  port: number,
  options: { readonly pipeline: number; readonly requests: number; readonly command: readonly string[] },
): Promise<number> {
  const server = process.env.REDIS_SERVER_BIN ?? 'redis-server';
  const program = basename(server) === server ? 'redis-benchmark' : join(dirname(server), 'redis-benchmark');
  const { pipeline, requests, command } = options;
  const { stdout } = await run(program, [
    ...['-p', String(port), '-c', '1', '-P', String(pipeline), '-n', String(requests), '--csv'],
    ...command,
  ]);
  const figure = Number(/"[^"]*"\s*,"([\d.]+)"/.exec(stdout.trim().split('\n').at(-1) ?? '')?.[1]);
  if (!Number.isFinite(figure)) throw new Error(`redis-benchmark said: ${stdout}`);
  return figure;
}
