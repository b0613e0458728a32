export type { IndexRows } from './index-rows.js';
