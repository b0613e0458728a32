import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { program } from '../../cli/src/program.js';
import { greeting } from './greeting.js';
import type { ReadyFile } from './ready.js';

const PATIENT = '11111111-2222-5333-8444-555555555555';
const SUBJECT = `0x${'5'.repeat(64)}`;
const ready: ReadyFile = {
  fhirBase: 'http://127.0.0.1:8080/fhir/R4',
  tokenUrl: 'http://127.0.0.1:8080/oauth/token',
  chain: {
    rpcUrl: 'http://127.0.0.1:8545',
    id: '424242',
    contracts: { consentRegistry: `0x${'a'.repeat(40)}`, anchorRegistry: `0x${'b'.repeat(40)}` },
  },
  log: { origin: 'proviso.localhost/log/default', vkeys: ['key'] },
  people: [{ patient: PATIENT, subjects: [SUBJECT], privateKey: `0x${'1'.repeat(64)}` }],
  clients: [],
  pid: 1,
  startedAt: '2026-01-01T00:00:00.000Z',
};

/** Command lines of `npx proviso` in a text, as words. */
function commandLines(text: string): readonly string[][] {
  return [...text.matchAll(/npx proviso ([^)\n]+)/g)].map(([, line = '']) => line.trim().split(' '));
}

describe('greeting', () => {
  it('shows lines that the command knows, with its options', async () => {
    const { commands } = await program('data');
    const lines = commandLines(greeting(ready, '/var/lib/data'));
    expect(lines.length).toBeGreaterThan(2);
    for (const words of lines) {
      const command = commands.find((each) => words.includes(each.name()));
      const known = new Set(['--data', ...(command?.options.map(({ long }) => long ?? '') ?? [])]);
      expect({ words, unknown: words.filter((word) => word.startsWith('--') && !known.has(word)) }).toEqual({
        words,
        unknown: [],
      });
      expect(command).toBeDefined();
    }
  });

  it('names the data folder where it is not the default, in every line', () => {
    const named = commandLines(greeting(ready, '/var/lib/data'));
    expect(named.filter((words) => !words.join(' ').includes('--data /var/lib/data'))).toEqual([]);
    expect(greeting(ready, 'data')).not.toContain('--data');
  });

  it('asks for the first person of ready.json, with her subject', () => {
    expect(greeting(ready, 'data')).toContain(`Observation?patient=${PATIENT}`);
    expect(greeting(ready, 'data')).toContain(`--subject ${SUBJECT}`);
  });

  it('shows a line that sends a message and prints the answer, where HL7 v2 is taken', async () => {
    const heard: string[] = [];
    const server = createServer((socket) => {
      socket.setEncoding('latin1').on('data', (text) => {
        heard.push(String(text));
        socket.write('\u000bMSH|answer\rMSA|AA|TRY-1\r\u001c\r');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const text = greeting({ ...ready, mllp: { host: '127.0.0.1', port, tls: false } }, 'data');
    const line = text.split('\n').find((each) => each.includes('node -e')) ?? '';
    const { stdout } = await promisify(execFile)('bash', ['-c', line]);
    server.close();
    expect(stdout).toContain('MSA|AA|TRY-1\n');
    const sent = heard.join('');
    expect([sent.slice(0, 9), sent.slice(-3)]).toEqual(['\u000bMSH|^~\\&', '\r\u001c\r']);
    expect(sent).toContain('\rPID|1||');
    expect(greeting(ready, 'data')).not.toContain('node -e');
  });
});
