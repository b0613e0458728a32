// The element model: type (or backbone path) -> its own elements, with types, cardinality, targets and binding.
const FHIR_TYPE = 'http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type';
const PROFILE = 'http://hl7.org/fhir/StructureDefinition/';

/** The FHIR type of a System.String and its like, which stand where a primitive's own value is meant. */
function typeCode(path, type) {
  if (path === 'Resource.id') return 'id';
  if (!type.code.startsWith('http://hl7.org/fhirpath/')) return type.code;
  return (
    type.extension?.find((one) => one.url === FHIR_TYPE)?.valueUrl ??
    type.code.replace('http://hl7.org/fhirpath/System.', '').toLowerCase()
  );
}

function elementOf(element) {
  const path = element.path;
  const types = (element.type ?? []).map((type) => ({
    code: typeCode(path, type),
    targets: (type.targetProfile ?? []).map((url) => url.replace(PROFILE, '')),
  }));
  const isBackbone = types.some((type) => type.code === 'BackboneElement' || type.code === 'Element');
  const nested = element.contentReference?.replace(/^.*#/, '') ?? (isBackbone ? path : undefined);
  return {
    name: path.slice(path.lastIndexOf('.') + 1),
    min: element.min,
    many: element.max !== '1' && element.max !== '0',
    types: nested === undefined ? types : [{ code: nested, targets: [] }],
    backboneBase: isBackbone ? types[0].code : undefined,
    binding: element.binding?.strength === 'required' ? element.binding.valueSet : undefined,
  };
}

/** Elements that a type declares itself; those of its base are found through `base`. */
function ownElements(structure) {
  return structure.snapshot.element.filter((one) => one.path.includes('.') && one.base?.path === one.path);
}

/**
 * Map from type name to `{ base, elements }`. A backbone element is a type of its own, named by its path.
 */
export function elementModel(structures) {
  const model = new Map();
  for (const structure of structures.values()) {
    if (structure.kind === 'primitive-type') continue;
    const base = structure.baseDefinition?.replace(PROFILE, '');
    model.set(structure.name, { base, elements: [] });
    for (const element of ownElements(structure)) addElement(model, element);
  }
  return model;
}

function addElement(model, element) {
  const added = elementOf(element);
  model.get(element.path.slice(0, element.path.lastIndexOf('.'))).elements.push(added);
  if (added.backboneBase !== undefined) model.set(element.path, { base: added.backboneBase, elements: [] });
}

/** The element `name` of a type, own or inherited; a choice is found by its stem. */
export function findElement(model, type, name) {
  for (let at = type; at !== undefined; at = model.get(at)?.base) {
    const found = model.get(at)?.elements.find((one) => one.name === name || one.name === `${name}[x]`);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** JSON member name of a choice: value[x] as Quantity -> valueQuantity. */
export function choiceName(element, type) {
  return element.name.endsWith('[x]')
    ? `${element.name.slice(0, -3)}${type[0].toUpperCase()}${type.slice(1)}`
    : element.name;
}
