import fc from 'fast-check';
import { type ConsentRules, judge, type Predicate, type Rule } from '#consent';
import { naiveVisible } from './naive.js';
import { personsOf, predicate, ruleSetsOf, type World, world, type WorldVersion } from './world.js';

const RUNS = 2000;

function visible(given: World, version: WorldVersion, asked: Predicate, consents = given.consents): boolean {
  const persons = personsOf(given, version);
  const patients = version.patients.map((patient, place) => ({ patient, person: persons[place] }));
  return judge({ facts: version.facts, patients }, ruleSetsOf(consents), asked).visible;
}

/** Every single change of the Consents. */
function changes(
  consents: readonly ConsentRules[],
  change: (consent: ConsentRules) => readonly ConsentRules[],
): readonly (readonly ConsentRules[])[] {
  return consents.map((one, place) => [
    ...consents.slice(0, place),
    ...change(one),
    ...consents.slice(place + 1),
  ]);
}

describe('judge', () => {
  it('agrees with the naive oracle, and sees both sides of it', () => {
    const seen = { visible: 0, hidden: 0 };
    fc.assert(
      fc.property(world, predicate, (given, asked) => {
        for (const version of given.versions) {
          const expected = naiveVisible(
            { facts: version.facts, persons: personsOf(given, version) },
            given.consents,
            asked,
          );
          expect(visible(given, version, asked)).toBe(expected);
          seen[expected ? 'visible' : 'hidden'] += 1;
        }
      }),
      { numRuns: RUNS },
    );
    expect(Math.min(seen.visible, seen.hidden)).toBeGreaterThan(RUNS / 3);
  });

  it('shows nothing more when a permit grant or a permitting rule goes', () => {
    fc.assert(
      fc.property(world, predicate, (given, asked) => {
        const grants = changes(given.consents, (one) => (one.rules.every(isPermit) ? [] : [one]));
        const rules = changes(given.consents, (one) => [
          { ...one, rules: one.rules.filter((rule) => !isPermit(rule)) },
        ]);
        for (const consents of [...grants, ...rules]) {
          for (const version of given.versions) {
            expect(visible(given, version, asked, consents) && !visible(given, version, asked)).toBe(false);
          }
        }
      }),
      { numRuns: RUNS / 4 },
    );
  });

  it('shows nothing more when a deny grant comes', () => {
    fc.assert(
      fc.property(world, predicate, (given, asked) => {
        for (const deny of given.consents.filter(
          (one) => one.kind === 'deny' && one.rules.every((rule) => rule.effect === 'deny'),
        )) {
          const before = given.consents.filter((one) => one !== deny);
          for (const version of given.versions) {
            const after = visible(given, version, asked);
            expect(after && !visible(given, version, asked, before)).toBe(false);
          }
        }
      }),
      { numRuns: RUNS / 4 },
    );
  });

  it('shows nothing more when a fact becomes unknown', () => {
    const unknown = { codes: ['?'], labels: ['?'], authors: ['?'], related: ['?'], time: null };
    fc.assert(
      fc.property(
        world,
        predicate,
        fc.constantFrom('codes', 'labels', 'authors', 'related', 'time'),
        (given, asked, name) => {
          for (const version of given.versions) {
            const facts = { ...version.facts, [name]: unknown[name] };
            const after = visible(given, { ...version, facts }, asked);
            expect(after && !visible(given, version, asked)).toBe(false);
          }
        },
      ),
      { numRuns: RUNS / 4 },
    );
  });

  it('shows nothing more when the two times move apart', () => {
    fc.assert(
      fc.property(world, predicate, fc.nat(3000), fc.nat(3000), (given, asked, back, ahead) => {
        const wider = { ...asked, now: { lo: asked.now.lo - back, hi: asked.now.hi + ahead } };
        for (const version of given.versions) {
          expect(visible(given, version, wider) && !visible(given, version, asked)).toBe(false);
        }
      }),
      { numRuns: RUNS / 4 },
    );
  });

  it('names a basis for whatever it shows of a person', () => {
    fc.assert(
      fc.property(world, predicate, (given, asked) => {
        for (const version of given.versions) {
          const persons = personsOf(given, version);
          const patients = version.patients.map((patient, place) => ({ patient, person: persons[place] }));
          const verdict = judge({ facts: version.facts, patients }, ruleSetsOf(given.consents), asked);
          expect(verdict.basis.length > 0).toBe(verdict.visible && patients.length > 0);
        }
      }),
      { numRuns: RUNS / 4 },
    );
  });
});

function isPermit(rule: Rule): boolean {
  return rule.effect === 'permit';
}
