import { z } from 'zod';
import { parseStrict } from '#digest';
import type { OpenedRecord } from '#provenance';

const Op = z.looseObject({ id: z.string(), time: z.string() });
const Actor = z.looseObject({ client: z.string().nullable(), user: z.string().nullable() });
const Subject = z.looseObject({ person: z.string().nullable(), subjectSeq: z.string().nullable() });
const Content = z.looseObject({ items: z.array(z.looseObject({ type: z.string(), id: z.string() })) });

/** What the index keeps of a record. */
export interface AccessRows {
  readonly recordId: string;
  /** RFC 3339. */
  readonly time: string;
  /** `client:<id>` and `user:<id>`, as far as there are. */
  readonly actors: readonly string[];
  readonly subjects: readonly {
    readonly person: string;
    readonly subjectSeq: bigint;
    readonly position: number;
    /** `Type/id` each. */
    readonly resources: readonly string[];
  }[];
}

/** Reads who did something about whom, and to what. Sub-entries whose key was destroyed are not there. */
export function accessRows({ groups }: OpenedRecord): AccessRows {
  const byName = new Map(groups.map(({ group, bytes }) => [group, bytes]));
  const read = (name: string): unknown => {
    const bytes = byName.get(name);
    return bytes === undefined ? undefined : parseStrict(bytes);
  };
  const op = Op.safeParse(read('op')).data;
  // a period whose key ended with its retention tells no time, and nothing can be shown of it
  if (op === undefined) return { recordId: '', time: '', actors: [], subjects: [] };
  const { id: recordId, time } = op;
  const actor = Actor.safeParse(read('actor')).data;
  const subjects = [...byName.keys()].flatMap((name) => {
    const position = /^sub:(\d+)\/subject$/.exec(name)?.[1];
    if (position === undefined) return [];
    const { person, subjectSeq } = Subject.parse(read(name));
    if (person === null || subjectSeq === null) return [];
    const { items } = Content.parse(read(`sub:${position}/content`));
    const resources = items.map(({ type, id }) => `${type}/${id}`);
    return [{ person, subjectSeq: BigInt(subjectSeq), position: Number(position), resources }];
  });
  return { recordId, time, actors: actorsOf(actor), subjects };
}

function actorsOf(actor: z.infer<typeof Actor> | undefined): readonly string[] {
  const { client = null, user = null } = actor ?? {};
  return [...(client === null ? [] : [`client:${client}`]), ...(user === null ? [] : [`user:${user}`])];
}
