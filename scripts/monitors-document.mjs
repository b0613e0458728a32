/** Writes docs/monitors.md from the built table: `npm run build && node scripts/monitors-document.mjs`. */
import fs from 'node:fs';
import path from 'node:path';
import { monitorsDocument } from '../dist/apps/ledger/src/monitor/monitors-document.js';

fs.writeFileSync(path.resolve(import.meta.dirname, '../docs/monitors.md'), monitorsDocument());
