import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plainSender } from '#normalize';
import { convertFile } from './convert-file.js';

const MESSAGE = 'MSH|^~\\&|QUARRY|HILL|||20260102030405+0000||ADT^A01|M1|P|2.5.1\rPID|1||7^^^HILL^MR\r';

describe('the conversion of files into a folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'convert-file-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('replaces nothing that it wrote in the same run', async () => {
    const input = join(folder, 'a.hl7');
    writeFileSync(input, MESSAGE);
    const options = { format: undefined, sender: plainSender('sender') };
    const output = { folder: join(folder, 'out'), written: new Set<string>() };
    const kinds = [
      await convertFile(input, output, options),
      await convertFile(`/${input}`, output, options),
      await convertFile(input.replace('/a.hl7', '/./a.hl7'), output, options),
    ];
    expect(kinds).toEqual(['converted', 'failed', 'failed']);
    expect(
      readdirSync(output.folder, { recursive: true }).filter((name) => String(name).endsWith('.json')),
    ).toHaveLength(1);
    const next = { ...output, written: new Set<string>() };
    expect(await convertFile(input, next, options)).toBe('converted');
  });
});
