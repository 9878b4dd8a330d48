import { CONTROL_FLAGS, ControlCommand } from '../control-command.js';

export default class Reduce extends ControlCommand {
  static override summary = 'Let only orders leave that make positions smaller; working openings stay.';
  static override description = 'Waits until the running engine has taken it and prints the new state. Ends a `halt`.';
  static override examples = [
    '<%= config.bin %> reduce',
    '<%= config.bin %> reduce --symbol BTC_JPY --reason "Before the announcement."',
  ];
  static override flags = CONTROL_FLAGS;

  async run() {
    const { flags } = await this.parse(Reduce);
    return this.give('reduce', flags);
  }
}
