import { EVENTS } from './events.js';
import { RESPONSES, type Severity } from './responses.js';

const HEAD = `# Monitors

Generated from \`apps/ledger/src/monitor/responses.ts\` and \`events.ts\`; do not edit.

While a gateway runs, its monitors look every \`MONITOR_EVERY_S\` at what the start-up gate looks at once. What one of them finds
is written to the process log as an incident, once, until it changes; it is counted in \`proviso_incidents_total{kind}\`; and
readiness shows it as the part \`integrity\`.

- **stop**: the part is down, and every append to the log is refused with \`seal-unavailable\`. No seal, no answer: nothing is
  served until the gateway is started again and its start-up gate opens. Nothing is anchored meanwhile.
- **alarm**: the part is degraded. Single rows that were edited are refused when they are read, whatever the monitors do.

The checks \`stored-head\`, \`chain-head\`, \`high-water-head\` and \`anchor-head\` run in every gateway, since each must stop for
itself; the others run in one gateway at a time. \`sample\` verifies \`MONITOR_SAMPLE\` versions, records and rows of each table a
minute, chosen at random: an edit among n versions is met after n / \`MONITOR_SAMPLE\` minutes on average, and by
\`proviso audit --database\` always. \`chain-reset\`, \`nodes-disagree\`, \`events-disagree\`, \`vanished-gateways\`, \`projection-lag\` and
\`follower-lag\` speak when two rounds in a row found the same.
`;
const EVENTS_HEAD = `## Events

What no check finds is told when it happens, by the log, by what follows it or by the request that met it, and counted in the same
way; readiness does not show it. One request may tell several.
`;
const COLUMNS = ['incident', 'check', 'what was found', 'what to do'];
const EVENT_COLUMNS = ['incident', 'told by', 'what happened', 'what to do'];

/** The text of `docs/monitors.md`, from the table of responses. */
export function monitorsDocument(): string {
  return [HEAD, ...sectionOf('Stop', 'stop'), ...sectionOf('Alarm', 'alarm'), ...eventSection()].join('\n');
}

function eventSection(): readonly string[] {
  const rows = Object.entries(EVENTS).map(([kind, { by, found, next }]) => [`\`${kind}\``, by, found, next]);
  return [EVENTS_HEAD, ...tableOf([EVENT_COLUMNS, ...rows]), ''];
}

function sectionOf(title: string, severity: Severity): readonly string[] {
  const rows = Object.entries(RESPONSES)
    .filter(([, response]) => response.severity === severity)
    .map(([kind, { by, found, next }]) => [
      `\`${kind}\``,
      by.map((name) => `\`${name}\``).join(', '),
      found,
      next,
    ]);
  return [`## ${title}`, '', ...tableOf([COLUMNS, ...rows]), ''];
}

/** Columns are padded, as the formatter of the repository has them. */
function tableOf(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lineOf = (row: readonly string[]) =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  const [head, ...rest] = rows.map(lineOf);
  return [head ?? '', rule, ...rest];
}
