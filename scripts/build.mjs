// pnpm build [--js]: builds every package, with --js without declarations. Needs no pnpm on the machine.
import { buildPackages, installWhenNeeded } from './workspace.mjs';

await installWhenNeeded();
await buildPackages(process.argv.includes('--js') ? 'build:js' : 'build');
