import fc from 'fast-check';
import { V2_LIMITS } from './limits.js';
import type { V2Message, V2Parsed } from './message.js';
import { parseMessage } from './parse-message.js';

const HEADER = 'MSH|^~\\&|LAB^1.2.3^ISO|LAKE|EHR|TOWN|20260112100530||ORU^R01^ORU_R01|M7|P^T|2.5.1|||AL|NE';

function parsed(text: string | Uint8Array, charset?: string): V2Message {
  const result = parseMessage(Buffer.from(text), { charset });
  if (result.kind === 'fault') {
    throw new Error(result.fault.reason);
  }
  return result.message;
}

function faultOf(text: string): Extract<V2Parsed, { kind: 'fault' }> | undefined {
  const result = parseMessage(Buffer.from(text));
  return result.kind === 'fault' ? result : undefined;
}

describe('parseMessage', () => {
  it('reads of the header what decides about answer and route', () => {
    expect(parsed(HEADER).header).toEqual({
      sendingApplication: 'LAB',
      sendingFacility: 'LAKE',
      receivingApplication: 'EHR',
      receivingFacility: 'TOWN',
      time: '20260112100530',
      code: 'ORU',
      trigger: 'R01',
      structure: 'ORU_R01',
      controlId: 'M7',
      processingId: 'P',
      version: '2.5.1',
      sequence: undefined,
      acceptAck: 'AL',
      applicationAck: 'NE',
    });
  });

  it('notes nothing of the header as read', () => {
    expect(parsed('MSH|^~\\&|LAB^1.2||||||ADT^A01|M7|P').unread()).toEqual([
      'MSH-3.1',
      'MSH-3.2',
      'MSH-9.1',
      'MSH-9.2',
      'MSH-10',
      'MSH-11',
    ]);
  });

  it('lists no set ids, but numbers that are something else', () => {
    const segments = ['PID|1', 'OBX|0012', 'ZPI|12345678', 'ZDT|20260101', 'ZZZ|1', 'MRG|12345', 'OBX|x'];
    expect(
      parsed([HEADER, ...segments].join('\r'))
        .unread()
        .filter((path) => !path.startsWith('MSH')),
    ).toEqual(['ZPI-1', 'ZDT-1', 'ZZZ-1', 'MRG-1', 'OBX(2)-1']);
  });

  it('counts segments by name and by place', () => {
    const { segments } = parsed(`${HEADER}\rPID|1\rOBX|1\rNTE|1\rOBX|2\rZPI|own\r`);
    expect(segments.map(({ name, ordinal, position }) => [name, ordinal, position])).toEqual([
      ['MSH', 1, 0],
      ['PID', 1, 1],
      ['OBX', 1, 2],
      ['NTE', 1, 3],
      ['OBX', 2, 4],
      ['ZPI', 1, 5],
    ]);
  });

  it.each(['\r', '\n', '\r\n', '\r\r', '\n\n\n'])('ends segments at %j', (end) => {
    const { segments, issues } = parsed([HEADER, 'PID|1', 'OBX|1', ''].join(end));
    expect(segments.map((segment) => segment.name)).toEqual(['MSH', 'PID', 'OBX']);
    expect(issues).toEqual([]);
  });

  it('takes framing, indentation and marks off', () => {
    const { segments, issues } = parsed(`\u000b\ufeff ${HEADER}\r  PID|1\r\tOBX|1\u001c\r\0\0`);
    expect(segments.map((segment) => segment.name)).toEqual(['MSH', 'PID', 'OBX']);
    expect(issues).toEqual([]);
  });

  it('numbers the fields of a header from its separator on', () => {
    const [header] = parsed(HEADER).segments;
    expect([1, 2, 3, 12].map((number) => header?.first(number).value())).toEqual([
      '|',
      '^~\\&',
      'LAB',
      '2.5.1',
    ]);
    expect(header?.field(2)).toHaveLength(1);
    expect(header?.first(2).text()).toBe('^~\\&');
    expect(header?.size).toBe(16);
  });

  it('reads a message without an escape character as it stands', () => {
    const { segments } = parsed('MSH|^~&|LAB||||||ADT^A01|M7|P|2.3\rPID|1||7^^^A&1.2||C:\\T\\x');
    expect(segments[1]?.first(5).value()).toBe('C:\\T\\x');
    expect(segments[1]?.first(3).at(4).at(2).value()).toBe('1.2');
  });

  it('separates nothing by what is not declared', () => {
    const { segments } = parsed('MSH|^|LAB||||||ADT^A01|M7|P|2.3\rPID|1||7&8~9^x');
    expect(segments[1]?.field(3)).toHaveLength(1);
    expect(segments[1]?.first(3).value()).toBe('7&8~9');
  });

  it('reads other delimiters', () => {
    const { header, segments } = parsed('MSH:*%!$:LAB::::::ADT*A01:M7:P:2.5\rPID:1::7***A$1.2%8:!F!x');
    expect(header).toMatchObject({ code: 'ADT', trigger: 'A01', controlId: 'M7' });
    expect(segments[1]?.field(3).map((cell) => cell.value())).toEqual(['7', '8']);
    expect(segments[1]?.first(4).value()).toBe(':x');
  });

  describe('of what is not as it should be', () => {
    it('tells where no segment is', () => {
      const { segments, issues } = parsed(`noise\r${HEADER}\rPID|1\r???\rlower|1\rBTS|1\rFTS\r`);
      expect(segments.map((segment) => segment.name)).toEqual(['MSH', 'PID']);
      expect(issues.map(({ severity, code, expression }) => [severity, code, expression])).toEqual([
        ['warning', 'structure', 'line 1'],
        ['warning', 'structure', 'line 4'],
        ['warning', 'structure', 'line 5'],
        ['information', 'structure', 'line 6'],
        ['information', 'structure', 'line 7'],
      ]);
    });

    it('stops at a second header', () => {
      const { segments, issues } = parsed(`${HEADER}\rPID|1\r${HEADER}\rPID|1\r`);
      expect(segments).toHaveLength(2);
      expect(issues).toEqual([
        { severity: 'error', code: 'structure', type: undefined, expression: 'MSH(2)' },
      ]);
    });

    it('joins what a bare line feed cut off, where segments end in CR', () => {
      const { segments, issues } = parsed(`${HEADER}\rOBX|1|TX|||first\n\nsecond|6\rOBX|2|TX|||x\nNTE|1\r`);
      expect(segments.map((segment) => segment.name)).toEqual(['MSH', 'OBX', 'OBX', 'NTE']);
      expect(segments[1]?.first(5).text()).toBe('first\n\nsecond');
      expect(segments[1]?.first(6).value()).toBe('6');
      expect(issues).toEqual([
        { severity: 'warning', code: 'structure', type: undefined, expression: 'OBX' },
      ]);
    });

    it.each(['HIV: negative', 'CBC', 'CBC-1 is\nnormal', 'PSA^free', 'ER+ and so on'])(
      'takes %j behind a bare line feed for text, not for a segment',
      (line) => {
        const { segments, issues } = parsed(`${HEADER}\rOBX|1|TX|||first\n${line}\nlast|6\rNTE|1\r`);
        expect(segments.map((segment) => segment.name)).toEqual(['MSH', 'OBX', 'NTE']);
        expect(segments[1]?.first(5).text()).toBe(`first\n${line}\nlast`);
        expect(segments[1]?.first(6).value()).toBe('6');
        expect(issues.map(({ code, expression }) => [code, expression])).toEqual([['structure', 'OBX']]);
      },
    );

    it('lists text that stands where a segment should', () => {
      const { segments, issues } = parsed(`${HEADER}\nOBX|1|TX|||first\nHIV: negative\nNTE|1\n`);
      expect(segments.map((segment) => segment.name)).toEqual(['MSH', 'OBX', 'NTE']);
      expect(issues.map(({ code, expression }) => [code, expression])).toEqual([['structure', 'line 3']]);
    });

    it('marks control characters, and tells in which segment', () => {
      const { segments, issues } = parsed(`${HEADER}\rPID|1||a\u0007b\rNTE|1||tab\tstays\r`);
      expect(segments[1]?.first(3).value()).toBe('a\ufffdb');
      expect(segments[2]?.first(3).value()).toBe('tab\tstays');
      expect(issues.map((issue) => [issue.code, issue.expression])).toEqual([['charset', 'PID']]);
    });

    it('tells of a character set that is not the declared one', () => {
      const { header, charset, issues } = parsed(`${HEADER}||8859/1\rPID|1||||Zoë`);
      expect(header.code).toBe('ORU');
      expect(charset).toBe('utf-8');
      expect(issues).toEqual([
        { severity: 'warning', code: 'charset', type: undefined, expression: 'MSH-18' },
      ]);
    });

    it('tells of bytes that could not be decoded, and in which segment', () => {
      const text = Buffer.from(`${HEADER}\rPID|1||||Zoë\rNTE|1||x`);
      const { charset, issues } = parsed(Buffer.concat([text, Buffer.of(0xff)]));
      expect(charset).toBe('utf-8');
      expect(issues.map((issue) => [issue.code, issue.expression])).toEqual([
        ['charset', 'MSH-18'],
        ['charset', 'NTE'],
      ]);
    });

    it('reads by the profile of the sender where nothing is declared', () => {
      const bytes = Buffer.concat([Buffer.from(`${HEADER}\rPID|1||||`), Buffer.of(0xb3)]);
      const { segments, charset } = parsed(bytes, 'iso-8859-2');
      expect([segments[1]?.first(5).value(), charset]).toEqual(['ł', 'iso-8859-2']);
    });

    it('tells so much of a message and no more', () => {
      expect(parsed(`${HEADER}\r${'?\r'.repeat(5000)}`).issues).toHaveLength(V2_LIMITS.issues);
    });
  });

  describe('of what is no message', () => {
    it.each([
      ['', 'empty', 'MSH'],
      [' \r\n \r\n', 'empty', 'MSH'],
      ['GET / HTTP/1.1\r\nHost: a\r\n\r\n', 'no-header', 'MSH'],
      ['PID|1\rOBX|1', 'no-header', 'MSH'],
      ['MSH', 'bad-delimiters', 'MSH-1'],
      ['MSH|', 'bad-delimiters', 'MSH-2'],
      ['MSHA^~\\&A', 'bad-delimiters', 'MSH-2'],
      ['MSH|^~\\&', 'no-type', 'MSH-9'],
      ['MSH|^~\\&|LAB||||||""|M7', 'no-type', 'MSH-9'],
      ['MSH|^~\\&|LAB||||||^A01|M7', 'no-type', 'MSH-9'],
    ])('says why %j is none', (text, reason, location) => {
      expect(faultOf(text)?.fault).toEqual({ reason, location });
    });

    it('keeps what the header says', () => {
      expect(faultOf('MSH:*%!$:LAB:::::::M7')).toMatchObject({
        head: { sendingApplication: 'LAB', controlId: 'M7' },
        delimiters: { field: ':', escape: '!' },
      });
      expect(faultOf('MSH:*%!%:LAB:::::::M7')?.head).toMatchObject({ controlId: 'M7' });
    });
  });

  describe('within limits', () => {
    it('refuses more segments than it holds', () => {
      expect(faultOf(`${HEADER}\r${'ZZZ\r'.repeat(V2_LIMITS.segments)}`)?.fault).toEqual({
        reason: 'too-many-segments',
        location: 'MSH',
      });
    });

    it.each([
      ['fields', 'PID', `PID${'|'.repeat(V2_LIMITS.fields + 1)}`],
      ['repetitions', 'PID', `PID|${'a~'.repeat(V2_LIMITS.parts + 1)}`],
      ['subcomponents', 'PID', `PID|1|${'&'.repeat(V2_LIMITS.parts + 1)}`],
    ])('refuses more %s than it holds', (_, location, segment) => {
      expect(faultOf(`${HEADER}\r${segment}`)?.fault).toEqual({ reason: 'too-large', location });
    });

    it('refuses a header of delimiters', () => {
      expect(faultOf(`MSH|^~\\&|${'a~'.repeat(V2_LIMITS.parts + 1)}`)?.fault.reason).toBe('too-large');
    });

    it('refuses more bytes than it holds', () => {
      expect(parseMessage(new Uint8Array(V2_LIMITS.bytes + 1))).toEqual({
        kind: 'fault',
        fault: { reason: 'too-large', location: 'MSH' },
        head: {},
      });
    });

    it('lists twenty thousand unread leaves, then segments', () => {
      const segment = `ZZZ${'|a'.repeat(9000)}\r`;
      const unread = parsed(`${HEADER}\r${segment.repeat(10)}`).unread();
      expect(unread.length).toBeLessThanOrEqual(V2_LIMITS.unread);
      expect(unread.slice(-2)).toEqual(['ZZZ(9)', 'ZZZ(10)']);
    });
  });

  describe('whatever the bytes', () => {
    it('never throws', () => {
      const piece = fc.oneof(
        fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
        fc
          .constantFrom(
            HEADER,
            '\r',
            '\n',
            'PID|',
            '|',
            '^',
            '~',
            '&',
            '\\',
            '""',
            '\\X',
            '\\M2442\\',
            'OBX|1',
          )
          .map((text) => Buffer.from(text)),
      );
      fc.assert(
        fc.property(
          fc.array(piece, { maxLength: 30 }),
          fc.constantFrom(undefined, 'gb18030', '?'),
          (pieces, charset) => {
            const result = parseMessage(Buffer.concat(pieces), { charset });
            const unread = result.kind === 'message' ? readAll(result.message) : [];
            expect(unread).toEqual([]);
          },
        ),
        { numRuns: 500 },
      );
    });

    it('makes a message or a fault of every beginning of one', () => {
      const whole = Buffer.from(
        `${HEADER}\rPID|1||7^^^A&1.2&ISO^MR~8^^^B||Zoë\\T\\Ann^\\X41\\||""\rOBX|1|TX|1^Text||one\\.br\\two~three\rZPI|x\r`,
      );
      const kinds = Array.from(whole, (_, length) => {
        const result = parseMessage(whole.subarray(0, length));
        return result.kind === 'fault' ? result.fault.reason : readAll(result.message).length;
      });
      expect(new Set(kinds)).toEqual(new Set(['empty', 'no-header', 'bad-delimiters', 'no-type', 0]));
    });
  });
});

/** Reads each cell in each way; gives what is still unread. */
function readAll(message: V2Message): readonly string[] {
  const listed = new Set(message.unread());
  for (const segment of message.segments) {
    for (let number = 1; number <= segment.size; number += 1) {
      for (const cell of segment.field(number)) {
        expect(typeof cell.at(1).at(2).value()).toMatch(/string|undefined/);
        expect(cell.isEmpty || cell.isNull || cell.text() !== '').toBe(true);
        cell.skip();
      }
    }
  }
  expect(
    [...listed].every((path) => /^[A-Z][A-Z0-9]{2}(\(\d+\))?-\d+(\[\d+\])?(\.\d+){0,2}$/.test(path)),
  ).toBe(true);
  return message.unread();
}
