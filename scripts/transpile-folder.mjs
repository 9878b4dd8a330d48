import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** Every .ts below `folder` becomes a .js at the same place below `outFolder`, types left out and not checked. Returns their names. */
export async function transpileFolder(folder, outFolder) {
  // Not at the top: in a fresh clone the caller installs it first.
  const { default: ts } = await import('typescript');
  rmSync(outFolder, { recursive: true, force: true });
  const names = [];
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath ?? entry.path, entry.name);
    const name = relative(folder, file);
    if (!entry.isFile() || !name.endsWith('.ts') || /(^|\/)(node_modules|dist|test)\//.test(name)) continue;
    const { outputText } = ts.transpileModule(readFileSync(file, 'utf8'), {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true },
    });
    const target = join(outFolder, name.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, outputText);
    names.push(name);
  }
  return names;
}
