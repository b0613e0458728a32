import type { PipelineParts } from '#http';
import type { AccessIndex, LinkStore, RecordReceipts, RowChange } from '#store';

/** What the auditor's application needs of the world beside what sealing does; given once by the composition. */
export interface Parts extends PipelineParts<RowChange> {
  readonly accesses: Pick<AccessIndex, 'page' | 'recordsOf' | 'position'>;
  readonly links: Pick<LinkStore, 'linksOf' | 'linksOfResource'>;
  readonly receipts: Pick<RecordReceipts, 'receiptOf' | 'excerptOf'>;
}
