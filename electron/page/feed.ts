// Feeds one page with the core's events: the whole state first, then every event, within a limit of unread bytes. For both Links.
//
//   following --more unread than allowed--> behind --everything taken--> following anew, the whole state first
//
// Electron and sockets queue without a limit, so a page that does not read would fill the memory of the core's process. Therefore each
// message is confirmed (`taken`), and a page over the limit gets nothing until it has confirmed all. The oldest unread message does not
// count: a message larger than the limit is sent once, and those behind it have the whole limit. Unread data is at most the limit and
// one message. Instances and containers come in pieces (pages.ts): the next one after the page has confirmed the last. Owns the subscription. Does not
// own how messages travel (window/link.ts, web/link.ts).

import type { EventMessage } from '../../shared/api'
import type { EventName, Events, TerminalOutput } from '../../shared/api/events'
import type { ContainersChange, InstancesChange, SnapshotChange } from '../../shared/model/change'
import type { Container, ContainerList } from '../../shared/model/container'
import type { Instance, InstanceList } from '../../shared/model/instance'
import type { Snapshot } from '../../shared/model/snapshot'
import type { Client } from '../core/coreparts'
import { ListPages } from './pages'

/** Counted for each output beside its bytes: id, offset, place in a queue. Otherwise many small outputs would exceed the limit. */
const OUTPUT_OVERHEAD_BYTES = 100

/** The limit of unread data behind the oldest message: bytes of output, and characters of JSON, nearly all of which are one byte. */
const MAX_WAITING = 16 * 1_024 * 1_024

/**
 * Sends a message to its page: an `EventMessage` as JSON, or the output of a terminal, whose bytes travel as they are. `sequence`
 * counts from 1 and is given to `taken` later.
 */
export type Carry = (message: string | TerminalOutput, sequence: number) => void

/** The lists of the state that come in pieces. */
interface LongLists {
  readonly instances: ListPages<Instance, Omit<InstanceList, 'items' | 'total'>>
  readonly containers: ListPages<Container, Omit<ContainerList, 'items' | 'total'>>
}

function pagesOf({ instances, containers }: Pick<Snapshot, 'instances' | 'containers'>): LongLists {
  const { items: listed, total: _listed, ...instancesHead } = instances
  const { items: running, total: _running, ...containersHead } = containers
  return {
    instances: new ListPages(instancesHead, listed),
    containers: new ListPages(containersHead, running),
  }
}

function changeInstances(
  pages: LongLists['instances'],
  { items, total: _total, ...head }: InstancesChange,
): InstancesChange {
  return pages.change(head, items)
}

function changeContainers(
  pages: LongLists['containers'],
  { items, total: _total, ...head }: ContainersChange,
): ContainersChange {
  return pages.change(head, items)
}

/** Feeds one page until it is disposed of. */
export class Feed implements Disposable {
  readonly #core: Pick<Client, 'subscribe'>
  readonly #carry: Carry
  readonly #maxWaiting: number
  #sequence = 0
  /** Sent and not taken yet, oldest first. */
  readonly #unread: { readonly sequence: number; readonly size: number }[] = []
  /** Of `#unread`, all but the oldest. */
  #waitingSize = 0
  #isFollowing = false
  #isDisposed = false
  #unsubscribe: () => void = () => undefined
  /** The instances and containers that the page has. Undefined before the first snapshot. */
  #pages: LongLists | undefined
  /** The sequence number of the message with the newest piece. */
  #pieceSequence = 0
  readonly #hear: { readonly [N in EventName]: (event: Events[N]) => void } = {
    snapshot: (value) => {
      const pages = pagesOf(value)
      this.#pages = pages
      const first = { instances: pages.instances.first(), containers: pages.containers.first() }
      this.#tellPiece(textOf({ event: 'snapshot', value: { ...value, ...first } }))
    },
    'snapshot.patch': (value) => {
      const pages = this.#pages
      const { instances, containers } = value
      if ((instances === undefined && containers === undefined) || pages === undefined) {
        this.#tell(textOf({ event: 'snapshot.patch', value }))
        return
      }
      const pieces: SnapshotChange = {
        ...(instances === undefined ? {} : { instances: changeInstances(pages.instances, instances) }),
        ...(containers === undefined ? {} : { containers: changeContainers(pages.containers, containers) }),
      }
      this.#tellPiece(textOf({ event: 'snapshot.patch', value: { ...value, ...pieces } }))
    },
    'terminal.output': (output) => this.#tell(output),
    'journal.entry': (value) => this.#tell(textOf({ event: 'journal.entry', value })),
  }

  constructor(core: Pick<Client, 'subscribe'>, carry: Carry, maxWaiting = MAX_WAITING) {
    this.#core = core
    this.#carry = carry
    this.#maxWaiting = maxWaiting
  }

  /** Subscribes: the whole state is sent at once. */
  follow(): void {
    this.#isFollowing = true
    const hear = this.#hear
    const unsubscribe = this.#core.subscribe((name, event) => hear[name](event))
    // The first event comes before `subscribe` has returned, and its carrier may have disposed of the feed already.
    if (this.#isFollowing) this.#unsubscribe = unsubscribe
    else unsubscribe()
  }

  /** The page has taken every message up to this one. */
  taken(sequence: number): void {
    for (let first = this.#unread[0]; first !== undefined && first.sequence <= sequence; first = this.#unread[0]) {
      this.#unread.shift()
      this.#waitingSize -= this.#unread[0]?.size ?? 0
    }
    if (this.#unread.length === 0 && !this.#isFollowing && !this.#isDisposed) this.follow()
    // One piece at a time, so that other events are sent between two of them.
    else if (this.#isFollowing && this.#pages !== undefined && sequence >= this.#pieceSequence) {
      const { instances, containers } = this.#pages
      const value = !instances.isWhole
        ? { instances: instances.next() }
        : containers.isWhole
          ? undefined
          : { containers: containers.next() }
      if (value !== undefined) this.#tellPiece(textOf({ event: 'snapshot.patch', value }))
    }
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true
    this.#stop()
  }

  #stop(): void {
    this.#isFollowing = false
    this.#unsubscribe()
    this.#unsubscribe = () => undefined
  }

  #tell(message: string | TerminalOutput): void {
    if (!this.#isFollowing) return
    const size = typeof message === 'string' ? message.length : message.bytes.length + OUTPUT_OVERHEAD_BYTES
    const isAlone = this.#unread.length === 0
    if (!isAlone && this.#waitingSize + size > this.#maxWaiting) {
      // Over the limit. Not sent: the page gets the whole state later.
      this.#stop()
      return
    }
    this.#sequence += 1
    this.#unread.push({ sequence: this.#sequence, size })
    if (!isAlone) this.#waitingSize += size
    this.#carry(message, this.#sequence)
  }

  /** Sends a message that holds a piece of a long list. */
  #tellPiece(text: string): void {
    this.#tell(text)
    this.#pieceSequence = this.#sequence
  }
}

function textOf(message: EventMessage): string {
  return JSON.stringify(message)
}
