import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const BUILD = path.join(import.meta.dirname, '..', 'contracts', 'build.mjs');

describe('generated bindings', () => {
  it('are what the contracts compile to', async () => {
    const { stderr } = await promisify(execFile)(process.execPath, [BUILD, '--check']);
    expect(stderr).toBe('');
  });
});
