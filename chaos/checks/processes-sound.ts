import type { Accident } from '../supervised.js';
import { ENGINES } from '../world.js';
import { type Aftermath, type CheckResult, Problems } from './check.js';

/** What an owner ends with whom another replaced. */
const REPLACED = new Set(['OWNERSHIP_LOST', 'STORE_FENCED', 'BUS_FENCED', 'BUS_GROUP_TAKEN']);
/** What can cost an owner that lives its locks: it stands still, or its way to the database is gone. */
const REPLACING = new Set([
  ...['freeze-engine', 'freeze-owner-beyond-lock'],
  ...['kill-postgres', 'cut-postgres', 'silence-postgres', 'freeze-postgres'],
]);

/** No process ended but by our hand, and none said anything that nobody caught. */
export async function processesSound({ faults, world }: Aftermath): Promise<CheckResult> {
  const problems = new Problems();
  let starts = 0;
  let errors = 0;
  let replaced = 0;
  let refused = 0;
  for (const { name, accidents, uncaught, counts, starts: own } of world.processes) {
    starts += own;
    for (const accident of accidents) {
      const { code, error, signal } = accident;
      if (isReplacement(accident)) replaced++;
      else if (isRefusedStart(accident)) refused++;
      else problems.add(`${name} ended by itself with ${signal ?? code}${error === null ? '' : ` (${error})`}.`);
    }
    for (const line of uncaught) problems.add(`${name} wrote: ${line}`);
    for (const [message, count] of counts) if (message.startsWith('error ')) errors += count;
  }
  const explained = faults.filter(({ fault }) => REPLACING.has(fault)).length;
  problems.expect(
    replaced <= explained,
    () => `${replaced} owners were replaced; ${explained} faults can explain one each.`,
  );
  const away = faults.filter(({ fault }) => /redis|postgres/.test(fault)).length;
  problems.expect(refused <= away, () => `${refused} starts found a server away; ${away} faults can explain one each.`);
  return {
    check: 'no process ended by itself, no error uncaught',
    problems: problems.list,
    figures: `${starts} starts, ${replaced} owners replaced, ${refused} starts without a server, ${errors} lines at level error`,
  };
}

/** An owner that the standby replaced says so by its error, and comes back as the standby. */
function isReplacement({ name, code, error }: Accident): boolean {
  return code === 6 && REPLACED.has(error ?? '') && (ENGINES as readonly string[]).includes(name);
}

/** Started while a server was away: it says so, and whoever supervises it starts it again. One that works waits instead. */
function isRefusedStart({ code, error, starting }: Accident): boolean {
  return starting && code === 5 && (error === 'STORE_UNAVAILABLE' || error === 'BUS_UNAVAILABLE');
}
