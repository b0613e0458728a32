import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownerFault } from './owner-fault.js';

describe('ownerFault', () => {
  const folder = mkdtempSync(join(tmpdir(), 'owner-'));
  const own = process.getuid?.() ?? 0;
  afterAll(() => rmSync(folder, { recursive: true }));

  it('lets the user of the gateway in, before the first mark and after it', () => {
    expect(ownerFault(folder)).toBeUndefined();
    writeFileSync(join(folder, 'high-water.json'), '{}');
    expect(ownerFault(folder)).toBeUndefined();
  });

  it('keeps out whoever would leave files that the gateway cannot read, root too', () => {
    expect(ownerFault(folder, own + 1)).toContain(`this is ${own + 1}`);
  });
});
