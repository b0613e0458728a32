/** Major version of Node that the product needs: older ones know neither ML-DSA nor all of the language that is used. */
const NODE_MAJOR = 24;

/** One line that says what is wrong with this version of Node; `undefined` where it will do. */
export function nodeFault(version: string = process.versions.node): string | undefined {
  const major = Number.parseInt(version, 10);
  if (major >= NODE_MAJOR) return undefined;
  return `Proviso needs Node ${NODE_MAJOR}; this is ${version}. Start it with npm or npx, which bring their own.`;
}
