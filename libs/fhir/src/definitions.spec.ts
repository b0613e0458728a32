import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { RESOURCE_TYPES } from './generated/resource-types.js';
import { typeModel } from './element-model.js';
import { searchParametersOf } from './search-parameters.js';

const root = path.resolve(import.meta.dirname, '../../..');

describe('the generated definitions', () => {
  it('are what the build script makes of the definitions today', () => {
    const script = path.join(root, 'scripts/build-definitions.mjs');
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('cover every R4 resource type', () => {
    expect(RESOURCE_TYPES).toHaveLength(146);
    expect(RESOURCE_TYPES.filter((type) => typeModel(type) === undefined)).toEqual([]);
  });

  it('know every type that an element names', () => {
    const unknown = RESOURCE_TYPES.flatMap((type) =>
      [...(typeModel(type)?.members.values() ?? [])]
        .map(({ type: { code } }) => code)
        .filter((code) => /^[A-Z]/.test(code) && typeModel(code) === undefined),
    );
    expect(unknown).toEqual([]);
  });

  it('give each type the parameters that columns answer', () => {
    expect([...searchParametersOf('Binary').keys()]).toEqual(['_id', '_lastUpdated']);
    expect(searchParametersOf('Observation').get('subject')?.targets).toContain('Patient');
    expect(searchParametersOf('toString').size).toBe(0);
  });
});
