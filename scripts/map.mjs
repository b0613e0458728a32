// Prints the map of libs as a Markdown table, from the boundary rules that enforce it.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { forbidden } = require('../.dependency-cruiser.cjs');

export function mapOfLibs() {
  const rows = forbidden
    .filter((rule) => rule.name.startsWith('map-'))
    .map((rule) => `| ${rule.name.slice('map-'.length)} | ${rule.comment.split('may import: ')[1]} |`);
  return ['| lib | may import |', '|---|---|', ...rows].join('\n');
}

if (process.argv[1] === new URL(import.meta.url).pathname) process.stdout.write(`${mapOfLibs()}\n`);
