import { ENGINES } from '../world.js';
import { type Aftermath, type CheckResult, Problems } from './check.js';

/** No process ended but by our hand, and none said anything that nobody caught. */
export async function processesSound({ world }: Aftermath): Promise<CheckResult> {
  const problems = new Problems();
  let starts = 0;
  let errors = 0;
  let replaced = 0;
  for (const { name, accidents, uncaught, counts, starts: own } of world.processes) {
    starts += own;
    for (const { code, signal } of accidents) {
      if (isReplacement(name, code)) replaced++;
      else problems.add(`${name} ended by itself with ${signal ?? code}.`);
    }
    for (const line of uncaught) problems.add(`${name} wrote: ${line}`);
    for (const [message, count] of counts) if (message.startsWith('error ')) errors += count;
  }
  return {
    check: 'no process ended by itself, no error uncaught',
    problems: problems.list,
    figures: `${starts} starts, ${replaced} owners replaced, ${errors} lines at level error`,
  };
}

/** An owner that the standby replaced says so by its exit status, and comes back as the standby. */
function isReplacement(name: string, code: number | null): boolean {
  return code === 6 && (ENGINES as readonly string[]).includes(name);
}
