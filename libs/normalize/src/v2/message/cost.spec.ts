import { jest } from '@jest/globals';
import type { V2Message } from './message.js';
import { parseMessage } from './parse-message.js';
import { splitBatch } from './split-batch.js';

const HEADER = 'MSH|^~\\&|LAB||||||ADT^A01|M7|P|2.5\r';
/** Methods that look at all of the text that they are called on. */
const WORK = [
  'split',
  'includes',
  'replaceAll',
  'replace',
  'matchAll',
  'trim',
  'trimEnd',
  'trimStart',
] as const;

/** Texts that a parser may stumble over: each repeated as often as fits. */
const HARD = {
  fields: `ZZZ${'|a'.repeat(500)}\r`,
  repetitions: `ZZZ|${'a~'.repeat(500)}\r`,
  components: `ZZZ|${'a^'.repeat(500)}\r`,
  subcomponents: `ZZZ|${'a&b^'.repeat(250)}\r`,
  separators: `ZZZ|${'&^~'.repeat(300)}\r`,
  deletions: `ZZZ|${'""^""~'.repeat(150)}\r`,
  escapes: `ZZZ|${'\\'.repeat(1000)}\r`,
  bytes: `ZZZ|${'\\X41\\'.repeat(200)}\r`,
  shifts: `ZZZ|${'\\M2442\\ab'.repeat(100)}\r`,
  segments: 'ZZZ\r',
  stray: '?\n',
  controls: `ZZZ|${'\u0001'.repeat(1000)}x\r`,
  framing: `${'\u000b '.repeat(500)}MSHX`,
  ends: '\r\n',
};

/** Everything that can be asked of a message. */
function askAll(message: V2Message): number {
  let cells = 0;
  for (const segment of message.segments) {
    for (let number = 1; number <= segment.size; number += 1) {
      for (const cell of segment.field(number)) {
        cell.value();
        cell.at(cell.parts).at(1).value();
        cells += cell.isEmpty || cell.isNull ? 0 : 1;
      }
    }
  }
  return cells + message.unread().length;
}

/** Characters that the methods of strings were called on while a message was split, parsed and read. */
function charactersTouched(bytes: Uint8Array): number {
  const spies = WORK.map((method) => jest.spyOn(String.prototype, method));
  splitBatch(bytes);
  const parsed = parseMessage(bytes);
  const asked = parsed.kind === 'message' ? askAll(parsed.message) : 0;
  const touched = spies.flatMap((spy) => spy.mock.contexts.map((text) => String(text).length));
  for (const spy of spies) {
    spy.mockRestore();
  }
  return asked + touched.reduce((sum, length) => sum + length, 0);
}

describe('the work that a message makes', () => {
  it.each(Object.entries(HARD))('grows no faster than its bytes, for %s', (_, unit) => {
    const [small, large] = [30_000, 120_000].map((length) => {
      const text = HEADER + unit.repeat(length / unit.length);
      return charactersTouched(Buffer.from(text)) / text.length;
    });
    expect(large).toBeLessThan(60);
    expect((large ?? 0) / (small ?? 0)).toBeLessThan(1.3);
  });

  it.each([...Object.entries(HARD), ...Object.entries({ bars: '|', tildes: '~', carets: '^', marks: '&' })])(
    'comes to an end for five mebibytes of %s',
    (_, unit) => {
      const bytes = Buffer.from(HEADER + unit.repeat((5 * 1024 * 1024) / unit.length));
      expect(splitBatch(bytes).length).toBeGreaterThan(0);
      expect(parseMessage(bytes).kind).toMatch(/message|fault/);
    },
  );
});
