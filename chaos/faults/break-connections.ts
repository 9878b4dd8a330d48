import { WORKERS, type Worker } from '../progress.js';
import type { World } from '../world.js';
import type { Fault } from './fault.js';

type Server = 'redis' | 'postgres';

const NEEDS: Readonly<Record<Server, readonly Worker[]>> = { redis: WORKERS, postgres: ['strategy', 'execution'] };
const relayOf = (world: World, server: Server) => (server === 'redis' ? world.redisRelay : world.postgresRelay);

/** Every connection to the server ends at once. */
const cut = (server: Server): Fault => ({
  name: `cut-${server}`,
  target: server,
  recoveredWhen: NEEDS[server],
  strike: async (world) => relayOf(world, server).cut(),
});

/** What is sent reaches nobody, and nobody is told; then the connections end. */
const silence = (server: Server): Fault => ({
  name: `silence-${server}`,
  target: server,
  lastsMs: [500, 4000],
  recoveredWhen: NEEDS[server],
  strike: async (world) => relayOf(world, server).silence(),
  heal: async (world) => relayOf(world, server).heal(),
});

/** The collector's connections to the exchange end, REST's too, and new ones are refused for a while. */
export const cutExchange: Fault = {
  name: 'cut-exchange',
  target: 'exchange',
  blinds: true,
  lastsMs: [100, 4000],
  recoveredWhen: WORKERS,
  strike: async ({ exchangeRelay }) => exchangeRelay.refuse(),
  heal: async ({ exchangeRelay }) => exchangeRelay.heal(),
};

export const cutRedis = cut('redis');
export const cutPostgres = cut('postgres');
export const silenceRedis = silence('redis');
export const silencePostgres = silence('postgres');
