// Asks the core for the content of a session document while its name is typed.

import { useEffect, useState } from 'react'
import { documentNameProblem } from '../../../shared/environmentsettings'
import { toWireError, type WireError } from '../../../shared/errors'
import type { SessionDocument } from '../../../shared/model/document'
import type { EnvironmentRef } from '../../../shared/model/environment'
import { usePage } from '../../context'

/** The core is asked once the name has not changed for this long. */
const SETTLED_MS = 300

/** What is known of the document with the typed name. */
export type DocumentKnown =
  /** There is no name, or the core has not answered yet. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'read'; readonly document: SessionDocument }
  | { readonly kind: 'unread'; readonly error: WireError }

const UNKNOWN: DocumentKnown = { kind: 'unknown' }

/** The document `name` of `home`, or of the shown environment. `home` stays as it was at first: each patch brings a new object. */
export function useDocument(name: string, home: EnvironmentRef | undefined): DocumentKnown {
  const page = usePage()
  const [environment] = useState(home)
  const [answer, setAnswer] = useState<{ readonly name: string; readonly known: DocumentKnown } | undefined>(undefined)
  const isName = documentNameProblem(name) === undefined
  useEffect(() => {
    if (!isName) return
    let isWanted = true
    const timer = setTimeout(() => {
      const asked = page.request('document.read', { name, ...(environment === undefined ? {} : { environment }) })
      void asked
        .then(
          ({ document, error }): DocumentKnown =>
            document === undefined
              ? error === undefined
                ? UNKNOWN
                : { kind: 'unread', error }
              : { kind: 'read', document },
          (error: unknown): DocumentKnown => ({ kind: 'unread', error: toWireError(error) }),
        )
        .then((known) => {
          if (isWanted) setAnswer({ name, known })
        })
    }, SETTLED_MS)
    return () => {
      isWanted = false
      clearTimeout(timer)
    }
  }, [page, name, isName, environment])
  return isName && answer?.name === name ? answer.known : UNKNOWN
}
