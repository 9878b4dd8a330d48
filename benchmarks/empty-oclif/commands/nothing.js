import { Command } from '@oclif/core';

export default class Nothing extends Command {
  static description = 'Does nothing.';

  async run() {
    await this.parse(Nothing);
  }
}
