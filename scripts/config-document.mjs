/** Writes docs/config.md from the built schema: `npm run build && node scripts/config-document.mjs`. */
import fs from 'node:fs';
import path from 'node:path';
import { configDocument } from '../dist/libs/config/src/index.js';

fs.writeFileSync(path.resolve(import.meta.dirname, '../docs/config.md'), configDocument());
