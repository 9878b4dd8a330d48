import { WORKERS } from '../progress.js';
import type { Fault } from './fault.js';

/** `kill -9` of the engine that owns the brains: the other one takes over, and this one comes back as the standby. */
export const killEngine: Fault = {
  name: 'kill-engine',
  target: 'engine',
  recoveredWhen: ['strategy', 'execution'],
  strike: ({ owner }) => owner.kill(),
};

/** `kill -9` of the engine that waits. Nobody may notice. */
export const killStandby: Fault = {
  name: 'kill-standby',
  target: 'standby',
  recoveredWhen: ['strategy', 'execution'],
  strike: ({ standby }) => standby.kill(),
};

/** `kill -9` of the collector; its supervisor starts it again, and it reads from REST what it missed. */
export const killCollector: Fault = {
  name: 'kill-collector',
  target: 'collector',
  blinds: true,
  recoveredWhen: WORKERS,
  strike: (world) => world.process('collector').kill(),
};

/** `kill -9` of the archiver; its supervisor starts it again. */
export const killArchiver: Fault = {
  name: 'kill-archiver',
  target: 'archiver',
  recoveredWhen: ['archiver'],
  strike: (world) => world.process('archiver').kill(),
};
