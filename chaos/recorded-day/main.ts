import { readOptions, USAGE } from './options.js';
import { dayReportText } from './report.js';
import { runRecordedDay } from './run-recorded-day.js';

/** The command: progress to stderr, the report to stdout; status 0 only when everything holds. */
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => stop.abort(new Error('It was stopped.')));
}
try {
  const options = readOptions(process.argv.slice(2));
  const report = await runRecordedDay(options, (line) => console.error(line), stop.signal);
  console.log(options.json ? JSON.stringify(report, null, 2) : dayReportText(report));
  process.exitCode = report.holds ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  if (!stop.signal.aborted) console.error(USAGE);
  process.exitCode = 1;
}
