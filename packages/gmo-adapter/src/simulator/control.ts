import { AlphaError } from '@alpha-engine/core';
import type { GmoSimulator } from './options.js';

export interface ControlReply {
  readonly http: number;
  readonly body: unknown;
}

/** `/sim/...`: what no exchange has. Null for another path. */
export function control(simulator: GmoSimulator, method: string, path: string, body: string): ControlReply | null {
  if (method === 'GET' && path === '/sim/clock') return { http: 200, body: simulator.clock() };
  if (method === 'GET' && path === '/sim/stats') return { http: 200, body: simulator.stats() };
  if (method === 'POST' && path === '/sim/faults') return inject(simulator, body);
  const number = /^\/sim\/faults(?:\/(\d+))?$/.exec(path);
  if (method !== 'DELETE' || number === null) return null;
  simulator.endFaults(number[1] === undefined ? undefined : Number(number[1]));
  return { http: 200, body: {} };
}

function inject(simulator: GmoSimulator, body: string): ControlReply {
  try {
    return { http: 200, body: { fault: simulator.injectFault(JSON.parse(body)) } };
  } catch (error) {
    if (AlphaError.is(error, 'FAULTS_INVALID')) return { http: 400, body: { problems: error.context.problems } };
    if (error instanceof SyntaxError)
      return { http: 400, body: { problems: [`The body is not JSON: ${error.message}`] } };
    throw error;
  }
}
