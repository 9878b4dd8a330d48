import { CONTROL_FLAGS, ControlCommand } from '../control-command.js';

export default class Resume extends ControlCommand {
  static override summary = 'Trade again: lift what an operator said and every halt that does not end by itself.';
  static override description =
    'Waits until the running engine has taken it and prints the new state. Voids an order in doubt that could not be resolved: look at the order list of the exchange first.';
  static override examples = [
    '<%= config.bin %> resume',
    '<%= config.bin %> resume --symbol BTC_JPY --reason "Checked by hand."',
  ];
  static override flags = CONTROL_FLAGS;

  async run() {
    const { flags } = await this.parse(Resume);
    return this.give('resume', flags);
  }
}
