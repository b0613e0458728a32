import { commandLine, machine } from './machine.js';
import { section, table } from './markdown.js';
import { processSections } from './report-processes.js';
import type { Results, Row } from './results.js';
import type { WorldSize } from './world.js';

const NOTES = '## Notes';
const BUDGET_MS = 2;
const MS_PER_S = 1_000;
const INGEST_AIM = 150;
const LEFT_OUT: Readonly<Record<Row['node'], string>> = {
  product: 'nothing: the product',
  'no-consent': 'consent',
  'no-seal': 'seal',
  neither: 'consent and seal',
};

/** The results as a Markdown page. What stands under "Notes" in the page before is kept. */
export function writeReport(results: Results, size: WorldSize, before: string): string {
  const notes = before.includes(NOTES) ? before.slice(before.indexOf(NOTES)) : '';
  const parts = [
    head(results, size),
    section('Reads and searches', rates(results.rows)),
    section('What consent and seal add at one connection', added(results)),
    section('Commit path', commits(results)),
    section('Messages of HL7 v2', messages(results)),
    ...processSections(results),
    section('Start-up and memory', startAndMemory(results)),
    ...results.profiles.map(({ workload, functions, modules, busyPercent }) =>
      section(
        `Where the CPU time of the node goes: ${workload}`,
        [
          `Self time at 16 connections; the thread was busy for ${busyPercent.toFixed(0)} % of the time.`,
          '',
          ...table(
            ['Function', '%', 'Module', '%'],
            functions.map(({ name, percent }, at) => [
              `\`${name}\``,
              percent.toFixed(1),
              modules[at] === undefined ? '' : `\`${modules[at].name}\``,
              modules[at]?.percent.toFixed(1) ?? '',
            ]),
          ),
        ].join('\n'),
      ),
    ),
  ];
  return `${[...parts, notes]
    .filter((part) => part !== '')
    .join('\n\n')
    .trimEnd()}\n`;
}

function head(
  { startedAt, loadBefore, fixedWorkMs: [before, after] }: Results,
  { granted, written, hidden, observations }: WorldSize,
): string {
  return [
    '# Benchmark',
    '',
    `\`${commandLine()}\`, ${startedAt.slice(0, 10)}, on ${machine()}. Database, chain node and load generator run on the`,
    `same machine. A fixed piece of work took one core ${before.toFixed(0)} ms before the start and ${after.toFixed(0)} ms after the end: two runs are`,
    'compared by it, since the machine may be shared with others. Load average before the start: ' +
      `${loadBefore}; in each table it`,
    "is the one right after the figure, the benchmark's own processes included.",
    '',
    `The store holds ${granted + written + hidden} people with ${observations} Observations each; ${granted} of them granted the client their`,
    `Observations, and ${written} others let one write about them. A read is one of these by id; a search asks for the`,
    'Observations of one person with one code, `_count=20`. Rates and latencies of both, and of writes, are the middle one of three runs after a warm-up, all else is from one run.',
  ].join('\n');
}

function rates(rows: readonly Row[]): string {
  return table(
    [
      'Left out',
      'Request',
      'Connections',
      'per s',
      'p50 ms',
      'p99 ms',
      'CPU µs: node',
      'database',
      'client',
      'Load',
    ],
    rows.map((row) => [
      LEFT_OUT[row.node],
      row.workload,
      String(row.connections),
      row.perSecond.toFixed(0),
      row.p50Ms.toFixed(2),
      row.p99Ms.toFixed(2),
      row.nodeUs.toFixed(0),
      row.databaseUs.toFixed(0),
      row.clientUs.toFixed(0),
      row.load,
    ]),
  ).join('\n');
}

function added({ rows, fsyncMs }: Results): string {
  const alone = (node: Row['node'], workload: Row['workload']) =>
    rows.find((row) => row.node === node && row.workload === workload && row.connections === 1)?.p50Ms;
  const sentences = (['read', 'search'] as const).flatMap((workload) => {
    const [all, neither] = [alone('product', workload), alone('neither', workload)];
    if (all === undefined || neither === undefined) return [];
    const more = all - neither;
    const limit = fsyncMs + BUDGET_MS;
    const verdict = `the aim is ${limit.toFixed(2)} ms: ${more <= limit ? 'met' : '**missed**'}`;
    return [
      `A ${workload} takes ${all.toFixed(2)} ms, and ${neither.toFixed(2)} ms without consent and seal: ${more.toFixed(2)} ms more; ${verdict}.`,
    ];
  });
  if (sentences.length === 0) return '';
  return [
    ...sentences,
    `The aim is ${BUDGET_MS} ms and what the disk needs to make a block durable, ${fsyncMs.toFixed(2)} ms. Medians.`,
  ].join('\n');
}

function commits({ commits: all }: Results): string {
  if (all.length === 0) return '';
  return [
    '`SqlLogStore.append` with records of reads over 100 people, built, signed, encrypted and committed:',
    '',
    ...table(
      ['In flight', 'Records per s', 'p50 ms', 'p99 ms', 'CPU µs: node', 'Load'],
      all.map(({ inFlight, perSecond, p50Ms, p99Ms, cpuUs, load }) => [
        String(inFlight),
        perSecond.toFixed(0),
        p50Ms.toFixed(2),
        p99Ms.toFixed(2),
        cpuUs.toFixed(0),
        load,
      ]),
    ),
  ].join('\n');
}

function messages({ conversion, ingest }: Results): string {
  if (conversion === undefined) return '';
  const { bytes, resources, parsedPerSecond, convertedPerSecond, cpuUs } = conversion;
  return [
    'Reports with two orders and four results, and every fourth message a change of the patient: on average',
    `${bytes.toFixed(0)} bytes and ${resources.toFixed(1)} resources. One thread parses ${parsedPerSecond.toFixed(0)} messages a second, and`,
    `parses, converts and validates ${convertedPerSecond.toFixed(0)} a second (${cpuUs.toFixed(0)} µs of CPU time each, the engine's own threads included), with nothing else. Over MLLP into the running system, each`,
    'connection sending its next message when the one before is answered: taken is until the last answer (the bytes are',
    `durable), converted until the last version with index, Provenance and log record is durable. The aim is ${INGEST_AIM} a second.`,
    '',
    ...table(
      [
        'Connections',
        'Taken per s',
        'p50 ms',
        'p99 ms',
        'Converted per s',
        'CPU µs: node',
        'database',
        'Versions',
        'Index rows',
        'Load',
      ],
      ingest.map((row) => [
        String(row.connections),
        row.takenPerSecond.toFixed(0),
        row.p50Ms.toFixed(2),
        row.p99Ms.toFixed(2),
        row.convertedPerSecond.toFixed(0),
        row.nodeUs.toFixed(0),
        row.databaseUs.toFixed(0),
        row.versions.toFixed(1),
        row.indexRows.toFixed(1),
        row.load,
      ]),
    ),
    '',
    verdictOn(ingest.map(({ convertedPerSecond: rate }) => rate)),
  ].join('\n');
}

/** Versions and index rows are those that a message leaves, its Provenance included. */
function verdictOn(perSecond: readonly number[]): string {
  const best = Math.max(0, ...perSecond);
  return `The best rate is ${best.toFixed(0)} a second: the aim is ${best >= INGEST_AIM ? 'met' : '**missed**'}. Versions and index rows are what a message leaves, Provenance included.`;
}

function startAndMemory({ coldMs, warmMs, memory }: Results): string {
  const cold = coldMs === undefined ? 'not measured' : `${(coldMs / MS_PER_S).toFixed(1)} s`;
  return [
    `Until everything answers: ${cold} the first time (database, contracts and keys are made), ${(warmMs / MS_PER_S).toFixed(1)} s with what`,
    'is there. Memory after the load, MiB (of the database what its processes share is counted once):',
    '',
    ...table(
      ['Process', 'MiB'],
      memory.map(({ process, mib }) => [process, mib.toFixed(0)]),
    ),
  ].join('\n');
}
