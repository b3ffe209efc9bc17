// What a person should know once and that belongs to no row: shown until it is dismissed.

import { randomUUID } from 'node:crypto'
import type { Notice } from '../../shared/model'

/** The notices of this run; `changed` is called after each change. */
export class Notices {
  readonly #changed: () => void
  #items: readonly Notice[] = []

  constructor(changed: () => void) {
    this.#changed = changed
  }

  get items(): readonly Notice[] {
    return this.#items
  }

  /** Shows a notice. One that says the same is shown once. */
  add(notice: Omit<Notice, 'id'>): void {
    if (this.#items.some(({ title, text }) => title === notice.title && text === notice.text)) return
    this.#items = [...this.#items, { ...notice, id: randomUUID() }]
    this.#changed()
  }

  /** A file that could not be read was put aside, unchanged, at `path`. */
  addKeptAside(what: string, path: string | undefined): void {
    if (path === undefined) return
    this.add({
      tone: 'failed',
      title: `The file of ${what} could not be read.`,
      text: `Culvert starts without it and kept it, unchanged, as ${path}.`,
    })
  }

  dismiss(noticeId: string): void {
    this.#items = this.#items.filter(({ id }) => id !== noticeId)
    this.#changed()
  }
}
