import { Flags } from '@oclif/core';
import { ProcessCommand } from '../../alpha-command.js';
import { settingFlags } from '../../config/setting-flags.js';
import { stopSignal } from '../../output/stop-signal.js';

export default class SimGmo extends ProcessCommand {
  static override summary = 'Run a simulated GMO Coin on this machine, which plays a recorded tape.';
  static override description =
    'It speaks the public and the private protocol, on loopback unless told otherwise. Point REST_BASE_URL and WS_PUBLIC_URL at it, as its first log line says.';
  static override examples = [
    '<%= config.bin %> sim gmo',
    '<%= config.bin %> sim gmo --speed 10 --origin tape --hold 6',
    '<%= config.bin %> sim gmo --faults faults.yaml',
  ];
  static override flags = {
    host: Flags.string({
      description: 'Address to listen on; `0.0.0.0`, for a container, is every one of this machine.',
      default: '127.0.0.1',
    }),
    port: Flags.integer({ description: 'Port; 0 takes a free one.', default: 7070, min: 0, max: 65535 }),
    speed: Flags.string({ description: 'How many times faster than recorded the market runs.', default: '1' }),
    origin: Flags.string({
      description: 'Market time of the first record: `now`, `tape` (as recorded), or an ISO 8601 time.',
      default: 'now',
    }),
    hold: Flags.integer({
      description: 'Wait with the tape until this many public channels are subscribed (three per symbol).',
      default: 0,
      min: 0,
    }),
    rounds: Flags.integer({
      description: 'How often to play the tape, one round after the other.',
      default: 1,
      min: 1,
      exclusive: ['loop'],
    }),
    loop: Flags.boolean({ description: 'Begin again at the end of the tape, without end.' }),
    lockstep: Flags.boolean({
      description:
        'Market time goes on only when the collector and the engine have acted, so that a session equals its back-test.',
      exclusive: ['faults', 'speed'],
    }),
    tape: Flags.string({ description: 'Tape to play.', defaultHelp: 'the one that is shipped' }),
    faults: Flags.string({
      description: 'Script of faults to play, as YAML; docs/simulator.md has all of them.',
      helpValue: '<path>',
    }),
    'api-key': Flags.string({ description: 'API key of the simulated account.', default: 'demo-key' }),
    'api-secret': Flags.string({ description: 'Its secret.', default: 'demo-secret' }),
    balance: Flags.string({
      description: 'What the account holds, for example JPY=1000000,BTC=0.5.',
      default: 'JPY=1000000,BTC=0',
    }),
    ...settingFlags(['logLevel']),
  };

  async run() {
    const { flags } = await this.parse(SimGmo);
    const { config } = await this.settings(flags);
    const { readSimulation, simulateGmo } = await import('../../services/simulate.js');
    const simulation = await readSimulation(flags);
    const signal = stopSignal();
    const logger = await this.logger(config.logLevel);
    try {
      return await simulateGmo({ ...simulation, logger }, signal);
    } finally {
      logger.flush();
    }
  }
}
