// What a person should know and that belongs to no row: shown until it is dismissed, or until it is no longer so.

import { randomUUID } from 'node:crypto'
import type { Notice } from '../../shared/model/snapshot'

/** The notices of this run; `changed` is called after each change. */
export class Notices {
  readonly #changed: () => void
  #items: readonly Notice[] = []
  /** What stands now, by its subject, dismissed or not. */
  readonly #standing = new Map<string, Notice>()

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

  /**
   * Shows what is so for `subject` now in place of what was; undefined: it is well again. One that was dismissed is not shown
   * again while it says the same.
   */
  stand(subject: string, notice: Omit<Notice, 'id'> | undefined): void {
    const before = this.#standing.get(subject)
    if (before?.title === notice?.title && before?.text === notice?.text) return
    this.#items = this.#items.filter(({ id }) => id !== before?.id)
    if (notice === undefined) this.#standing.delete(subject)
    else {
      const shown = { ...notice, id: randomUUID() }
      this.#standing.set(subject, shown)
      this.#items = [...this.#items, shown]
    }
    this.#changed()
  }

  /** Shows that `subject` has a problem, which is a sentence; undefined: it has none, or none any more. */
  standProblem(subject: string, title: string, problem: string | undefined): void {
    this.stand(subject, problem === undefined ? undefined : { tone: 'failed', title, text: problem })
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
