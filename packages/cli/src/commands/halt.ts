import { CONTROL_FLAGS, ControlCommand } from '../control-command.js';

export default class Halt extends ControlCommand {
  static override summary = 'Stop trading: only what protects leaves, and working openings are canceled.';
  static override description =
    'Waits until the running engine has taken it and prints the new state. What is open stays open; `alpha flatten` closes it.';
  static override examples = [
    '<%= config.bin %> halt',
    '<%= config.bin %> halt --symbol BTC_JPY --reason "Looks wrong."',
  ];
  static override flags = CONTROL_FLAGS;

  async run() {
    const { flags } = await this.parse(Halt);
    return this.give('halt', flags);
  }
}
