import type { JsonObject } from '#digest';
import { isList } from '#fhir';
import type { ResourceFault } from '../../normalised.js';
import { finishResources } from './finish-resources.js';
import type { Unjudged } from './unjudged.js';

function unjudged(type: string, id: string, content: JsonObject): Unjudged {
  return {
    type,
    id,
    key: id,
    resource: { resourceType: type, id, ...content },
    mode: undefined,
    cleared: [],
    assumed: [],
  };
}

function idOf(at: number): string {
  return `00000000-0000-5000-8000-${String(at).padStart(12, '0')}`;
}

function firstName({ name }: JsonObject): readonly ResourceFault[] {
  return isList(name) ? [{ rule: 'format', expression: 'Patient.name[0]' }] : [];
}

/** A Location that must be a part of another; the widest of them is at fault itself. */
function partOfAnother({ partOf }: JsonObject): readonly ResourceFault[] {
  return partOf === undefined ? [{ rule: 'required', expression: 'Location.partOf' }] : [];
}

describe('finishResources', () => {
  it('leaves a resource of too many faults out, and says so with an error', () => {
    const names = Array.from({ length: 50 }, (_, at) => ({ family: String(at) }));
    const { resources, issues } = finishResources(
      [unjudged('Patient', idOf(1), { name: names })],
      'digest',
      firstName,
    );
    expect(resources).toEqual([]);
    expect(issues.at(-1)).toMatchObject({ severity: 'error', code: 'invalid', type: 'Patient' });
    expect(issues.filter(({ severity }) => severity === 'error')).toHaveLength(1);
  });

  it('judges what is left again, until nothing more has to go', () => {
    const places = Array.from({ length: 9 }, (_, at) =>
      unjudged('Location', idOf(at), at === 0 ? {} : { partOf: { reference: `Location/${idOf(at - 1)}` } }),
    );
    const { resources, issues } = finishResources(places, 'digest', partOfAnother);
    expect(resources).toEqual([]);
    expect(issues.filter(({ code }) => code === 'dangling-reference')).toHaveLength(8);
  });

  it('cuts every reference that leads to nothing, with its place', () => {
    const other = { reference: `Location/${idOf(7)}` };
    const kept = { reference: `Location/${idOf(1)}` };
    const encounter = unjudged('Encounter', idOf(2), {
      location: [{ location: other }, { location: kept }, { location: other, status: 'active' }],
    });
    const { resources, issues } = finishResources(
      [unjudged('Location', idOf(1), {}), encounter],
      'digest',
      () => [],
    );
    expect(resources[1]?.resource['location']).toEqual([{ location: kept }, { status: 'active' }]);
    expect(issues.map(({ expression }) => expression)).toEqual([
      'Encounter.location[0].location',
      'Encounter.location[2].location',
    ]);
  });
});
