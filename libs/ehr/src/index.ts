export type { PullResult, Source, SourceChange, SourcePatient, SourcePayload } from './source.js';
