// Compiles the FHIR R4 definitions into the generated files of libs/search and libs/fhir.
//   node scripts/build-definitions.mjs           writes them
//   node scripts/build-definitions.mjs --check   exits 1 and names each file that is not current
import path from 'node:path';
import { compilePaths } from './definitions/accessors.mjs';
import { expand, setName } from './definitions/codes.mjs';
import { compartmentLines } from './definitions/compartment.mjs';
import { elementModel } from './definitions/elements.mjs';
import { joinedRecord, listOfStrings, recordOfLists } from './definitions/emit.mjs';
import { readDefinitions, settle } from './definitions/sources.mjs';

const root = path.resolve(import.meta.dirname, '..');
const LETTERS = [
  ['a-c', /^[A-C]/],
  ['d-l', /^[D-L]/],
  ['m-o', /^[M-O]/],
  ['p-z', /^[P-Z]/],
];

/** Left out by choice: each Provenance of ours has the same two, rows for every version that tell nothing apart. */
const LEFT_OUT = new Set(['Provenance agent-type']);

const definitions = readDefinitions();
const model = elementModel(definitions.structures);

/** Search parameters of each type with their paths; those that give no row go to `unsupported`. */
function compileParameters() {
  const supported = new Map();
  const unsupported = [];
  for (const type of definitions.resourceTypes) {
    const own = definitions.searchParameters.filter((one) => one.base.includes(type));
    const compiled = own.map((one) =>
      LEFT_OUT.has(`${type} ${one.code}`)
        ? { parameter: one, paths: [], skipped: [] }
        : { parameter: one, ...compilePaths(model, type, one) },
    );
    supported.set(type, compiled.filter((one) => one.paths.length > 0).toSorted(byCode));
    unsupported.push(
      ...compiled
        .filter((one) => one.paths.length === 0)
        .map(({ parameter, skipped }) => [type, parameter.code, parameter.type, ...skipped].join(' ')),
    );
  }
  return { supported, unsupported: unsupported.toSorted(byText) };
}

function byText(a, b) {
  return a < b ? -1 : 1;
}

function byCode(a, b) {
  return a.parameter.code < b.parameter.code ? -1 : 1;
}

/** Splits a record over files by the first letter of its key. */
function splitByLetter(stem, name, note, entries) {
  const base = path.basename(stem);
  const parts = LETTERS.map(([letters, pattern]) => ({
    part: `${name}_${letters.toUpperCase().replace('-', '_')}`,
    file: `${base}-${letters}`,
    entries: entries.filter(([type]) => pattern.test(type)),
  }));
  const files = parts.map(({ part, file, entries: own }) => [
    `${path.dirname(stem)}/${file}.ts`,
    recordOfLists(part, note, own),
  ]);
  return [...files, [`${stem}.ts`, joinedRecord(name, note, parts)]];
}

function accessorFiles({ supported, unsupported }) {
  const entries = [...supported].map(([type, compiled]) => [
    type,
    compiled.map(({ parameter, paths }) => `${parameter.code} ${parameter.type} ${paths.join(' ')}`),
  ]);
  const folder = 'libs/search/src/generated';
  return [
    ...splitByLetter(
      `${folder}/accessors`,
      'ACCESSORS',
      '`code kind path:Type...` by resource type.',
      entries,
    ),
    [
      `${folder}/unsupported.ts`,
      listOfStrings(
        'UNSUPPORTED_PARAMETERS',
        '`Type code kind` of R4 search parameters that give no index rows, with what they would reach.',
        unsupported,
      ),
    ],
  ];
}

/** Targets of a reference parameter; `*` where they are all types. */
function targetsOf({ type, target = [] }) {
  if (type !== 'reference') return [];
  return target.length > 100 || target.includes('Resource') ? ['*'] : target;
}

function parameterFile({ supported }) {
  const entries = [...supported].map(([type, compiled]) => [
    type,
    compiled.map(({ parameter }) => [parameter.code, parameter.type, ...targetsOf(parameter)].join(' ')),
  ]);
  return [
    'libs/fhir/src/generated/search-parameters.ts',
    recordOfLists('SEARCH_PARAMETERS', '`code kind target...` by resource type.', entries),
  ];
}

function elementLine(element) {
  const types = element.types.map(({ code, targets }) =>
    targets.length === 0 ? code : `${code}(${targets.join('|')})`,
  );
  const set = element.binding === undefined ? undefined : setName(element.binding);
  const binding = set !== undefined && codeSets.has(set) ? ` !${set}` : '';
  return `${element.name} ${element.min} ${element.many ? '*' : '1'} ${types.join(',')}${binding}`;
}

function requiredSets() {
  const bindings = [...model.values()].flatMap(({ elements }) => elements.map((one) => one.binding));
  const sets = new Map();
  for (const canonical of bindings.filter((one) => one !== undefined)) {
    const systems = expand(canonical, definitions);
    if (systems !== undefined) sets.set(setName(canonical), systems);
  }
  return sets;
}

function elementFiles() {
  const entries = [...model]
    .filter(([type]) => /^[A-Z]/.test(type) && type !== 'MetadataResource')
    .map(([type, { base, elements }]) => [type, [base ?? '', ...elements.map(elementLine)]])
    .toSorted(([a], [b]) => byText(a, b));
  const note =
    'Base type, then `name min max Type,Type(Target|Target) !value-set`, by type or backbone path.';
  return splitByLetter('libs/fhir/src/generated/elements', 'ELEMENTS', note, entries);
}

const codeSets = requiredSets();

function fhirFiles(parameters) {
  const folder = 'libs/fhir/src/generated';
  const sets = [...codeSets].toSorted(([a], [b]) => byText(a, b));
  return [
    parameterFile(parameters),
    [
      `${folder}/resource-types.ts`,
      listOfStrings('RESOURCE_TYPES', 'Concrete resource types of R4.', definitions.resourceTypes),
    ],
    [
      `${folder}/patient-compartment.ts`,
      recordOfLists(
        'PATIENT_COMPARTMENT',
        'Paths by which a resource belongs to a patient, by resource type; `parameter path:Type`.',
        compartmentLines(definitions.compartment, parameters.supported),
      ),
    ],
    [
      `${folder}/code-sets.ts`,
      recordOfLists(
        'CODE_SETS',
        'Value sets of required bindings: `system code code...`; a space within a code is written %20.',
        sets.map(([name, systems]) => [
          name,
          systems.map(([system, codes]) => [system, ...codes.map(encodeURI)].join(' ')),
        ]),
      ),
    ],
    ...elementFiles(),
  ];
}

const check = process.argv.includes('--check');
const parameters = compileParameters();
const files = [...accessorFiles(parameters), ...fhirFiles(parameters)];
const stale = files.filter(([file, text]) => !settle(path.join(root, file), text, check));
for (const [file, text] of stale) process.stdout.write(`${file} ${text.length}\n`);
if (check && stale.length > 0) process.exitCode = 1;
