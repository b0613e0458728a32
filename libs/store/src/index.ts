export type {
  BindingWrite,
  FilingWrite,
  InboxChange,
  InboxIssue,
  KeyedWriteChange,
  KeyedWriteEnd,
  RowChange,
  RulesSeen,
  VersionWrite,
} from './change.js';
export type { Owners, Page, ReadResult, ResourceStore, Saw, Stored } from './resource-store.js';
export { RULES_CHANGED } from './apply/persons.js';
export { isJudged } from './is-judged.js';
export { migrate } from './migrate.js';
export { Lanes } from './lanes.js';
export { openPool, toTimestamp, type PoolOptions } from './pool.js';
export { PlannerStatistics } from './planner-statistics.js';
export { isDatabaseLost, isStatementCancelled, isTooMuch, storageFault } from './is-database-lost.js';
export { EmbeddedPostgres, type EmbeddedOptions } from './postgres/embedded-postgres.js';
export { RowMac, type ColumnValue, type MacRow } from './row-mac.js';
export { applyChanges, type ChangeItem } from './apply/apply-changes.js';
export type { ApplyContext } from './apply/apply-context.js';
export { SqlProjectionStore } from './projection/sql-projection-store.js';
export { createDatabase, runStatements } from './postgres/databases.js';
export type { LogIncident, SqlLogOptions } from './log/log-options.js';
export { LogReader } from './log/log-reader.js';
export { HighWaterFile, readHighWater, type HighWaterReading } from './log/high-water.js';
export { RecordOpener, type PlainPart, type PlainRecord } from './log/record-opener.js';
export {
  AnchorEvidence,
  RecordReceipts,
  type Excerpt,
  type ExcerptOptions,
  type ReceiptReader,
  type ReceiptSources,
} from './log/record-receipts.js';
export { SqlAnchorLog, type AnchorPlace, type AnchorRecord } from './log/sql-anchor-log.js';
export { outwardFollower, sqlFollower, type OutwardFollower, type SqlFollower } from './log/following.js';
export { SqlEventTails } from './log/sql-event-tails.js';
export { SqlFollowerPositions, type FollowerLag } from './log/sql-follower-positions.js';
export { SqlKeyVault, type SqlKeyVaultOptions } from './log/sql-key-vault.js';
export { SqlLogStore, type OpenedLog } from './log/sql-log-store.js';
export { startGate, type HeadSource, type KnownHead, type StartFault } from './log/start-gate.js';
export { prepareDeletion, prepareVersion, type VersionAt } from './prepare-version.js';
export { makeVersionId } from './version-id.js';
export { SqlRuleStore } from './consent/sql-rule-store.js';
export { SqlFilingStore } from './consent/sql-filing-store.js';
export type { BindingRow, FilingStore, GrantStatus } from './consent/filing-store.js';
export { SqlOutbox, type OutboxEntry } from './sql-outbox.js';
export { SqlTokenStore } from './sql-token-store.js';
export { SqlResourceStore, type ResourceStoreOptions } from './resources/sql-resource-store.js';
export { withLinks } from './resources/with-links.js';
export { SqlSubjectHeads, type SubjectEpochsSeen } from './projection/subject-heads.js';
export { auditDatabase, type AuditOptions, type AuditReport } from './log/audit/audit-database.js';
export type { AuditFinding, VersionPart } from './log/audit/finding.js';
export { StoreSampler, type SamplerOptions } from './log/sample/store-sampler.js';
export type { SampleFinding } from './log/sample/sample-options.js';
export { unheldSessions } from './log/sample/unheld-sessions.js';
export { Intake } from './intake/intake.js';
export type { IntakeOptions } from './intake/intake-options.js';
export { provenanceOf, type ClientOrigin } from './intake/provenance-of.js';
export { mergeResource } from './intake/merge-resource.js';
export type {
  Accepted,
  DeliveredVersion,
  DeliveryLineage,
  PatientMerge,
  SettledVersion,
  Settlement,
  SourceDelivery,
} from './intake/delivery.js';
export type {
  FullInboxEntry,
  Inbox,
  InboxEntry,
  InboxMessage,
  InboxQuery,
  InboxQueue,
  InboxState,
  Receipt,
  TakenMessage,
  WaitingMessage,
} from './inbox/inbox.js';
export { INBOX_STATES } from './inbox/inbox.js';
export { inboxLine, inboxSubject, mayBegin, REASON_CHARACTERS, type InboxLine } from './inbox/inbox-acts.js';
export { SqlInbox } from './inbox/sql-inbox.js';
export { SqlInboxQueue } from './inbox/sql-inbox-queue.js';
export { SqlSourceContacts } from './inbox/source-contacts.js';
export { SourceLead } from './inbox/source-lead.js';
export type { Company, LinkStore, PersonLink } from './links/link-store.js';
export { SqlLinkStore } from './links/sql-link-store.js';
export { ACCESS_INDEX, AccessIndexWriter } from './access/access-index-writer.js';
export type {
  AccessCounts,
  AccessEntry,
  AccessIndex,
  AccessPage,
  AccessPlace,
  AccessQuery,
  ActorQuery,
} from './access/access-index.js';
export { SqlAccessIndex } from './access/sql-access-index.js';
export type {
  KeyedWrite,
  KeyedWriteBegun,
  KeyedWriteStore,
  KeyQuery,
  KeyStanding,
  WriteAnswer,
  WriteInteraction,
  WriteState,
  WriteTarget,
} from './keyed-writes/keyed-write.js';
export { SqlKeyedWriteStore, type KeyedWriteOptions } from './keyed-writes/sql-keyed-write-store.js';
