// Whether this computer has a network at all, told by its interfaces: no packet is sent for it.

import { networkInterfaces } from 'node:os'

/** Whether an interface beyond loopback has an address that reaches farther than its own cable. */
export function hasNetwork(interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces()): boolean {
  return Object.values(interfaces).some((addresses) =>
    (addresses ?? []).some(
      ({ internal, address }) => !internal && !address.startsWith('fe80:') && !address.startsWith('169.254.'),
    ),
  )
}

const LOOK_MS = 3_000

/** What the watch needs of the computer; tests give their own. */
export interface InterfaceSource {
  read(): ReturnType<typeof networkInterfaces>
}

/**
 * Calls `onChange` when the computer's addresses have changed and there is a network: it came up, or it is another one. Until
 * it is disposed of. Node tells of no such event, so the interfaces are looked at every 3 s.
 */
export function watchNetwork(onChange: () => void, source: InterfaceSource = { read: networkInterfaces }): Disposable {
  const look = (): string =>
    JSON.stringify(Object.entries(source.read()).map(([name, all]) => [name, addressesOf(all)]))
  let before = look()
  const timer = setInterval(() => {
    const now = look()
    if (now === before) return
    before = now
    if (hasNetwork(source.read())) onChange()
  }, LOOK_MS)
  timer.unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}

function addressesOf(all: ReturnType<typeof networkInterfaces>[string]): readonly string[] {
  return (all ?? []).filter(({ internal }) => !internal).map(({ address }) => address)
}
