export { indexRows } from './index-resource.js';
export { CANONICAL_UNITS, quantityQuery, type QuantityQuery } from './index-quantities.js';
export type { IndexRows } from './index-rows.js';
export { foldText } from './index-text.js';
