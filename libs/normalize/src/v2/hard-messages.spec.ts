import { validateResource } from '#fhir';
import { normaliseV2 } from './normalise-v2.js';
import { plainSender } from './sender-profile.js';
import { OWN_MESSAGES } from './testing/own-messages.js';

const CONTEXT = { sender: { ...plainSender('lake'), zone: 'America/Chicago' }, validate: validateResource };
const ACCEPT = { ...CONTEXT, validate: () => [] };
const MUTATIONS = 2000;
/** One of so many is judged by the validator too, which takes longer than the rest. */
const JUDGED_EACH = 20;
const SHORT = 900;

const messages = Object.values(OWN_MESSAGES).map((text) => Buffer.from(text));
/** Those that do not take long. */
const short = messages.filter(({ length }) => length < SHORT);
/** What a sender may write wrongly: delimiters, ends of segments, deletions, bytes that are no text. */
const WRONG = [
  '|',
  '^',
  '~',
  '&',
  '\\',
  '\r',
  '\n',
  '""',
  '\0',
  '\u00ff',
  '0',
  '-',
  '999999999',
  'PID|',
  'OBX|',
  '\rZZZ|9',
];

/** Numbers that are the same each time: https://en.wikipedia.org/wiki/Linear_congruential_generator */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * below);
  };
}

/** One to four changes: bytes go, come twice, move, or are replaced. */
function mutated(bytes: Buffer, next: (below: number) => number): Buffer {
  let changed = bytes;
  for (let left = 1 + next(4); left > 0; left -= 1) {
    const [from, size] = [next(changed.length + 1), next(40)];
    const piece = changed.subarray(from, from + size);
    const wrong = Buffer.from(WRONG[next(WRONG.length)] ?? '', 'latin1');
    const inserted = [wrong, Buffer.concat([piece, piece]), Buffer.alloc(0), Buffer.concat([piece, wrong])];
    changed = Buffer.concat([
      changed.subarray(0, from),
      inserted[next(4)] ?? wrong,
      changed.subarray(from + size),
    ]);
  }
  return changed;
}

/** Ids and references of a conversion must fit; that it ends is much already. */
function isSound(bytes: Uint8Array, context: typeof CONTEXT): boolean {
  const { kind, resources, issues } = normaliseV2(bytes, context);
  const ids = new Set(resources.map(({ type, id }) => `${type}/${id}`));
  const isTold = kind === 'converted' || issues.length > 0;
  return (
    isTold && ids.size === resources.length && resources.every(({ id, resource }) => resource['id'] === id)
  );
}

describe('normaliseV2 of messages that went wrong', () => {
  it('ends, and says so, wherever a message is cut off', () => {
    for (const bytes of messages) {
      const step = bytes.length < SHORT / 2 ? 1 : 17;
      const lengths = Array.from(bytes.keys()).filter((length) => length % step === 0);
      expect(lengths.filter((length) => !isSound(bytes.subarray(0, length), ACCEPT))).toEqual([]);
    }
  });

  it('ends, and makes valid resources only, whatever was changed in a message', () => {
    const next = numbersFrom(20_260_110);
    for (let count = 0; count < MUTATIONS; count += 1) {
      const isJudged = count % JUDGED_EACH === 0;
      const from = isJudged ? messages : short;
      const bytes = mutated(from[next(from.length)] ?? Buffer.alloc(0), next);
      const name = `${count}: ${bytes.toString('base64')}`;
      expect([name, isSound(bytes, isJudged ? CONTEXT : ACCEPT)]).toEqual([name, true]);
      const { resources } = isJudged ? normaliseV2(bytes, CONTEXT) : { resources: [] };
      expect([name, resources.flatMap(({ resource }) => validateResource(resource))]).toEqual([name, []]);
    }
  });
});
