import { parseStrict, type JsonValue } from '#digest';
import { GatewayError } from '#outcome';
import { JsonFields } from './json-fields.js';
import type { OpenedGroup } from './ports.js';

const SUBJECT = /^sub:(\d+)\/subject$/;

/** What was done, as the op group says it. */
export interface OpSaid {
  readonly recordId: string;
  /** RFC 3339. */
  readonly time: string;
  readonly phase: string;
  readonly interaction: string;
  readonly outcome: string;
  readonly status: number;
  readonly gateway: string;
}

/** Who did something; members as the actor group has them. */
export interface AccessActor {
  readonly client: string | null;
  readonly user: string | null;
  readonly organization: string | null;
  readonly roles: readonly string[];
  readonly purpose: string | null;
}

/** Whom a sub-entry is about. */
export interface SubjectSaid {
  readonly person: string | null;
  readonly patient: string | null;
  /** Numbers the person's sub-entries without gaps; null where it is nobody's. */
  readonly subjectSeq: bigint | null;
}

/** What was decided about a subject. */
export interface DecisionSaid {
  readonly effect: string;
  readonly code: string | null;
  readonly basis: readonly JsonValue[];
  readonly obligations: readonly string[];
  /** The bases in one word each: `consent:<id>` or `policy:<id>@<digest>`. */
  readonly basisWords: () => readonly string[];
}

/** A resource version that left or changed. */
export interface ItemSaid {
  readonly type: string;
  readonly id: string;
  readonly versionId: string;
}

/**
 * Groups of one record that somebody has in the clear, read as what they say: those that the log's keys open, or that a
 * receipt or an event shows. A group that is not there is `undefined`; one that is not of its form throws `malformed`.
 */
export class SaidGroups {
  readonly #bytes: ReadonlyMap<string, Uint8Array>;

  constructor(groups: readonly Pick<OpenedGroup, 'group' | 'bytes'>[]) {
    this.#bytes = new Map(groups.map(({ group, bytes }) => [group, bytes]));
  }

  /** Numbers of the sub-entries whose subject is there, as they come. */
  get positions(): readonly number[] {
    return [...this.#bytes.keys()].flatMap((group) => {
      const position = SUBJECT.exec(group)?.[1];
      return position === undefined ? [] : [Number(position)];
    });
  }

  op(): OpSaid | undefined {
    const op = this.#fields('op');
    return (
      op && {
        recordId: op.text('id'),
        time: op.text('time'),
        phase: op.text('phase'),
        interaction: op.text('interaction'),
        outcome: op.text('outcome'),
        status: op.number('status'),
        gateway: op.text('gateway'),
      }
    );
  }

  actor(): AccessActor | undefined {
    const actor = this.#fields('actor');
    return (
      actor && {
        client: actor.textOrNull('client'),
        user: actor.textOrNull('user'),
        organization: actor.textOrNull('organization'),
        roles: actor.texts('roles'),
        purpose: actor.textOrNull('purpose'),
      }
    );
  }

  request(): { readonly method: string; readonly path: string; readonly requestId: string } | undefined {
    const request = this.#fields('request');
    return (
      request && {
        method: request.text('method'),
        path: request.text('path'),
        requestId: request.text('requestId'),
      }
    );
  }

  subject(position: number): SubjectSaid | undefined {
    const subject = this.#fields(`sub:${position}/subject`);
    return (
      subject && {
        person: subject.textOrNull('person'),
        patient: subject.textOrNull('patient'),
        subjectSeq: subject.textOrNull('subjectSeq') === null ? null : subject.counter('subjectSeq'),
      }
    );
  }

  items(position: number): ItemSaid[] | undefined {
    return this.#fields(`sub:${position}/content`)
      ?.each('items')
      .map((item) => ({ type: item.text('type'), id: item.text('id'), versionId: item.text('versionId') }));
  }

  /** The source that a sub-entry's content came from, or was written to; `undefined` where it names none. */
  source(position: number): string | undefined {
    return this.#fields(`sub:${position}/links`)?.optionalText('source');
  }

  decision(position: number): DecisionSaid | undefined {
    const decision = this.#fields(`sub:${position}/decision`);
    return (
      decision && {
        effect: decision.text('effect'),
        code: decision.textOrNull('code'),
        basis: decision.list('basis'),
        obligations: decision.texts('obligations'),
        basisWords: () => decision.each('basis').map(basisWord),
      }
    );
  }

  #fields(group: string): JsonFields | undefined {
    const bytes = this.#bytes.get(group);
    return bytes && new JsonFields(parseStrict(bytes), group);
  }
}

/** What must be there, since something else is. @throws GatewayError `malformed` */
export function mustSay<T>(said: T | undefined, group: string): T {
  if (said === undefined) throw new GatewayError('malformed', { details: group });
  return said;
}

function basisWord(basis: JsonFields): string {
  return basis.text('kind') === 'policy'
    ? `policy:${basis.text('policy')}@${basis.text('digest')}`
    : `consent:${basis.text('consent')}`;
}
