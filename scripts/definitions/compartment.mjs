// The Patient compartment as paths: the CompartmentDefinition names parameters, the parameters have paths.

/** `[type, ['parameter path:Type', ...]]` for each type that is in the compartment. */
export function compartmentLines(compartment, supported) {
  return compartment.resource
    .filter(({ code, param }) => param !== undefined && supported.has(code))
    .map(({ code, param }) => [code, param.flatMap((name) => pathsOf(code, name, supported))])
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function pathsOf(type, name, supported) {
  const found = supported.get(type).find(({ parameter }) => parameter.code === name);
  if (found === undefined) throw new Error(`compartment: ${type} has no parameter ${name}`);
  return found.paths.map((path) => `${name} ${path}`);
}
