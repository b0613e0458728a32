/** One thing that somebody with full rights over the database does, and how it must be named. */
export interface Tampering {
  readonly name: string;
  /** Statements run as the database's owner, row-level security and privileges out of the way. */
  readonly sql: string;
  /** What `proviso audit` must name. */
  readonly finding: string;
  /** Who finds it besides audit: the gateway at the next read, or at its start. */
  readonly gateway: 'read' | 'start';
}

/** The tamperings of the story. `$PATIENT` is the person's patient id. */
export const TAMPERINGS: readonly Tampering[] = [
  {
    name: 'a stored resource',
    sql: `update resource_version v set bytes = convert_to(replace(convert_from(bytes, 'UTF8'), '"final"', '"amended"'), 'UTF8')
      from version_patient p where v.type = 'Observation' and v.current and (p.tenant, p.type, p.id, p.version_id) = (v.tenant, v.type, v.id, v.version_id)
      and p.patient = '$PATIENT'`,
    finding: 'version-altered',
    gateway: 'read',
  },
  {
    name: 'a security label',
    sql: `update resource_version v set labels = '{}' from version_patient p where v.type = 'Observation' and v.current
      and (p.tenant, p.type, p.id, p.version_id) = (v.tenant, v.type, v.id, v.version_id) and p.patient = '$PATIENT'`,
    finding: 'version-altered',
    gateway: 'read',
  },
  {
    name: 'a rule row',
    sql: `update consent_rule set classes = null, purposes = null, actors = null`,
    finding: 'row-altered  table=consent_rule',
    gateway: 'read',
  },
  {
    // among the newest 256, whose signatures a gateway checks at its start; the rest is the audit's
    name: 'a log row',
    sql: `update log_leaf set entry = set_byte(entry, 40, (get_byte(entry, 40) + 1) % 256) where idx = (select max(idx) - 9 from log_leaf)`,
    finding: 'leaf-altered',
    gateway: 'start',
  },
  {
    name: 'the last log rows',
    sql: `delete from log_leaf where idx >= (select max(idx) - 2 from log_leaf)`,
    finding: 'leaf-missing',
    gateway: 'start',
  },
];
