import fc from 'fast-check';
import type { PatientFeatures } from './features.js';
import { regroup, type Member } from './regroup.js';

const STRONG = 'https://registry.example/person-number';
const PASSPORT = 'https://registry.example/passport';

function features(born: string | undefined, ...identifiers: string[]): PatientFeatures {
  return { birthDate: born, identifiers, replacedBy: [] };
}

const ANNA = features('1990-01-02', `${STRONG}|1`);

function member(patient: string, person: string | undefined, change: Partial<Member> = {}): Member {
  return { patient, person, features: ANNA, changed: false, confirmed: false, ...change };
}

function numbered(passport: string): PatientFeatures {
  return features('1990-01-02', `${STRONG}|1`, `${PASSPORT}|${passport}`);
}

function persons(members: readonly Member[], apart: readonly string[] = []): Record<string, string> {
  let made = 0;
  const found = regroup(members, {
    strongSystems: [STRONG, PASSPORT],
    apart: (a, b) => apart.includes(`${a} ${b}`) || apart.includes(`${b} ${a}`),
    newPerson: () => `n${(made += 1)}`,
  });
  return Object.fromEntries(found);
}

function gave(to: string, born = '1980-01-01'): Partial<Member> {
  return { changed: true, features: { birthDate: born, identifiers: [], replacedBy: [to] } };
}

/** Who is with whom. */
function groupsOf(found: Record<string, string>): readonly string[] {
  const groups = Map.groupBy(Object.keys(found), (patient) => found[patient]);
  return [...groups.values()].map((patients) => patients.toSorted().join()).toSorted();
}

describe('regroup', () => {
  it('gives a new Patient the person of the one who is certainly the same, else a new one', () => {
    expect(persons([member('a', 'p1'), member('b', undefined, { changed: true })])).toEqual({
      a: 'p1',
      b: 'p1',
    });
    const other = { changed: true, features: features('1991-01-02', `${STRONG}|1`) };
    expect(persons([member('a', 'p1'), member('b', undefined, other)])).toEqual({ a: 'p1', b: 'n1' });
  });

  it('makes several new ones at once one person', () => {
    const news = ['a', 'b', 'c'].map((id) => member(id, undefined, { changed: true }));
    expect(new Set(Object.values(persons(news))).size).toBe(1);
  });

  it('unites two persons where a change makes it certain; the older one stays', () => {
    expect(persons([member('a', 'p2'), member('b', 'p1', { changed: true })])).toEqual({ a: 'p1', b: 'p1' });
  });

  it('leaves everybody where two persons would fit, or where nothing changed', () => {
    expect(
      persons([member('a', 'p1'), member('b', 'p2'), member('c', undefined, { changed: true })]),
    ).toEqual({
      a: 'p1',
      b: 'p2',
      c: 'n1',
    });
    expect(persons([member('a', 'p1'), member('b', 'p2')])).toEqual({ a: 'p1', b: 'p2' });
  });

  it('does not unite where something speaks against a third one', () => {
    const third = member('c', 'p1', { features: features('1990-01-02', `${PASSPORT}|X`), confirmed: true });
    const joining = { changed: true, features: features('1990-01-02', `${STRONG}|1`, `${PASSPORT}|Y`) };
    expect(persons([member('a', 'p1'), third, member('b', 'p2', joining)])).toEqual({
      a: 'p1',
      c: 'p1',
      b: 'p2',
    });
  });

  it('takes a Patient out whose identity was corrected, and not those who stay tied', () => {
    const corrected = { changed: true, features: features('1990-01-02', `${STRONG}|2`) };
    expect(persons([member('a', 'p1'), member('b', 'p1'), member('c', 'p1', corrected)])).toEqual({
      a: 'p1',
      b: 'p1',
      c: 'n1',
    });
    const silent = { changed: true, features: features('1990-01-02') };
    expect(persons([member('a', 'p1'), member('b', 'p1', silent)])).toEqual({ a: 'p1', b: 'n1' });
  });

  it('takes apart whom only the corrected one held together', () => {
    const members = [
      member('a', 'p1'),
      member('b', 'p1', { features: features('1990-01-02', `${PASSPORT}|X`) }),
      member('c', 'p1', { changed: true, features: features('1990-01-02', `${STRONG}|2`) }),
    ];
    expect(new Set(Object.values(persons(members))).size).toBe(3);
  });

  it('takes out a changed Patient that contradicts another, though a third is certain of both', () => {
    const corrected = { changed: true, features: numbered('Y') };
    const members = [
      member('a', 'p1', corrected),
      member('b', 'p1'),
      member('c', 'p1', { features: numbered('X') }),
    ];
    expect(persons(members)).toEqual({ a: 'n1', b: 'p1', c: 'p1' });
    const gone = { ...numbered('Y'), replacedBy: ['b'] };
    expect(persons([...members.slice(1), member('a', 'p1', { changed: true, features: gone })])).toEqual({
      a: 'p1',
      b: 'p1',
      c: 'p1',
    });
    const other = members.map((one) => ({
      ...one,
      changed: one.patient === 'c',
      features: one.patient === 'a' ? gone : one.features,
    }));
    expect(new Set(Object.values(persons(other)))).toEqual(new Set(['p1']));
  });

  describe('of Patients for whom keys speak', () => {
    const [bound, changed] = [{ keys: ['k1'] }, { changed: true }];

    it('never unites those of different keys, though they are certain or one gave way', () => {
      const other = { ...changed, keys: ['k2'] };
      expect(persons([member('a', 'p1', bound), member('b', 'p2', other)])).toEqual({ a: 'p1', b: 'p2' });
      const behind = [member('a', 'p1'), member('c', 'p1', bound), member('b', 'p2', other)];
      expect(persons(behind)).toEqual({ a: 'p1', c: 'p1', b: 'p2' });
      const retired = { ...other, features: { ...ANNA, replacedBy: ['a'] } };
      expect(persons([member('a', 'p1', bound), member('b', 'p2', retired)])).toEqual({ a: 'p1', b: 'p2' });
      const follower = [member('b', 'p2', { ...retired, keys: [] }), member('d', 'p2', { keys: ['k2'] })];
      expect(persons([member('a', 'p1', bound), ...follower])).toEqual({ a: 'p1', b: 'p2', d: 'p2' });
    });

    it('unites those of one key, and with those who have none', () => {
      const same = { ...changed, keys: ['k2', 'k1'] };
      expect(persons([member('a', 'p1', bound), member('b', 'p2', same)])).toEqual({ a: 'p1', b: 'p1' });
      expect(persons([member('a', 'p1', bound), member('b', 'p2', changed)])).toEqual({ a: 'p1', b: 'p1' });
    });
  });

  it('leaves a Patient of whom nothing is known any more with the person', () => {
    const gone = member('b', 'p1', { features: undefined });
    const corrected = { changed: true, features: features('1990-01-02', `${STRONG}|2`) };
    expect(persons([member('a', 'p1'), gone, member('c', 'p1', corrected)])).toEqual({
      a: 'p1',
      b: 'p1',
      c: 'n1',
    });
  });

  it('keeps a link that a person confirmed', () => {
    const corrected = { changed: true, confirmed: true, features: features('1999-01-02') };
    expect(persons([member('a', 'p1'), member('b', 'p1', corrected)])).toEqual({ a: 'p1', b: 'p1' });
  });

  it('never unites whom a person told apart, nor those around them', () => {
    const changed = { changed: true };
    expect(persons([member('a', 'p1'), member('b', 'p2', changed)], ['a b'])).toEqual({ a: 'p1', b: 'p2' });
    expect(persons([member('a', 'p1'), member('c', 'p1'), member('b', 'p2', changed)], ['b c'])).toEqual({
      a: 'p1',
      c: 'p1',
      b: 'p2',
    });
    const retired = { changed: true, features: { ...ANNA, replacedBy: ['a'] } };
    expect(persons([member('a', 'p1'), member('b', 'p2', retired)], ['a b'])).toEqual({ a: 'p1', b: 'p2' });
  });

  describe('of a Patient that gave way', () => {
    it('makes one person of both, whatever their records say', () => {
      expect(persons([member('a', 'p1'), member('b', 'p2', gave('a'))])).toEqual({ a: 'p1', b: 'p1' });
      expect(
        persons([member('a', undefined, { features: undefined }), member('b', 'p2', gave('a'))]),
      ).toEqual({
        a: 'p2',
        b: 'p2',
      });
    });

    it('keeps them together when one changes later', () => {
      const from = member('b', 'p1', { ...gave('a'), changed: false });
      expect(persons([member('a', 'p1', { changed: true }), from])).toEqual({ a: 'p1', b: 'p1' });
    });

    it('brings along who is one with it, unless something speaks against them', () => {
      const same = member('c', 'p2', { features: features('1980-01-01'), confirmed: true });
      expect(
        persons([member('a', 'p1', { features: features(undefined) }), member('b', 'p2', gave('a')), same]),
      ).toEqual({ a: 'p1', b: 'p1', c: 'p1' });
      expect(persons([member('a', 'p1'), member('b', 'p2', gave('a')), same])).toEqual({
        a: 'p1',
        b: 'p1',
        c: 'p2',
      });
    });

    it('follows a chain', () => {
      const members = [member('a', 'p1'), member('b', 'p2', gave('a')), member('c', 'p3', gave('b'))];
      expect(new Set(Object.values(persons(members)))).toEqual(new Set(['p1']));
    });
  });

  it('comes to rest: what it gave is what it gives again', () => {
    const any = fc.record({
      person: fc.constantFrom(undefined, 'p1', 'p2', 'p3'),
      changed: fc.boolean(),
      confirmed: fc.constant(false),
      features: fc.record({
        birthDate: fc.constantFrom(undefined, '1990-01-02', '1991-01-02'),
        identifiers: fc.subarray([`${STRONG}|1`, `${STRONG}|2`, `${PASSPORT}|1`]),
        replacedBy: fc.subarray(['m0', 'm1'], { maxLength: 1 }),
      }),
    });
    fc.assert(
      fc.property(fc.array(any, { minLength: 1, maxLength: 5 }), (list) => {
        const members = list.map((one, at) => ({ ...one, patient: `m${at}` }));
        const first = persons(members);
        const again = (found: Record<string, string>) =>
          persons(members.map((one) => ({ ...one, person: found[one.patient] })));
        // The first time takes apart what was never tied.
        const second = again(first);
        expect(groupsOf(again(second))).toEqual(groupsOf(second));
        expect(Object.keys(first)).toHaveLength(members.length);
      }),
    );
  });
});
