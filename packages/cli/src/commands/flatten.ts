import { Flags } from '@oclif/core';
import { CONTROL_FLAGS, ControlCommand } from '../control-command.js';

export default class Flatten extends ControlCommand {
  static override summary = 'Halt, cancel every order and close every position of ours at the market.';
  static override description =
    'Done by the running engine; waits until nothing is open any more and prints what was closed. Trading stays halted until `alpha resume`.';
  static override examples = ['<%= config.bin %> flatten --yes', '<%= config.bin %> flatten --symbol BTC_JPY --yes'];
  static override flags = {
    ...CONTROL_FLAGS,
    timeout: Flags.integer({ description: 'Seconds to wait for the engine.', min: 1, default: 120 }),
    yes: Flags.boolean({ description: 'Really: this moves money.', required: true }),
  };

  async run() {
    const { flags } = await this.parse(Flatten);
    return this.give('flatten', flags);
  }
}
