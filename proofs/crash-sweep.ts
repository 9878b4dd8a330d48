import { killProcesses } from './crash-sweep/kill-processes.js';
import { readOptions, USAGE } from './crash-sweep/options.js';
import { processesText, reportText } from './crash-sweep/report.js';
import { runNamed } from './crash-sweep/run-name.js';
import { runOne } from './crash-sweep/run-one.js';
import { runSweep } from './crash-sweep/run-sweep.js';

/** The command: progress to stderr, the report to stdout; status 0 only when everything holds. */
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => stop.abort(new Error('It was stopped.')));
}
try {
  const options = readOptions(process.argv.slice(2));
  if (options.only === null) {
    const tell = (line: string) => console.error(line);
    const swept = await runSweep(options, tell, stop.signal);
    const processes =
      options.processes === 0 ? null : await killProcesses(options.processes, options.seed, tell, stop.signal);
    const text = [reportText(swept), ...(processes === null ? [] : ['', processesText(processes)])].join('\n');
    console.log(options.json ? JSON.stringify({ ...swept, processes }, null, 2) : text);
    const failed = swept.failures.length + (processes?.runs ?? []).filter(({ problems }) => problems.length > 0).length;
    process.exitCode = failed === 0 ? 0 : 1;
  } else {
    const run = runNamed(options.only);
    const { lives, points, problems } = await runOne(options.seed, run);
    for (const [index, point] of points.entries()) console.error(`${index + 1} ${point}`);
    const ends = problems.length === 0 ? 'holds' : problems.join(' ');
    console.log(`seed ${options.seed}, ${options.only}: ${points.length} points, ${lives} lives: ${ends}`);
    process.exitCode = problems.length === 0 ? 0 : 1;
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  if (!stop.signal.aborted) console.error(USAGE);
  process.exitCode = 1;
}
