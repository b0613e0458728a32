export { indexRows } from './index-resource.js';
export { CANONICAL_UNITS, quantityQuery, type QuantityQuery } from './index-quantities.js';
export type { IndexRows } from './index-rows.js';
export { foldText } from './index-text.js';
export { compileCount, compileSearch, type SearchPage } from './compile-search.js';
export { compileHistory, type HistoryPage } from './compile-history.js';
export { compileRead, compileVread } from './compile-read.js';
export type { SqlStatement, SqlValue } from './sql-statement.js';
export { fitsCriteria, isGranular } from './fits-criteria.js';
