import { GatewayError } from '#outcome';
import { parseStrict } from '#digest';
import { JsonFields } from './json-fields.js';
import type { Opening } from './bundle.js';

/** A sub-entry's content group, as far as a verifier needs it. */
export interface OpenedContent {
  readonly position: number;
  readonly itemCount: number;
  /** Hex. */
  readonly canon: string | null;
  readonly wire: string | null;
}

/** A consent that a decision cites. */
export interface CitedConsent {
  readonly chainId: string;
  readonly contract: string;
  /** Hex of the binding's leaf. */
  readonly binding: string;
}

/** What a verifier reads from the shown groups. Groups that cannot be read are `broken`. */
export interface OpenedGroups {
  /** Seconds since 1970; `undefined` where op is not shown. */
  readonly recordTimeS: number | undefined;
  readonly contents: readonly OpenedContent[];
  readonly consents: readonly CitedConsent[];
  /** Hex leaves of the bindings that shown subjects and decisions name. */
  readonly bindings: readonly string[];
  readonly broken: readonly string[];
}

/** Reads the shown groups. Their commitments are checked elsewhere. */
export function readOpenings(openings: readonly Opening[]): OpenedGroups {
  const broken: string[] = [];
  const read = <T>(suffix: string, reader: (fields: JsonFields, position: number) => T): T[] =>
    openings
      .filter(({ group }) => group === suffix || group.endsWith(`/${suffix}`))
      .flatMap(({ group, bytes }) => {
        try {
          return [reader(new JsonFields(parseStrict(bytes), suffix), positionOf(group))];
        } catch (error) {
          if (!(error instanceof GatewayError)) throw error;
          broken.push(group);
          return [];
        }
      });
  const times = read('op', readTime);
  const contents = read('content', readContent);
  const consents = read('decision', readConsents).flat();
  const subjects = read('subject', (fields) => fields.textOrNull('binding'));
  const named = [...subjects, ...consents.map(({ binding }) => binding)];
  const bindings = [...new Set(named.filter((leaf) => leaf !== null))];
  return { recordTimeS: times[0], contents, consents, bindings, broken };
}

function positionOf(group: string): number {
  return Number(/^sub:(\d+)\//.exec(group)?.[1] ?? 0);
}

function readTime(fields: JsonFields): number {
  const timeMs = Date.parse(fields.text('time'));
  if (Number.isNaN(timeMs)) throw new GatewayError('malformed', { details: 'op.time' });
  return timeMs / 1000;
}

function readContent(fields: JsonFields, position: number): OpenedContent {
  return {
    position,
    itemCount: fields.list('items').length,
    canon: fields.textOrNull('canon'),
    wire: fields.textOrNull('wire'),
  };
}

function readConsents(fields: JsonFields): CitedConsent[] {
  return fields
    .each('basis')
    .filter((basis) => basis.text('kind') === 'consent')
    .map((basis) => ({
      chainId: basis.text('chainId'),
      contract: basis.text('contract'),
      binding: basis.text('binding'),
    }));
}
