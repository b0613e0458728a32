import type { MonitorFinding } from './finding.js';

/** One thing that is looked at again and again. */
export interface Check {
  readonly name: string;
  /** What is not as it should be now. MUST change nothing. Throws where it cannot look. */
  readonly look: () => Promise<readonly MonitorFinding[]>;
}
