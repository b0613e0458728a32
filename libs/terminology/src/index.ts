export { canonicalSystem, localSystem, oidOfSystem, systemOfName, systemOfOid } from './code-systems.js';
export { canonicalValue, UCUM, unitConversion, type UnitConversion } from './ucum.js';
export { ucumCode } from './ucum-code.js';
