import { writeJson } from '#digest';
import { isObject, validateResource } from '#fhir';
import { convert, samples } from './corpus.js';
import { leavesOf, silentlyLost } from './loss.js';
import { referencesIn } from './references.js';
import { mean, scoresOf, type Score } from './scores.js';

/**
 * Messages of real systems and their test suites, converted in place where they are on this machine. They show what a
 * specification does not: what senders write. Floors stand a little under what was measured.
 */
const all = samples();
if (all.length === 0)
  process.stderr.write('corpora of HL7 v2 are skipped: there is no folder of them (PROVISO_SHARED)\n');
const describeHere = all.length === 0 ? describe.skip : describe;

const messages = all.flatMap(({ input, messages: own }) => own.map((message) => ({ input, ...message })));
const converted = messages.filter(({ result }) => result.kind === 'converted');

describeHere('the corpora of HL7 v2', () => {
  it('hold every message: converted, named as not convertible yet, or no message at all with the place at fault', () => {
    const kinds = Map.groupBy(messages, ({ result }) => result.kind);
    expect(converted.length).toBeGreaterThan(260);
    for (const { result } of kinds.get('unsupported') ?? []) {
      expect(result.message).toMatch(/^[A-Z]{3}\^[A-Z]\w\w$/);
      expect(result.issues.map(({ code }) => code)).toContain('unsupported');
    }
    const malformed = kinds.get('malformed') ?? [];
    expect(malformed.length).toBeLessThanOrEqual(3);
    expect(malformed.filter(({ result }) => !result.issues.some(({ code }) => code === 'malformed'))).toEqual(
      [],
    );
  });

  it('become valid resources only', () => {
    const faults = converted.flatMap(({ input, result }) =>
      result.resources.flatMap(({ type, resource }) =>
        validateResource(resource).map(({ rule, expression }) => `${input} ${type} ${rule} ${expression}`),
      ),
    );
    expect(faults).toEqual([]);
  });

  it('become resources that refer to each other alone, and to the patient of their message', () => {
    const wrong = converted.flatMap(({ input, result }) => {
      const own = new Set(result.resources.map(({ type, id }) => `${type}/${id}`));
      const patients = result.resources.filter(({ type }) => type === 'Patient');
      return result.resources.flatMap(({ type, resource }) => {
        const dangling = referencesIn(resource).filter((reference) => !own.has(reference));
        const subjects = [resource['subject'], resource['patient']].flatMap(referencesIn);
        const others = subjects.filter(
          (subject) =>
            patients.length === 1 &&
            subject.startsWith('Patient/') &&
            subject !== `Patient/${result.patient?.id}`,
        );
        return [...dangling, ...others].map((reference) => `${input} ${type} → ${reference}`);
      });
    });
    expect(wrong).toEqual([]);
  });

  it('have one resource for an id', () => {
    for (const { result } of converted) {
      const ids = result.resources.map(({ type, id }) => `${type}/${id}`);
      expect(new Set(ids).size).toBe(ids.length);
      expect(
        result.resources.filter(({ resource, id }) => !isObject(resource) || resource['id'] !== id),
      ).toEqual([]);
    }
  });

  it('become the same, byte for byte, when they come again', () => {
    for (const { bytes, result } of converted) {
      const again = convert(bytes);
      expect(again.resources.map(({ resource }) => writeJson(resource))).toEqual(
        result.resources.map(({ resource }) => writeJson(resource)),
      );
      expect(again.issues).toEqual(result.issues);
    }
  });

  it('lose nothing silently: each leaf is in a resource, or has an issue at its place', () => {
    const leaves = converted.reduce((sum, { bytes }) => sum + leavesOf(bytes).length, 0);
    const lost = converted.flatMap(({ input, bytes, result }) =>
      silentlyLost(bytes, result).map(({ path }) => `${input} ${path}`),
    );
    process.stderr.write(`corpora: ${leaves} leaves, ${lost.length} lost silently\n`);
    expect(leaves).toBeGreaterThan(50_000);
    expect(lost).toEqual([]);
  });
});

/** Percent of R1 (0: nothing is expected of them) and of C1 that a message type keeps, by corpus. */
const FLOORS: readonly (readonly [use: string, message: RegExp, R1: number, C1: number])[] = [
  ['v2-pair', /^ADT\^A(?!40)/, 87, 82],
  ['v2-pair', /^ADT\^A01$/, 88, 84],
  ['v2-pair', /^ADT\^A03$/, 85, 79],
  ['v2-pair', /^ADT\^A04$/, 84, 82],
  ['v2-pair', /^ADT\^A08$/, 85, 79],
  ['v2-pair', /^ADT\^A31$/, 86, 80],
  ['v2-pair', /^ADT\^A40$/, 60, 87],
  ['v2-pair', /^ORU\^R01$/, 80, 90],
  ['v2-pair-fine', /^ORU\^R01$/, 78, 83],
  ['v2-input', /^ORU\^R01$/, 0, 89],
];

describeHere('the corpora, compared with what others made of them', () => {
  const typeOf = new Map(all.map(({ input, messages: own }) => [input, own[0]?.result.message ?? '']));
  let scores: readonly Score[] = [];
  beforeAll(() => {
    scores = scoresOf(all);
  });

  it.each(FLOORS)(
    'of %s, %s have at least %d % of derivable facts and %d % of the values',
    (use, message, R1, C1) => {
      const own = scores.filter((score) => score.use === use && message.test(typeOf.get(score.input) ?? ''));
      const figures = (['R1', 'R2', 'C1', 'P1'] as const).map((measure) =>
        `${measure} ${mean(own, measure).toFixed(1)}`.replace('NaN', '-'),
      );
      process.stderr.write(`corpora: ${use} ${message.source}, ${own.length} files: ${figures.join(', ')}\n`);
      expect(own.length).toBeGreaterThan(0);
      expect(mean(own, 'C1')).toBeGreaterThanOrEqual(C1);
      expect(R1 === 0 || mean(own, 'R1') >= R1).toBe(true);
    },
  );
});
