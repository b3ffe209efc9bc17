// Notices: messages that belong to no row of a list. Shown until dismissed, or until their cause is gone.

import { randomUUID } from 'node:crypto'
import type { Notice } from '../../shared/model/snapshot'

/** The notices of this run; `changed` is called after each change. */
export class Notices {
  readonly #changed: () => void
  #items: readonly Notice[] = []
  /** The current notice of each subject, dismissed or not. */
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
   * Replaces the notice of `subject`; undefined removes it, because its cause is gone. A notice that was dismissed does not come back
   * while its words stay the same.
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

  /** Shows `problem`, a sentence, as the notice of `subject`; undefined removes the notice. */
  standProblem(subject: string, title: string, problem: string | undefined): void {
    this.stand(subject, problem === undefined ? undefined : { tone: 'failed', title, text: problem })
  }

  /** Tells that a file could not be read and was kept, unchanged, at `path`. Undefined: the file was read. */
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
