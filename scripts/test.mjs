// npm test [-- vitest arguments] and npm run test:long: installs when needed, builds the JavaScript that integration
// tests start as processes, runs vitest, and ends with one line that a machine can read: "N passed, N failed".
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { transpileFolder } from './transpile-folder.mjs';
import { binary, buildPackages, installWhenNeeded, root, run } from './workspace.mjs';

const args = process.argv.slice(2);
const long = args.includes('--long');
const report = join(root, 'temp', long ? 'vitest-long.json' : 'vitest.json');

await installWhenNeeded();
await buildPackages();
await transpileFolder(join(root, 'proofs'), join(root, 'proofs/dist'));

mkdirSync(join(root, 'temp'), { recursive: true });
rmSync(report, { force: true });
const { status } = await run(
  binary('vitest'),
  [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...(long ? ['--passWithNoTests'] : []),
    ...args.filter((arg) => arg !== '--long'),
  ],
  { env: long ? { ALPHA_LONG: '1' } : {} },
);

const { passed, failed } = count(report, status);
if (long && passed + failed === 0) console.log('There are no long tests yet.');
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : status;

/** A file that did not load, and a run that ended badly with every test green, count as one failure each. */
function count(file, exitStatus) {
  let result;
  try {
    result = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: exitStatus === 0 ? 0 : 1 };
  }
  const unloaded = result.testResults.filter(
    (suite) => suite.status === 'failed' && !suite.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const failures = result.numFailedTests + unloaded;
  return { passed: result.numPassedTests, failed: failures === 0 && exitStatus !== 0 ? 1 : failures };
}
