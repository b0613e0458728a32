import { rmSync, statSync } from 'node:fs';
import { makeStoryFolder } from './story-folder.js';

describe('makeStoryFolder', () => {
  it('makes a folder that the account of the database may pass, and nobody may list', () => {
    const folder = makeStoryFolder();
    expect(statSync(folder).mode & 0o777).toBe(0o711);
    rmSync(folder, { recursive: true });
  });
});
