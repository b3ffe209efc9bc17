// A note shown once for each HTTP forward that is on: web pages in this computer's browsers can reach its local port.

import type { ReactNode } from 'react'
import { shownName } from '../../shared/foreigntext'
import type { ForwardView } from '../../shared/model/forward'
import { addressWords } from '../../shared/status'
import { usePage } from '../context'
import { Banner } from '../parts/Banner'
import { Button } from '../parts/controls/Button'

/** Names beyond these are only counted. */
const MAX_NAMES = 3

/** The names as a list: "a", "a and b", "a, b, c and 2 more". Pure. */
export function nameList(names: readonly string[]): string {
  const more = names.length - MAX_NAMES
  if (more > 0) return `${names.slice(0, MAX_NAMES).join(', ')} and ${more} more`
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`
}

/** The note for the forwards that still need it; renders nothing if there are none. */
export function PagesNote({ forwards }: { readonly forwards: readonly ForwardView[] }): ReactNode {
  const page = usePage()
  const due = forwards.filter(({ isPagesNoteDue, isOn, localPort }) => isPagesNoteDue === true && isOn && localPort > 0)
  const [first] = due
  if (first === undefined) return null
  const where = due.length === 1 ? addressWords(first) : 'their local ports'
  const acknowledge = (): void => {
    for (const { forward } of due) void page.ask('forward.acknowledge', { forwardId: forward.id })
  }
  return (
    <div className="pages-note">
      <Banner
        tone="idle"
        title={`Web pages can reach ${nameList(due.map(({ forward }) => shownName(forward.name)))}.`}
        action={
          <Button size="small" onClick={acknowledge}>
            Got it
          </Button>
        }
      >
        {`Any page that is open in a browser on this computer can send requests to ${where}. Make sure that what answers there asks for a login of its own, or turn it off when it is not needed.`}
      </Banner>
    </div>
  )
}
