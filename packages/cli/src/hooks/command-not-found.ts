import { AlphaError } from '@alpha-engine/core';
import { Errors, type Hook } from '@oclif/core';
import { printFailure } from '../output/failure.js';

/** A command that does not exist fails like any other wrong word on the command line. */
const commandNotFound: Hook<'command_not_found'> = async ({ id, argv = [], config }) => {
  const name = id.replaceAll(':', ' ');
  const message = `There is no command "${name}". \`${config.bin} --help\` lists those there are.`;
  const json = argv.includes('--json');
  const failure = printFailure(new AlphaError('USAGE', message, { context: { command: name } }), json, false);
  Errors.exit(failure.exit);
};

export default commandNotFound;
