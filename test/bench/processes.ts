import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Of Linux: clock ticks of a second in /proc. */
const TICKS_PER_S = 100;
const US_PER_S = 1_000_000;
const KIB_PER_MIB = 1_024;
const NAME_END = ') ';
/** Fields of /proc/PID/stat after the name, counted from its state. */
const PARENT = 1;
const CPU_FIELDS = [11, 12, 13, 14];

/** CPU time that a process and its ended children used, microseconds; 0 where it is not told. */
export function cpuUs(pid: number): number {
  const fields = statOf(pid);
  const ticks = CPU_FIELDS.reduce((sum, field) => sum + Number(fields[field] ?? 0), 0);
  return (ticks / TICKS_PER_S) * US_PER_S;
}

/** CPU time of a process and of all that it started, microseconds. */
export function treeCpuUs(pid: number): number {
  return [pid, ...childrenOf(pid)].reduce((sum, each) => sum + cpuUs(each), 0);
}

/** Resident memory of a process, MiB. */
export function residentMib(pid: number): number {
  return fieldKib(`/proc/${pid}/status`, 'VmRSS') / KIB_PER_MIB;
}

/** Memory of a process and its children, MiB; what they share is counted once. */
export function treeMib(pid: number): number {
  const kib = [pid, ...childrenOf(pid)].map((each) => fieldKib(`/proc/${each}/smaps_rollup`, 'Pss'));
  return kib.reduce((sum, each) => sum + each, 0) / KIB_PER_MIB;
}

/** Process ids of the children. */
export function childrenOf(pid: number): readonly number[] {
  return processes().filter((each) => Number(statOf(each)[PARENT]) === pid);
}

/** What a process was started as. */
export function commandOf(pid: number): string {
  return tryRead(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
}

/** All process ids; none where the machine has no /proc. */
export function processes(): readonly number[] {
  if (!existsSync('/proc/self/stat')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function statOf(pid: number): readonly string[] {
  const stat = tryRead(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(NAME_END) + NAME_END.length).split(' ');
}

function fieldKib(file: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(tryRead(file))?.[1] ?? 0);
}

/** A process that ended has no files. */
function tryRead(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
