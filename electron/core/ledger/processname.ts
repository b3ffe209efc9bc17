// The process that a file of the ledger belongs to, and whether it still lives. The name of the file says it:
//
//   app-4711-k993021.1f2e3d4c-a1b2c3d4-0f9e8d
//    |    |      |               |       random: two cores of one process have two files
//    |    |      |               the computer, where the system has an id or a name for it that stays; else 0
//    |    |      its start: k: clock ticks since the boot that 8 digits name (Linux); t: epoch ms, by its own clock
//    |    its pid
//    app: the holder of the lock; command: a command line
//
// Systems use pids again. On Linux the start tells two processes with one pid apart. Elsewhere only the pid is compared: a dead process
// may count as living, and a living one never counts as dead.

import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { codeOf } from '../../../shared/errors'

/** The kind of a process: the app, or a command line. */
export type Door = 'app' | 'command'

/** A process that has written to the ledger. */
export interface LedgerProcess {
  readonly door: Door
  readonly pid: number
  readonly start: string
  readonly machine: string
  /** All of it, as a part of a file's name. */
  readonly name: string
}

const NAME = /^(app|command)-([1-9]\d{0,9})-([kt]\d{1,16}(?:\.[0-9a-f]{8})?)-([0-9a-f]{1,8})-[0-9a-f]{6}$/

/** Describes this process. Each call makes another name. */
export function ownProcess(door: Door): LedgerProcess {
  const { pid } = process
  const start = kernelStart(pid) ?? `t${Math.round(performance.timeOrigin)}`
  const machine = machineId()
  return { door, pid, start, machine, name: `${door}-${pid}-${start}-${machine}-${randomBytes(3).toString('hex')}` }
}

/** Reads the name of a process; undefined for any other text. */
export function parseProcessName(name: string): LedgerProcess | undefined {
  const [, door, pid, start, machine] = NAME.exec(name) ?? []
  if (door === undefined || start === undefined || machine === undefined) return undefined
  return { door: door === 'app' ? 'app' : 'command', pid: Number(pid), start, machine, name }
}

/** Whether a process lives. True where that cannot be known: for a process of another computer that shares the directory. */
export function isRunning({ pid, start, machine }: LedgerProcess): boolean {
  if (machine !== machineId()) return true
  if (!hasPid(pid)) return false
  const now = kernelStart(pid)
  if (now !== undefined && start.startsWith('k')) return now === start
  // Where only the pid is known, this process knows of itself that it is not the other one.
  return pid !== process.pid || start === `t${Math.round(performance.timeOrigin)}`
}

function hasPid(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Not allowed to signal it: it is there.
    return codeOf(error) !== 'ESRCH'
  }
}

/** The start of a process by the kernel's clock; undefined where the system has no /proc, and where there is no such process. */
function kernelStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The second field is the name of the program in brackets, which may have spaces and brackets itself. Source: proc_pid_stat(5).
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').slice(0, 8)
    return ticks === undefined || !/^\d+$/.test(ticks) || !/^[0-9a-f]{8}$/.test(boot) ? undefined : `k${ticks}.${boot}`
  } catch {
    return undefined
  }
}

/**
 * Tells the computers apart that share a home directory over a network, or of which one has a copy of the other's. Linux has an id that
 * stays, Windows a name. The name of a Mac may come from its network: it is 0 there.
 */
function machineId(): string {
  if (process.platform === 'darwin') return '0'
  const read = (): string => {
    try {
      return readFileSync('/etc/machine-id', 'latin1').trim()
    } catch {
      return ''
    }
  }
  return createHash('sha256')
    .update(read() || hostname())
    .digest('hex')
    .slice(0, 8)
}
