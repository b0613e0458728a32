import { accessorsOf } from './accessor.js';
import { ACCESSORS } from './generated/accessors.js';
import { indexRows } from './index-resource.js';
import type { IndexRows } from './index-rows.js';
import { storedPlace, storedRows } from './stored-rows.js';

const TYPES = Object.keys(ACCESSORS);
const OBSERVATION = {
  resourceType: 'Observation',
  status: 'final',
  subject: { reference: 'Patient/p' },
  code: { coding: [{ system: 'http://loinc.org', code: '85354-9' }] },
  component: [{ code: { coding: [{ system: 'http://loinc.org', code: '8480-6' }] } }],
};

function paramsIn({ token, reference }: IndexRows): readonly string[] {
  return [...token, ...reference].map(({ param }) => param).toSorted();
}

describe('storedPlace', () => {
  it.each([
    ['Observation', 'combo-code', ['code', 'component-code'], undefined],
    ['Observation', 'patient', ['subject'], 'Patient'],
    ['Patient', 'phonetic', ['name'], undefined],
    ['Patient', 'name', ['name'], undefined],
    ['Coverage', 'patient', ['beneficiary'], undefined],
    ['Provenance', 'patient', ['patient'], undefined],
    ['Observation', 'code', ['code'], undefined],
    ['Nothing', 'code', ['code'], undefined],
  ])('says where %s?%s stands', (type, param, params, target) => {
    const place = storedPlace(type, param);
    expect({ ...place, params: place.params.toSorted() }).toEqual({ params, target });
  });

  it('names for each parameter of each type only such that are stored under their own name', () => {
    const wrong = TYPES.flatMap((type) =>
      accessorsOf(type).flatMap(({ param }) =>
        storedPlace(type, param)
          .params.filter((name) => {
            const own = storedPlace(type, name);
            return own.params.length !== 1 || own.params[0] !== name || own.target !== undefined;
          })
          .map((name) => `${type}?${param} in ${name}`),
      ),
    );
    expect(wrong).toEqual([]);
  });

  it('reaches just the paths of the parameter, for each parameter of each type', () => {
    const wrong = TYPES.flatMap((type) => {
      const accessors = new Map(accessorsOf(type).map((one) => [one.param, one]));
      return [...accessors.values()].flatMap(({ param, kind, paths }) => {
        const { params, target } = storedPlace(type, param);
        const reached = params.flatMap((name) => accessors.get(name)?.paths ?? []);
        const narrowed = target === undefined ? reached : reached.map((path) => `${path}?${target}`);
        const isSame = JSON.stringify(narrowed.toSorted()) === JSON.stringify(paths.toSorted());
        return isSame && params.every((name) => accessors.get(name)?.kind === kind)
          ? []
          : [`${type}?${param}`];
      });
    });
    expect(wrong).toEqual([]);
  });
});

describe('storedRows', () => {
  it('leaves out what other rows say, and keeps the rest', () => {
    const all = indexRows(OBSERVATION);
    expect(paramsIn(all)).toEqual([
      'code',
      'combo-code',
      'combo-code',
      'component-code',
      'patient',
      'status',
      'subject',
    ]);
    expect(paramsIn(storedRows('Observation', all))).toEqual(['code', 'component-code', 'status', 'subject']);
  });
});
