import { readFileSync } from 'node:fs';
import path from 'node:path';
import { EVENTS } from './events.js';
import { monitorsDocument } from './monitors-document.js';
import { RESPONSES } from './responses.js';

const root = path.resolve(import.meta.dirname, '../../../..');

describe('docs/monitors.md', () => {
  it('is the one that the table gives', () => {
    expect(readFileSync(path.join(root, 'docs/monitors.md'), 'utf8')).toBe(monitorsDocument());
  });

  it('names every incident, and stops for those at which the start-up gate stays shut', () => {
    const stopping = Object.entries(RESPONSES).filter(([, { severity }]) => severity === 'stop');
    expect(stopping.map(([kind]) => kind).toSorted()).toEqual([
      'checkpoint-invalid',
      'head-missing',
      'log-forked',
      'log-rolled-back',
      'root-mismatch',
    ]);
    for (const kind of [...Object.keys(RESPONSES), ...Object.keys(EVENTS)])
      expect(monitorsDocument()).toContain(`| \`${kind}\``);
  });
});
