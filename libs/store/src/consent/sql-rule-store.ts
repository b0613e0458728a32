import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { RuleSet, RuleStore } from '#consent';
import type { ApplyContext } from '../apply/apply-context.js';
import { checkLink, LINK_COLUMNS, LINK_ROWS, type LinkRow } from '../apply/links.js';
import { GatheredLoads } from '../gathered-loads.js';
import type { Queries } from '../lanes.js';
import { loadRuleSets } from './load-rule-sets.js';

/** Persons whose rule sets a process holds. */
const HELD_SETS = 10_000;

const VERSIONS = z.array(z.object({ person: z.string(), version: z.bigint() }));

/**
 * Rule sets from Postgres. A set is held by this process as long as its person's version stays the same: asking for it
 * again costs one look at the versions.
 */
export class SqlRuleStore implements RuleStore {
  readonly #queries: Queries;
  readonly #context: ApplyContext;
  readonly #held = new LRUCache<string, RuleSet>({ max: HELD_SETS });
  readonly #versions = new GatheredLoads<bigint>((persons) => this.#loadVersions(persons));
  readonly #links = new GatheredLoads<LinkRow>((patients) => this.#loadLinks(patients));

  /** @param queries a pool, or lanes: what is asked here is short */
  constructor(queries: Queries, context: ApplyContext) {
    this.#queries = queries;
    this.#context = context;
  }

  async ruleSets(persons: readonly string[]): Promise<readonly RuleSet[]> {
    const asked = [...new Set(persons)];
    if (asked.length === 0) {
      return [];
    }
    const versions = await this.#versions.all(asked);
    const held = new Map<string, RuleSet>();
    for (const person of asked) {
      const set = this.#held.get(person);
      if (set !== undefined && set.version === (versions.get(person) ?? 0n)) {
        held.set(person, set);
      }
    }
    const missing = asked.filter((person) => !held.has(person));
    const loaded = missing.length === 0 ? [] : await loadRuleSets(this.#queries, this.#context, missing);
    for (const set of loaded) {
      this.#held.set(set.person, set);
    }
    return [...held.values(), ...loaded];
  }

  async personsOf(patients: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (patients.length === 0) {
      return new Map();
    }
    const loaded = await this.#links.all(patients);
    const links = patients.flatMap((patient) => loaded.get(patient) ?? []);
    for (const link of links) {
      checkLink(this.#context.mac, link);
    }
    return new Map(links.map(({ patient, person }) => [patient, person]));
  }

  /** Links as they are, unchecked: a changed one is the fault of whoever asked for it alone. */
  async #loadLinks(patients: readonly string[]): Promise<ReadonlyMap<string, LinkRow>> {
    const { rows } = await this.#queries.query({
      name: 'persons of patients',
      text: `select ${LINK_COLUMNS} from person_link l
             where l.tenant = $1 and l.patient = any($2) and l.until_time is null`,
      values: [this.#context.tenant, patients],
    });
    return new Map(LINK_ROWS.parse(rows).map((link) => [link.patient, link]));
  }

  async #loadVersions(persons: readonly string[]): Promise<ReadonlyMap<string, bigint>> {
    const { rows } = await this.#queries.query({
      name: 'person versions',
      text: 'select person, version from person_version where tenant = $1 and person = any($2)',
      values: [this.#context.tenant, persons],
    });
    return new Map(VERSIONS.parse(rows).map(({ person, version }) => [person, version]));
  }
}
