import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Starts the exchange of `exchange.ts` with its arguments, lends its port, and ends it. */
export async function withExchange(
  args: readonly (number | string)[],
  work: (port: number) => Promise<void>,
): Promise<void> {
  const script = fileURLToPath(new URL('./exchange.js', import.meta.url));
  const exchange = spawn(process.execPath, [script, ...args.map(String)], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [port] = await once(createInterface({ input: exchange.stdout }), 'line');
    await work(Number(port));
  } finally {
    exchange.kill();
  }
}
