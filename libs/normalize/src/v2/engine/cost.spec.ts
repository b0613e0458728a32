import { normaliseV2 } from '../normalise-v2.js';
import { plainSender } from '../sender-profile.js';

const CONTEXT = { sender: { ...plainSender('lake'), zone: 'UTC' }, validate: () => [] };
const HEAD = 'MSH|^~\\&|LIS|LAKE|HUB|HUB|20260301093000||';
const PID = 'PID|1||4711^^^LAKE^MR||QUILL^TAMSIN||19850214|F';
const OBR = 'ORC|RE|P-9|F-9\rOBR|1|P-9|F-9|718-7^Hemoglobin^LN|||20260301080000||||||||||||||||||F';
const OBX = 'OBX|1|NM|718-7^Hemoglobin^LN||1|g/dL|||||F\r';

/** A message of parts that come again and again; # is the number of the repetition. */
interface Hard {
  readonly type: string;
  readonly before: string;
  readonly parts: readonly string[];
}

function result(before: string, ...parts: readonly string[]): Hard {
  return { type: 'ORU^R01', before: `${PID}\r${before}`, parts };
}

function admission(before: string, ...parts: readonly string[]): Hard {
  return { type: 'ADT^A01', before: `${PID}${before}`, parts };
}

const HARD: Readonly<Record<string, Hard>> = {
  results: result(`${OBR}\r`, OBX),
  'orders with specimens': result('', `${OBR}\r${OBX}SPM|1|S-#||BLD\r`),
  'results, then specimens, of one order': result(`${OBR}\r`, OBX, 'SPM|1|S-#||BLD\r'),
  'segments that no map knows': result(`${OBR}\r`, `${OBX}ZZZ|x|y\r`),
  'segments that stand late': result(`PV1|1|I\r${OBR}\r`, `${OBX}PV2|||^Dizzy\r`),
  notes: result(`${OBR}\r${OBX}`, 'NTE|1||Negative\r'),
  'notes, then results': result(`${OBR}\r`, 'NTE|1||Negative\r', OBX),
  relatives: admission('\r', 'NK1|1|QUILL^MARA #|SIB\r'),
  'mentions of one relative': admission('\r', 'NK1|1|QUILL^MARA|SIB||60855501#\r'),
  'visits and diagnoses': admission('\r', 'PV1|1|I||||||||||||||||||#\rDG1|1||E11.9^Diabetes^I10C|||A\r'),
  diagnoses: admission('\rPV1|1|I\r', 'DG1|1||E11.9^Diabetes^I10C|||A\r'),
  roles: admission('\rPV1|1|I\r', 'ROL|1|AD|AT|#^HOLT^PIA\r'),
  plans: admission('\r', 'IN1|1|P#^Plan|INS1^^^LAKE|Mire Mutual\rIN2||078051120\r'),
  guarantors: admission('|||||||||A-1\r', 'GT1|1||QUILL^MARA #\r'),
  'numbers of a patient': { type: 'ADT^A01', before: 'PID|1||1', parts: ['~#^^^LAKE^MR'] },
  'deletions of a number': { type: 'ADT^A01', before: 'PID|1||1', parts: ['~""'] },
  'values of a result': result(`${OBR}\rOBX|1|NM|718-7^Hb^LN||1`, '~#'),
  'labs of one number': result(`${OBR}\rOBX|1|NM|7||1|||||||||||||||||`, 'Lab #^^7^^^L~'),
  'people of an order, named twice': {
    type: 'ORU^R01',
    before: `${PID}\rORC|RE|P-9|F-9|||||||||`,
    parts: ['#^HOLT^PIA~', '\rOBR|1|P-9|F-9|7|||||||||||||', '#^HOLT^PIA~'],
  },
};

/** Methods that look at all of the list that they are called on; spreading is one. */
const WORK = [
  Symbol.iterator,
  'concat',
  'every',
  'filter',
  'find',
  'findIndex',
  'findLast',
  'flat',
  'flatMap',
  'includes',
  'indexOf',
  'map',
  'slice',
  'some',
  'toReversed',
  'toSorted',
  'with',
] as const;

/** Items of the lists whose methods were called while a message was converted. */
function itemsTouched(bytes: Uint8Array): number {
  const lists = Array.prototype;
  const originals = WORK.map((name) => [name, Object.getOwnPropertyDescriptor(lists, name) ?? {}] as const);
  let touched = 0;
  for (const [name, { value: original }] of originals) {
    const counted = function counted(this: readonly unknown[], ...args: readonly unknown[]): unknown {
      touched += this.length;
      return Reflect.apply(original, this, args);
    };
    Reflect.defineProperty(lists, name, { configurable: true, writable: true, value: counted });
  }
  try {
    expect(normaliseV2(bytes, CONTEXT).kind).toBe('converted');
  } finally {
    for (const [name, original] of originals) Reflect.defineProperty(lists, name, original);
  }
  return touched;
}

function bytesOf({ type, before, parts }: Hard, times: number): Uint8Array {
  const repeated = parts.map((part) =>
    part.startsWith('\rOBR')
      ? part
      : Array.from({ length: times }, (_, at) => part.replaceAll('#', String(1000 + at))).join(''),
  );
  return Buffer.from(`${HEAD}${type}|C-1|P|2.5.1\r${before}${repeated.join('')}`);
}

describe('the work of a conversion', () => {
  it.each(Object.entries(HARD))('grows no faster than the message, for %s', (_, hard) => {
    const [small, large] = [100, 400].map((times) => itemsTouched(bytesOf(hard, times)) / times);
    expect((large ?? 0) / (small ?? 1)).toBeLessThan(1.3);
  });
});
