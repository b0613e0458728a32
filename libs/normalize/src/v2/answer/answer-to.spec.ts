import fc from 'fast-check';
import { parseMessage } from '../message/parse-message.js';
import { answerTo } from './answer-to.js';
import { verdictOf, type Verdict } from './verdict.js';

const OWN = { application: 'PROVISO', facility: 'GATE', id: 'A1', timeMs: Date.UTC(2026, 0, 12, 10, 5, 30) };
const ACCEPTED: Verdict = { outcome: 'accepted', faults: [] };
const MISSING: Verdict = {
  outcome: 'rejected',
  faults: [
    { code: 101, location: 'PID-3[2].4.1', severity: 'E' },
    { code: 103, location: 'OBX(3)', severity: 'W' },
  ],
};

/** A header with the fields from MSH-9 on. */
function message(rest: string, start = 'MSH|^~\\&|LAB^1.2.3^ISO|LAKE|EHR|'): string {
  return `${start}TOWN|20260112||${rest}\rPID|1\r`;
}

function answered(text: string, verdict: Verdict): readonly string[] | undefined {
  const answer = answerTo(parseMessage(Buffer.from(text)), verdict, OWN);
  return answer === undefined ? undefined : Buffer.from(answer).toString().split('\r');
}

describe('answerTo', () => {
  it('says who, when, to what, and that it was accepted', () => {
    expect(answered(message('ADT^A01^ADT_A01|M7|P|2.5.1'), ACCEPTED)).toEqual([
      'MSH|^~\\&|EHR|TOWN|LAB^1.2.3^ISO|LAKE|20260112100530+0000||ACK^A01^ACK|A1|P|2.5.1',
      'MSA|AA|M7',
      '',
    ]);
  });

  it('names itself where the message does not say whom it was for', () => {
    const [header] = answered('MSH|^~\\&|LAB||||20260112||ADT^A01|M7|T|2.4\r', ACCEPTED) ?? [];
    expect(header).toBe('MSH|^~\\&|PROVISO|GATE|LAB||20260112100530+0000||ACK^A01^ACK|A1|T|2.4');
  });

  it('names each fault in its own ERR since v2.5', () => {
    expect(answered(message('ADT^A01|M7|P|2.5'), MISSING)?.slice(1)).toEqual([
      'MSA|AR|M7',
      'ERR||PID^1^3^2^4^1|101^Required field missing^HL70357|E',
      'ERR||OBX^3|103^Table value not found^HL70357|W',
      '',
    ]);
  });

  it('names all faults in one ERR, and the first in MSA-3, before v2.5', () => {
    expect(answered(message('ADT^A01|M7|P|2.4'), MISSING)?.slice(1)).toEqual([
      'MSA|AR|M7|Required field missing',
      'ERR|PID^1^3^101&Required field missing&HL70357~OBX^3^^103&Table value not found&HL70357',
      '',
    ]);
  });

  it('says the same of a fault in the last version before v2.5 and without a separator for it', () => {
    expect(answered('MSH|^|A|B|C|D|20260112||ADT^A01|M7|P|2.3\r', MISSING)?.slice(2)).toEqual([
      'ERR|PID^1^3^101',
      '',
    ]);
  });

  it.each([
    ['2.1', 'ACK'],
    ['2.2', 'ACK^A01'],
    ['2.3', 'ACK^A01'],
    ['2.3.1', 'ACK^A01^ACK'],
    ['2.8.2', 'ACK^A01^ACK'],
    ['2.10', 'ACK^A01^ACK'],
  ])('knows what an answer of version %s is called', (version, type) => {
    const [header = ''] = answered(message(`ADT^A01|M7|P|${version}`), ACCEPTED) ?? [];
    expect(header.split('|')).toEqual(expect.arrayContaining([type, version]));
  });

  it.each(['3.0', 'two', '2.5|x^y', ''])('takes its own version where %j is none', (version) => {
    const [header = ''] = answered(message(`ADT^A01|M7|P|${version}`), ACCEPTED) ?? [];
    expect(header.split('|').at(11)).toMatch(/^2\.5/);
  });

  it('has no trigger where the message has none', () => {
    const [header = ''] = answered(message('ORU|M7|P|2.5'), ACCEPTED) ?? [];
    expect(header.split('|').at(8)).toBe('ACK');
  });

  describe.each([
    ['||', { accepted: 'AA', error: 'AE', rejected: 'AR' }],
    ['|AL|NE', { accepted: 'CA', error: 'CE', rejected: 'CR' }],
    ['|AL|AL', { accepted: 'CA', error: 'CE', rejected: 'CR' }],
    ['|AL|', { accepted: 'CA', error: 'CE', rejected: 'CR' }],
    ['|ER|NE', { accepted: undefined, error: 'CE', rejected: 'CR' }],
    ['|ER|AL', { accepted: 'AA', error: 'CE', rejected: 'CR' }],
    ['|SU|NE', { accepted: 'CA', error: undefined, rejected: undefined }],
    ['|SU|ER', { accepted: 'CA', error: 'AE', rejected: 'AR' }],
    ['|NE|AL', { accepted: 'AA', error: 'AE', rejected: 'AR' }],
    ['|NE|SU', { accepted: 'AA', error: undefined, rejected: undefined }],
    ['|NE|NE', { accepted: undefined, error: undefined, rejected: undefined }],
    ['||AL', { accepted: 'AA', error: 'AE', rejected: 'AR' }],
    ['|?|NE', { accepted: 'CA', error: 'CE', rejected: 'CR' }],
    ['| |', { accepted: 'AA', error: 'AE', rejected: 'AR' }],
  ] as const)('where MSH-15 and MSH-16 are %j', (conditions, codes) => {
    it.each(['accepted', 'error', 'rejected'] as const)('answers what is %s as they want', (outcome) => {
      const lines = answered(message(`ADT^A01|M7|P|2.5||${conditions}`), { outcome, faults: [] });
      expect(lines?.[1]).toBe(codes[outcome] === undefined ? undefined : `MSA|${codes[outcome]}|M7`);
    });
  });

  it('writes with the delimiters of the sender', () => {
    const text = 'MSH:*%!$:LAB*1.2*ISO:LA!F!KE:EHR::20260112::ADT*A01:M!R!7:P:2.5\rPID:1\r';
    expect(
      answered(text, { outcome: 'error', faults: [{ code: 207, location: 'MSH', severity: 'E' }] }),
    ).toEqual([
      'MSH:*%!$:EHR:GATE:LAB*1.2*ISO:LA!F!KE:20260112100530+0000::ACK*A01*ACK:A1:P:2.5',
      'MSA:AE:M!R!7',
      'ERR::MSH*1:207*Application internal error*HL70357:E',
      '',
    ]);
  });

  it('repeats a fifth delimiter, and none that was not declared', () => {
    const [five] = answered(message('ADT^A01|M7|P|2.7', 'MSH|^~\\&#|LAB|LAKE|EHR|'), ACCEPTED) ?? [];
    const [three] = answered(message('ADT^A01|M7|P|2.7', 'MSH|^~&|LAB|LAKE|EHR|'), ACCEPTED) ?? [];
    expect([five, three].map((header) => header?.split('|')[1])).toEqual(['^~\\&#', '^~&']);
  });

  it('escapes its own name', () => {
    const parsed = parseMessage(Buffer.from('MSH|^~\\&|LAB||||20260112||ADT^A01|M7|T|2.4\r'));
    const answer = answerTo(parsed, ACCEPTED, { ...OWN, application: 'A|B^C', facility: 'D\\E\r' });
    expect(Buffer.from(answer ?? []).toString()).toContain('|A\\F\\B\\S\\C|D\\E\\E\\X0D\\|');
  });

  it('writes in the character set of the sender', () => {
    const latin = Buffer.from(message('ADT^A01|Mé7|P|2.5||||||8859/1', 'MSH|^~\\&|ZOË|LAKE|EHR|'), 'latin1');
    const answer = Buffer.from(answerTo(parseMessage(latin), ACCEPTED, OWN) ?? []);
    expect(answer.toString('latin1').split('\r')).toEqual([
      'MSH|^~\\&|EHR|TOWN|ZOË|LAKE|20260112100530+0000||ACK^A01^ACK|A1|P|2.5||||||8859/1',
      'MSA|AA|Mé7',
      '',
    ]);
  });

  it('writes UTF-16 to who writes UTF-16', () => {
    const wide = Buffer.from(message('ADT^A01|M7|P|2.5'), 'utf16le');
    const answer = Buffer.from(answerTo(parseMessage(wide), ACCEPTED, OWN) ?? []);
    expect(answer.toString('utf16le')).toContain('\rMSA|AA|M7\r');
  });

  it('puts question marks where a name is not in the character set of the sender', () => {
    const latin = Buffer.from(message('ADT^A01|Mé7|P|2.5||||||8859/1', 'MSH|^~\\&|LAB|LAKE||'), 'latin1');
    const answer = answerTo(parseMessage(latin), ACCEPTED, { ...OWN, application: 'Ω-gate' });
    expect(Buffer.from(answer ?? []).toString('latin1')).toContain('|?-gate|TOWN|');
  });

  it('lets nobody write segments of theirs into it', () => {
    const text = 'MSH|^~\\&|LAB\nX|LAKE|EHR|TOWN|20260112||ADT^A01|M7\nlower|P|2.5\rPID|1\r';
    const lines = answered(text, ACCEPTED) ?? [];
    expect(lines.map((line) => line.slice(0, 3))).toEqual(['MSH', 'MSA', '']);
    expect(lines.join('')).not.toContain('\n');
  });

  it.each([
    ['', 'ERR||MSH^1|100^Segment sequence error^HL70357|E', ''],
    ['hello', 'ERR||MSH^1|100^Segment sequence error^HL70357|E', ''],
    ['MSH', 'ERR||MSH^1^1^1|100^Segment sequence error^HL70357|E', ''],
    ['MSH||LAB||||||ADT^A01|M7', 'ERR||MSH^1^2^1|100^Segment sequence error^HL70357|E', 'M7'],
    ['MSH|^~\\&|LAB|||||||M7', 'ERR||MSH^1^9^1|101^Required field missing^HL70357|E', 'M7'],
  ])('rejects %j with what is known', (text, error, controlId) => {
    const parsed = parseMessage(Buffer.from(text));
    const lines = Buffer.from(answerTo(parsed, verdictOf(parsed), OWN) ?? [])
      .toString()
      .split('\r');
    expect(lines[0]).toMatch(/^MSH\|\^~\\&\|PROVISO\|GATE\|/);
    expect(lines[1]).toBe(controlId === '' ? 'MSA|AR' : `MSA|AR|${controlId}`);
    expect(lines[2]).toBe(error);
  });

  it('finds the control id behind delimiters that are none', () => {
    const lines = answered('MSH||LAB|LAKE|EHR|TOWN|20260112||ADT^A01|M7|P|2.5\r', MISSING);
    expect(lines?.slice(0, 2)).toEqual([
      'MSH|^~\\&|EHR|TOWN|LAB|LAKE|20260112100530+0000||ACK^A01^ACK|A1|P|2.5',
      'MSA|AR|M7',
    ]);
  });

  it('answers any bytes with what it can read itself', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        const bytes = Buffer.concat([Buffer.from('MSH|^~\\&|'), noise]);
        const parsed = parseMessage(bytes);
        const again = parseMessage(
          answerTo(parsed, verdictOf(parsed), OWN) ?? Buffer.from(message('ACK|1|P|2.5')),
        );
        expect(again.kind).toBe('message');
      }),
    );
  });
});
