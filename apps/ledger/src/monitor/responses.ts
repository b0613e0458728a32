import type { MonitorFinding } from './finding.js';

/**
 * What follows from a finding. `stop`: the gateway serves nothing more until it is started anew, through the start-up gate.
 * `alarm`: it goes on, and somebody must look.
 */
export type Severity = 'stop' | 'alarm';

/** What a finding says, and what follows. */
export interface Response {
  readonly severity: Severity;
  /** Names of the checks that find it. */
  readonly by: readonly string[];
  /** What was found. */
  readonly found: string;
  /** What to do. */
  readonly next: string;
}

/** Heads that others remember, each compared by a check of its own. */
const REMEMBERED = ['chain-head', 'high-water-head', 'anchor-head'];
const AUDIT = 'Keep the database as it is; run `proviso audit --database` on a copy.';
const RESTORE =
  'Restore the newest backup that passes `proviso audit`; the start-up gate says whether it is enough.';

/** Every finding of the monitors; `docs/monitors.md` is made from here. */
export const RESPONSES: Readonly<Record<MonitorFinding['kind'], Response>> = {
  'log-rolled-back': {
    severity: 'stop',
    by: REMEMBERED,
    found: 'The stored log is shorter than a head that the chain, the high-water file or an anchor has.',
    next: RESTORE,
  },
  'log-forked': {
    severity: 'stop',
    by: REMEMBERED,
    found: 'The stored log does not give the root that was anchored, or noted, at this size.',
    next: `Keep both checkpoints: they are the evidence. ${AUDIT}`,
  },
  'head-missing': {
    severity: 'stop',
    by: ['stored-head'],
    found: 'The row of the head is gone.',
    next: RESTORE,
  },
  'checkpoint-invalid': {
    severity: 'stop',
    by: ['stored-head'],
    found: 'The stored checkpoint is not signed by a log key of the policy, or is of another log.',
    next: AUDIT,
  },
  'root-mismatch': {
    severity: 'stop',
    by: ['stored-head'],
    found: 'Leaves and tiles do not give the root that was signed last.',
    next: AUDIT,
  },
  'log-frozen': {
    severity: 'alarm',
    by: ['frozen-log'],
    found: 'Two heads of one size that the operator signed were reported to the contract: it takes no more.',
    next: 'Find out who signed the second one; go on under a new log id.',
  },
  'chain-reset': {
    severity: 'alarm',
    by: ['chain-reset'],
    found:
      'The chain has another id, genesis block or code than is pinned, or lost what was final: `lost` says which.',
    next: 'Ask who runs the chain; nothing that was granted or revoked goes back. Anchor anew on the chain that goes on.',
  },
  'anchors-withheld': {
    severity: 'alarm',
    by: ['anchors-withheld'],
    found:
      'Records have waited three cadences, and the time that the chain needs to be final, without a final anchor.',
    next: "Look at the relayer's coin and at the node; anybody may submit the signed head.",
  },
  'foreign-anchor': {
    severity: 'alarm',
    by: ['foreign-anchor'],
    found:
      'The chain holds a head of this log that the log does not have: somebody else signs with the operator key.',
    next: 'Rotate the operator key (`docs/keys.md`). The head on the chain then is a head that others remember: see `log-rolled-back`.',
  },
  'nodes-disagree': {
    severity: 'alarm',
    by: ['nodes-disagree'],
    found: 'Nodes give different hashes for a block that all of them hold for final.',
    next: 'Ask a third node; take the lying one out of `CHAIN_RPC_URLS`.',
  },
  'events-disagree': {
    severity: 'alarm',
    by: ['events-disagree'],
    found:
      'Nodes give different events of the consent registry for the same final blocks: one of them hides events, or invents some.',
    next: 'Ask a third node; take the lying one out of `CHAIN_RPC_URLS`. Where it was the first, follow the registry anew into an empty database.',
  },
  'gateway-vanished': {
    severity: 'alarm',
    by: ['vanished-gateways'],
    found: 'A session of another gateway has no close record and nobody holds it.',
    next: 'Start that gateway again: its start seals the gap. What it answered last may lack a record.',
  },
  'gateway-gap': {
    severity: 'alarm',
    by: ['newest-records'],
    found: "A number of a gateway's records is missing.",
    next: AUDIT,
  },
  'session-altered': {
    severity: 'alarm',
    by: ['newest-records'],
    found: "A session's row does not know the last number that its records have.",
    next: AUDIT,
  },
  'subject-gap': {
    severity: 'alarm',
    by: ['newest-records'],
    found: "A number of a person's sub-entries is missing.",
    next: AUDIT,
  },
  'subject-row-altered': {
    severity: 'alarm',
    by: ['newest-records', 'sample'],
    found: 'The row that finds a person’s record is gone or points elsewhere.',
    next: AUDIT,
  },
  'counter-altered': {
    severity: 'alarm',
    by: ['newest-records'],
    found: "A person's counter was set back.",
    next: AUDIT,
  },
  'leaf-missing': { severity: 'alarm', by: ['sample'], found: 'A record’s entry is gone.', next: AUDIT },
  'leaf-altered': { severity: 'alarm', by: ['sample'], found: 'A record’s entry was edited.', next: AUDIT },
  'leaf-swapped': {
    severity: 'alarm',
    by: ['newest-records', 'sample'],
    found: 'A genuine entry stands at another place than its tile or its number says.',
    next: AUDIT,
  },
  'tile-not-included': {
    severity: 'alarm',
    by: ['sample'],
    found: 'Tiles do not lead from genuine leaves to the root.',
    next: AUDIT,
  },
  'entry-signature-invalid': {
    severity: 'alarm',
    by: ['sample'],
    found: 'No gateway of the policy signed an entry.',
    next: AUDIT,
  },
  'part-altered': {
    severity: 'alarm',
    by: ['newest-records', 'sample'],
    found: 'A private part does not open, or is not the one that the entry commits to.',
    next: AUDIT,
  },
  'part-missing': {
    severity: 'alarm',
    by: ['newest-records', 'sample'],
    found: 'A private part of a record is gone.',
    next: AUDIT,
  },
  'key-missing': {
    severity: 'alarm',
    by: ['newest-records', 'sample'],
    found: 'The key of a private part is gone, and no erasure destroyed it.',
    next: RESTORE,
  },
  'version-altered': {
    severity: 'alarm',
    by: ['sample'],
    found:
      "A version's bytes, digests or facts (labels, patients, times) were edited. A read of it is refused.",
    next: AUDIT,
  },
  'version-missing': {
    severity: 'alarm',
    by: ['sample'],
    found: 'A version that a record names is gone.',
    next: AUDIT,
  },
  'version-rolled-back': {
    severity: 'alarm',
    by: ['sample'],
    found: 'A resource shows another version than the newest one that the log knows.',
    next: AUDIT,
  },
  'version-unrecorded': {
    severity: 'alarm',
    by: ['sample'],
    found: 'No record of the log wrote a version.',
    next: AUDIT,
  },
  'index-altered': {
    severity: 'alarm',
    by: ['sample'],
    found: 'The index rows of a resource are not those that its bytes give.',
    next: AUDIT,
  },
  'row-altered': {
    severity: 'alarm',
    by: ['sample'],
    found:
      'A rule, binding, filing, link, word, latch, token, received message or keyed write was edited. What needs it is refused.',
    next: AUDIT,
  },
  'row-missing': {
    severity: 'alarm',
    by: ['sample'],
    found: 'A row is gone that a record, a filing or a rule needs.',
    next: AUDIT,
  },
  'row-rolled-back': {
    severity: 'alarm',
    by: ['sample'],
    found: 'A rule stands as it did before a revocation that the chain or a latch knows.',
    next: AUDIT,
  },
  'projection-behind': {
    severity: 'alarm',
    by: ['projection-lag'],
    found:
      'The consent projection is older than `CHAIN_MAX_STALENESS_S`: no newer block came, or no node answers. Third parties are refused.',
    next: 'Look at the nodes, and at the chain; the projection catches up by itself.',
  },
  'follower-behind': {
    severity: 'alarm',
    by: ['follower-lag'],
    found:
      'The oldest record that a follower of the log has not handled is older than `FOLLOWER_MAX_LAG_S`. What it makes of the log is that old.',
    next: 'See `follower-stuck`; without one it only needs time, or nobody leads it. It goes on where it is, and skips nothing.',
  },
  'write-open': {
    severity: 'alarm',
    by: ['open-writes'],
    found:
      'Nobody knows whether a vendor took a write that was begun `WRITE_OPEN_ALARM_S` ago: the vendor does not answer, or no process looks writes up.',
    next: 'Look at the vendor and at the `ingest` role. A write is looked up until the vendor tells; it is never sent again by itself.',
  },
  'word-differs': {
    severity: 'alarm',
    by: ['words-differ'],
    found: "A stored word is not the one that the contract gives at the projection's block.",
    next: 'Ask another node; then follow the registry anew into an empty database, and compare.',
  },
  unchecked: {
    severity: 'alarm',
    by: ['every check'],
    found: 'A check could not look three times in a row.',
    next: 'See the log of the process; database and chain have their own lines in readiness.',
  },
};
