// What a round leaves behind: resources of the event loop, bound ports, memory.

import { connect } from 'node:net'

/** What keeps a process alive and is ours, by name; a test runner has pipes and ports of its own. */
function resources(): Map<string, number> {
  const counts = new Map<string, number>()
  for (const name of process.getActiveResourcesInfo()) {
    if (!/^(TCP|TLS|UDP|Timeout|FS|Process|GetAddrInfo)/.test(name)) continue
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}

/** Remembers what there is; `left` tells what has come and stayed. */
export class LeakWatch {
  readonly #before = resources()

  left(): string[] {
    return [...resources()].flatMap(([name, count]) => {
      const more = count - (this.#before.get(name) ?? 0)
      return more > 0 ? [`${more} × ${name}`] : []
    })
  }

  /** Looks until nothing is left, for `ms` at most; without a timer of its own. Resolves with what is left. */
  async settled(ms: number): Promise<string[]> {
    const endsAt = performance.now() + ms
    let left = this.left()
    while (left.length > 0 && performance.now() < endsAt) {
      await new Promise((resolve) => setImmediate(resolve))
      left = this.left()
    }
    return left
  }
}

/** Whether a port of 127.0.0.1 refuses connections. */
export function isFree(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port })
  return new Promise((resolve) => {
    socket.once('connect', () => {
      socket.destroy()
      resolve(false)
    })
    socket.once('error', () => resolve(true))
  })
}

// Buffers are freed behind the collection that finds them, by a finalizer that waits for its turn.
const COLLECTIONS = 5
const FINALIZERS_MS = 200

/** Bytes in use after a few collections; undefined where the process was not started with --expose-gc. */
export async function memoryBytes(): Promise<number | undefined> {
  if (globalThis.gc === undefined) return undefined
  for (let time = 0; time < COLLECTIONS; time += 1) {
    globalThis.gc()
    await new Promise((resolve) => {
      setTimeout(resolve, FINALIZERS_MS)
    })
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
