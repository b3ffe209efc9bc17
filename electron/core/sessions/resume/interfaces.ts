// Whether this computer has a network at all, judged by its interfaces. No packet is sent.
//
// Reading the interfaces takes a descriptor. If none is free (EMFILE), the last answer is used.

import { networkInterfaces } from 'node:os'

type Addresses = ReturnType<typeof networkInterfaces>

const LOOK_MS = 3_000

/** The source of the addresses; tests supply their own. */
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
      // Other parts that need a descriptor report the error.
    }
    return this.#last
  }

  /** See `hasNetwork`. True if no address could be read yet: an attempt then shows whether there is a network. */
  hasNetwork(): boolean {
    const addresses = this.read()
    return addresses === undefined || reachesFarther(addresses)
  }
}

// State of the module, because one process runs on one computer.
const computer = new Interfaces({ read: networkInterfaces })

/** Whether an interface other than loopback has an address that is not link-local. Never throws. */
export function hasNetwork(interfaces: Interfaces = computer): boolean {
  return interfaces.hasNetwork()
}

/**
 * Calls `onChange` when the computer's addresses have changed and there is a network: it came up, or it is another one. Ends when
 * it is disposed. Node has no event for this, so the interfaces are read every 3 s.
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

/** A text that is the same for equal addresses; "" if they could not be read. */
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
