/**
 * The map of docs/architecture.md, enforced.
 * A lib may import only what its row allows; everything else is an error.
 * @type {import('dependency-cruiser').IConfiguration}
 */
const may = {
  // pure: no framework, no I/O, no clock, no randomness
  outcome: [],
  digest: ['outcome'],
  fhir: ['outcome', 'digest'],
  terminology: ['outcome'],
  smart: ['outcome', 'fhir'],
  consent: ['outcome', 'digest', 'fhir', 'terminology'],
  search: ['outcome', 'digest', 'fhir', 'terminology', 'consent'],
  identity: ['outcome', 'digest', 'fhir'],
  normalize: ['outcome', 'digest', 'fhir', 'terminology'],
  provenance: ['outcome', 'digest'],
  // adapters: I/O behind a pure lib's port; they never know each other
  config: [],
  store: ['outcome', 'digest', 'fhir', 'terminology', 'smart', 'consent', 'search', 'identity', 'provenance'],
  ehr: ['outcome', 'digest', 'fhir', 'terminology', 'consent', 'normalize'],
  chain: ['outcome', 'digest', 'consent', 'provenance'],
  events: ['outcome', 'fhir', 'provenance'],
  oauth: ['outcome', 'smart'],
  // Nest glue shared by the apps
  http: ['outcome', 'fhir', 'smart', 'config', 'provenance'],
};
const pure = [
  'outcome',
  'digest',
  'fhir',
  'terminology',
  'smart',
  'consent',
  'search',
  'identity',
  'normalize',
  'provenance',
];
const nestFile = '\\.(module|controller|guard|filter|interceptor|pipe|decorator)\\.ts$';
const test = '(\\.(spec|e2e-spec|contract)\\.ts$|/testing/)';

const libRules = Object.entries(may).map(([lib, allowed]) => ({
  name: `map-${lib}`,
  comment: `libs/${lib} may import: ${allowed.join(', ') || 'no other lib'}`,
  severity: 'error',
  from: { path: `^libs/${lib}/`, pathNot: test },
  to: { path: '^libs/', pathNot: `^libs/(${[lib, ...allowed].join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...libRules,
    {
      name: 'every-lib-is-on-the-map',
      severity: 'error',
      from: { path: '^libs/', pathNot: `^libs/(${Object.keys(may).join('|')})/` },
      to: {},
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-lib-to-app', severity: 'error', from: { path: '^libs/' }, to: { path: '^apps/' } },
    {
      name: 'no-app-to-app',
      comment: 'standalone alone composes the other apps',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/standalone/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'front-door-only',
      comment: 'import #lib, never a file inside it',
      severity: 'error',
      from: { path: '^(libs|apps)/([^/]+)/' },
      to: { path: '^libs/[^/]+/src/(?!index\\.ts$|testing/)', pathNot: '^$1/$2/' },
    },
    {
      name: 'pure-has-no-io',
      severity: 'error',
      from: { path: `^libs/(${pure.join('|')})/`, pathNot: test },
      to: {
        path: [
          'node_modules/(@nestjs|kafkajs|ethers|pg|undici|pino|fhir-kit-client)/',
          '^(node:)?(fs|http|https|net|dns|child_process)(/|$)',
        ],
      },
    },
    {
      name: 'nest-only-in-nest-files',
      severity: 'error',
      from: { path: '^(libs|apps)/', pathNot: [nestFile, test, '[/.]main\\.ts$'] },
      to: { path: 'node_modules/@nestjs/' },
    },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-dev-dep-in-source',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: test },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { conditionNames: ['import', 'types', 'default'], exportsFields: ['exports'] },
  },
};
