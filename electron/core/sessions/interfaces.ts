// Whether this computer has a network at all, told by its interfaces: no packet is sent for it.
//
// Out of descriptors the system cannot tell (EMFILE: it takes a socket to ask). Then the last answer holds.

import { networkInterfaces } from 'node:os'

type Addresses = ReturnType<typeof networkInterfaces>

const LOOK_MS = 3_000

/** Where the addresses come from; tests give their own. */
export interface InterfaceSource {
  /** May throw. */
  read(): Addresses
}

/** The interfaces of a computer, as they were told last. */
export class Interfaces {
  readonly #source: InterfaceSource
  #last: Addresses | undefined

  constructor(source: InterfaceSource) {
    this.#source = source
  }

  /** The addresses now, or the last ones that could be read; undefined before the first. Never throws. */
  read(): Addresses | undefined {
    try {
      this.#last = this.#source.read()
    } catch {
      // Told by whatever else needs a descriptor.
    }
    return this.#last
  }

  /** See `hasNetwork`; true while nothing could be read yet: then attempts tell. */
  hasNetwork(): boolean {
    const addresses = this.read()
    return addresses === undefined || reachesFarther(addresses)
  }
}

// The only state of this file: one process runs on one computer.
const computer = new Interfaces({ read: networkInterfaces })

/** Whether an interface beyond loopback has an address that reaches farther than its own cable. Never throws. */
export function hasNetwork(interfaces: Interfaces = computer): boolean {
  return interfaces.hasNetwork()
}

/**
 * Calls `onChange` when the computer's addresses have changed and there is a network: it came up, or it is another one. Until
 * it is disposed of. Node tells of no such event, so the interfaces are looked at every 3 s.
 */
export function watchNetwork(onChange: () => void, interfaces: Interfaces = computer): Disposable {
  let before = textOf(interfaces.read())
  const timer = setInterval(() => {
    const now = textOf(interfaces.read())
    const isKnown = before !== ''
    if (now === before) return
    before = now
    if (isKnown && interfaces.hasNetwork()) onChange()
  }, LOOK_MS)
  timer.unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}

/** One text for the same addresses; "" where there are none to compare. */
function textOf(addresses: Addresses | undefined): string {
  return addresses === undefined
    ? ''
    : JSON.stringify(Object.entries(addresses).map(([name, all]) => [name, farOf(all)]))
}

function farOf(all: Addresses[string]): readonly string[] {
  return (all ?? []).filter(({ internal }) => !internal).map(({ address }) => address)
}

function reachesFarther(addresses: Addresses): boolean {
  return Object.values(addresses).some((all) =>
    farOf(all).some((address) => !address.startsWith('fe80:') && !address.startsWith('169.254.')),
  )
}
