export { canonicalSystem, oidOfSystem, systemOfName, systemOfOid } from './code-systems.js';
export { canonicalValue, UCUM, unitConversion, type UnitConversion } from './ucum.js';
