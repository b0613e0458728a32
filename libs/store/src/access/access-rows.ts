import { SaidGroups, type AccessActor, type OpenedRecord } from '#provenance';

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
  const said = new SaidGroups(groups);
  const op = said.op();
  // a period whose key ended with its retention tells no time, and nothing can be shown of it
  if (op === undefined) return { recordId: '', time: '', actors: [], subjects: [] };
  const subjects = said.positions.flatMap((position) => {
    const { person = null, subjectSeq = null } = said.subject(position) ?? {};
    if (person === null || subjectSeq === null) return [];
    const resources = (said.items(position) ?? []).map(({ type, id }) => `${type}/${id}`);
    return [{ person, subjectSeq, position, resources }];
  });
  return { recordId: op.recordId, time: op.time, actors: actorsOf(said.actor()), subjects };
}

function actorsOf(actor: AccessActor | undefined): readonly string[] {
  const { client = null, user = null } = actor ?? {};
  return [...(client === null ? [] : [`client:${client}`]), ...(user === null ? [] : [`user:${user}`])];
}
