// In which forms a WebSocket upgrade is tried, and which of them a message gateway has accepted.
//
//   space (the signature of AWS's own signer) -> plus (a raw + signed as %2B) -> unsigned
//
// The form that worked is remembered for each host and tried first from then on, so that a refused form costs one round trip in
// the life of the process and not one at each reconnect. Does not own signing (signing.ts) or dialling.
// Source: specification §2, §14 (e).

import type { PlusForm } from './signing'

/** See above. */
export type UpgradeForm = PlusForm | 'unsigned'

/** The hosts of one process are a few regions and endpoints. A host beyond this replaces the oldest. */
const MAX_HOSTS = 64

/** The forms of `url`, in the order of the specification. Without a raw `+` in the query both signatures are the same. */
function formsOf(url: URL): readonly UpgradeForm[] {
  return url.search.includes('+') ? ['space', 'plus', 'unsigned'] : ['space', 'unsigned']
}

/** The forms that worked, by host. One for the process, shared by its accounts. */
export class UpgradeForms {
  readonly #worked = new Map<string, UpgradeForm>()

  /** The forms to try for `url`: the one that worked at its host first. */
  order(url: URL): readonly UpgradeForm[] {
    const forms = formsOf(url)
    const worked = this.#worked.get(url.host)
    return worked === undefined || !forms.includes(worked)
      ? forms
      : [worked, ...forms.filter((form) => form !== worked)]
  }

  /** Remembers that the host of `url` has accepted `form`. */
  note(url: URL, form: UpgradeForm): void {
    this.#worked.delete(url.host)
    this.#worked.set(url.host, form)
    const [oldest] = this.#worked.keys()
    if (this.#worked.size > MAX_HOSTS && oldest !== undefined) this.#worked.delete(oldest)
  }
}
