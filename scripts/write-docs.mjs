// Puts whole files into the pages that show them, so that code in documents is code that runs. Between
// `<!-- include path -->` and `<!-- end include -->` stands the file as a fenced block. With --check it writes nothing
// and fails when a page differs: `pnpm verify` runs it so.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { root } from './workspace.mjs';

const check = process.argv.includes('--check');
const pages = [...readdirSync(root), ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);

for (const page of pages) {
  const text = readFileSync(join(root, page), 'utf8');
  const wanted = text.replace(
    /(<!-- include (\S+) -->\n)[\s\S]*?(<!-- end include -->)/g,
    (block, open, path, close) => {
      if (!existsSync(join(root, path))) {
        console.error(`${page} includes ${path}, which does not exist.`);
        process.exitCode = 1;
        return block;
      }
      const content = readFileSync(join(root, path), 'utf8').trimEnd();
      return `${open}\`\`\`${extname(path).slice(1)}\n${content}\n\`\`\`\n${close}`;
    },
  );
  const opened = text.match(/<!-- include /g)?.length ?? 0;
  const closed = text.match(/<!-- end include -->/g)?.length ?? 0;
  if (opened !== closed) {
    console.error(
      `${page}: every <!-- include path --> needs its <!-- end include -->, and neither stands in a fence.`,
    );
    process.exitCode = 1;
  } else if (wanted !== text && check) {
    console.error(`${page} shows a file that changed since. Run npm run docs:update.`);
    process.exitCode = 1;
  } else if (wanted !== text) {
    writeFileSync(join(root, page), wanted);
  }
}
