// Compares the public surface of every entry point with packages/*/etc/*.api.md, and fails when they differ: a change
// of the surface is then a change a reviewer sees. With --update (pnpm api:update) it writes the reports instead.
// Reads the declarations that `build` wrote.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';
import { packageFolders } from './workspace.mjs';

const update = process.argv.includes('--update');
let failed = false;

for (const folder of packageFolders) {
  const etc = join(folder, 'etc');
  mkdirSync(etc, { recursive: true });
  const written = new Set();
  for (const [subpath, { types }] of entryPoints(folder)) {
    const name = [basename(folder), ...subpath.split('/').slice(1)].join('-');
    written.add(`${name}.api.md`);
    if (!existsSync(join(folder, types))) fail(`${join(folder, types)} is missing: run pnpm build first.`);
    else report(folder, etc, name, join(folder, types));
  }
  for (const file of readdirSync(etc).filter((name) => !written.has(name))) {
    if (update) rmSync(join(etc, file), { recursive: true });
    else fail(`${basename(folder)}/etc/${file} belongs to no entry point. Run pnpm api:update.`);
  }
}
if (failed) process.exitCode = 1;

function entryPoints(folder) {
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return Object.entries(exports).filter(([, target]) => typeof target === 'object' && target.types);
}

function report(folder, etc, name, entry) {
  const config = ExtractorConfig.prepare({
    packageJsonFullPath: join(folder, 'package.json'),
    configObjectFullPath: undefined,
    configObject: {
      projectFolder: folder,
      mainEntryPointFilePath: entry,
      newlineKind: 'lf',
      compiler: { tsconfigFilePath: join(folder, 'tsconfig.json') },
      apiReport: {
        enabled: true,
        reportFileName: `${name}.api.md`,
        reportFolder: etc,
        reportTempFolder: join(folder, 'temp'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: 'error' } },
        // Release tags and links in comments are a matter of taste; forgotten exports name hashed files of the build.
        extractorMessageReporting: { default: { logLevel: 'none' } },
        tsdocMessageReporting: { default: { logLevel: 'none' } },
      },
    },
  });
  const result = Extractor.invoke(config, {
    localBuild: update,
    messageCallback: (message) => {
      if (message.logLevel === 'error') fail(`${name}: ${message.text}`);
      message.handled = true;
    },
  });
  if (result.apiReportChanged && !update) fail(`The public surface of ${name} changed. Look, then pnpm api:update.`);
}

function fail(text) {
  failed = true;
  console.error(text);
}
