import { once } from 'node:events';
import { AlphaError, type ExchangeContext, type LockstepMember } from '@alpha-engine/core';
import { WebSocket } from 'ws';
import { resolveEndpoints } from '../client/endpoints.js';
import { lockstepTurn } from '../schema/lockstep-turn.js';

/** Takes part in a simulator's lockstep until `signal` aborts. Throws `EXCHANGE_UNREACHABLE` when it cannot be reached. */
export async function joinLockstep(
  { endpoints, logger }: ExchangeContext,
  member: LockstepMember,
  signal: AbortSignal,
): Promise<void> {
  const { simulatorClockUrl } = resolveEndpoints(endpoints);
  const base = (simulatorClockUrl ?? '').replace(/^http/, 'ws').replace(/clock$/, 'lockstep');
  const socket = new WebSocket(`${base}?role=${member.role}`);
  socket.on('message', (data) => void answer(String(data)));
  socket.on('close', () => {
    if (!signal.aborted)
      logger.error({}, 'The simulator in lockstep is gone; for this process the market stands still.');
  });
  // Whoever leaves with a closing frame is not waited for; whoever is killed is.
  signal.addEventListener('abort', () => socket.close(1000), { once: true });
  try {
    await once(socket, 'open', { signal });
  } catch (cause) {
    signal.throwIfAborted();
    throw new AlphaError('EXCHANGE_UNREACHABLE', `The lockstep of the simulator at ${base} cannot be joined.`, {
      cause,
    });
  }
  socket.on('error', (error) => logger.warn({ error: String(error) }, 'The lockstep of the simulator had trouble.'));

  async function answer(text: string): Promise<void> {
    const { turn, ...asked } = lockstepTurn.parse(JSON.parse(text));
    const worked = await member.act(asked);
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify({ turn, worked }));
  }
}
