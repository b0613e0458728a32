import type { Layout } from './layouts.js';
import { section, table } from './markdown.js';
import type { Results } from './results.js';
import type { MemoryCourse } from './memory-course.js';

const NOTICE_AIM_MS = 2_000;
const FLAT_MIB_PER_MINUTE = 1;
const PLACE = { store: 'its own source', vendor: 'the vendor Northside' } as const;
const LAYOUT: Readonly<Record<Layout, string>> = {
  one: 'one process with all roles',
  two: 'two gateways, one for all else',
};

/** The sections about what ran in processes of its own. */
export function processSections(results: Results): readonly string[] {
  return [
    section('Writes', writes(results)),
    section('Events', events(results)),
    section('Two replicas against one process', replicas(results)),
    section('Notices', notices(results)),
    section('Soak', soaked(results)),
  ];
}

function writes({ writes: rows }: Results): string {
  if (rows.length === 0) return '';
  return [
    'Observations, each answered with what was written, under a Provenance and a seal. An update names the version that it changes',
    '(`If-Match`); each connection changes one of its own. What a client without a source of its own creates is written at the vendor:',
    "the stand-in, in a process on the same machine, its own limit of requests raised. CPU time is of each process, the vendor's too.",
    '',
    ...table(
      [
        'Act',
        'Owned by',
        'Connections',
        'per s',
        'p50 ms',
        'p99 ms',
        'CPU µs: node',
        'database',
        'vendor',
        'client',
        'Load',
      ],
      rows.map((row) => [
        row.act,
        PLACE[row.place],
        String(row.connections),
        row.perSecond.toFixed(0),
        row.p50Ms.toFixed(2),
        row.p99Ms.toFixed(2),
        row.nodeUs.toFixed(0),
        row.databaseUs.toFixed(0),
        row.place === 'vendor' ? row.vendorUs.toFixed(0) : '',
        row.clientUs.toFixed(0),
        row.load,
      ]),
    ),
  ].join('\n');
}

function events({ events: result }: Results): string {
  if (result === undefined) return '';
  if (result.kind === 'missing') return `Not measured: ${result.why}.`;
  return [
    `Apache Kafka, one broker on the same machine. ${result.records} records of the log, reads nearly all, waited for the publisher, which made`,
    `${result.events} events of them. They were then consumed by \`libs/events\` in one process, each verified against the log, and each access of the log`,
    'was taken exactly once. CPU time is of one record, or one event; that of the broker is not counted.',
    '',
    ...table(
      ['', 'per s', 'CPU µs: node', 'database', 'consumer'],
      [
        [
          'published (records)',
          result.publishedPerSecond.toFixed(0),
          result.nodeUs.toFixed(0),
          result.databaseUs.toFixed(0),
          '',
        ],
        [
          'consumed and verified (events)',
          result.verifiedPerSecond.toFixed(0),
          '',
          '',
          result.consumerUs.toFixed(0),
        ],
      ],
    ),
    '',
    `Load after both: ${result.load}.`,
  ].join('\n');
}

function replicas({ replicas: rows }: Results): string {
  if (rows.length === 0) return '';
  return [
    'Reads, consent and seal included, over one database on the same machine, which all processes and the load generator share. CPU time',
    'of nodes is that of all processes together.',
    '',
    ...table(
      [
        'Processes',
        'Connections',
        'per s',
        'p50 ms',
        'p99 ms',
        'CPU µs: nodes',
        'database',
        'client',
        'Load',
      ],
      rows.map((row) => [
        LAYOUT[row.layout],
        String(row.connections),
        row.perSecond.toFixed(0),
        row.p50Ms.toFixed(2),
        row.p99Ms.toFixed(2),
        row.nodeUs.toFixed(0),
        row.databaseUs.toFixed(0),
        row.clientUs.toFixed(0),
        row.load,
      ]),
    ),
    ...ratio(rows),
  ].join('\n');
}

function ratio(rows: Results['replicas']): readonly string[] {
  const [one, two] = (['one', 'two'] as const).map((layout) => rows.find((row) => row.layout === layout));
  if (one === undefined || two === undefined) return [];
  return [
    '',
    `Two gateways answer ${(two.perSecond / one.perSecond).toFixed(2)} times as many as one process.`,
  ];
}

function notices({ notices: rows }: Results): string {
  if (rows.length === 0) return '';
  const worst = Math.max(...rows.map(({ maxMs }) => maxMs));
  return [
    "From a client's having an answer about a person to her own app's having the event of it (`/notices`); accesses at random times, one",
    'after the other. With two gateways the access is at one, and the app watches at the other.',
    '',
    ...table(
      ['Processes', 'Notices', 'p50 ms', 'p99 ms', 'max ms', 'Load'],
      rows.map((row) => [
        LAYOUT[row.layout],
        String(row.notices),
        row.p50Ms.toFixed(0),
        row.p99Ms.toFixed(0),
        row.maxMs.toFixed(0),
        row.load,
      ]),
    ),
    '',
    `The aim is ${NOTICE_AIM_MS / 1_000} s: ${worst <= NOTICE_AIM_MS ? 'met' : '**missed**'}. The slowest took ${worst.toFixed(0)} ms.`,
  ].join('\n');
}

function soaked({ soak: result }: Results): string {
  if (result === undefined) return '';
  const { minutes, warmUpS, work, courses, load } = result;
  return [
    `Mixed load without a pause on one process with all roles, for ${minutes} minutes after a warm-up of ${warmUpS.toFixed(0)} s: in all`,
    `${work.map(({ name, done }) => `${done} ${name}`).join(', ')}. Memory of the process, and what its main thread has of it, was looked at each second. The slope is that of the`,
    'line of least squares through the least value of each ten seconds, with its 95 % interval, widened because neighbouring values are alike.',
    `"Flat" is said where the whole interval lies below ${FLAT_MIB_PER_MINUTE} MiB a minute.`,
    '',
    ...table(
      ['Memory', 'min MiB', 'max MiB', 'MiB per minute', '95 % interval', ''],
      courses.map((course) => [
        course.memory,
        course.minMib.toFixed(0),
        course.maxMib.toFixed(0),
        course.perMinute.slope.toFixed(2),
        interval(course),
        verdictOn(course),
      ]),
    ),
    '',
    `Load at the end: ${load}.`,
  ].join('\n');
}

function interval({ perMinute: { slope, halfWidth } }: MemoryCourse): string {
  return `${(slope - halfWidth).toFixed(2)} to ${(slope + halfWidth).toFixed(2)}`;
}

function verdictOn({ perMinute: { slope, halfWidth } }: MemoryCourse): string {
  if (slope + halfWidth < FLAT_MIB_PER_MINUTE) return 'flat';
  return slope - halfWidth > 0 ? '**grows**' : 'not shown to be flat';
}
