// What a pane with an ephemeral session shows beside its screen: what it is, how long it lives, and what a person can do once it has
// ended.

import { useEffect, useRef, useState, type ReactNode } from 'react'
import { shownName } from '../../shared/foreigntext'
import type { TerminalView } from '../../shared/model/terminal'
import { usePage, usePageState } from '../context'
import { Banner } from '../parts/Banner'
import { Button } from '../parts/controls/Button'
import { beginWords, countdownWords, isConnected, orphanWords, warningsDue, warningSentence } from './words'

/** The terminals whose first banner a person has read. Kept while the page is open. */
const read = new Set<string>()

/** The banners below the screen: what the session is, that its heartbeat is refused, and that it ends soon. */
export function EphemeralBanners({ view }: { readonly view: TerminalView | undefined }): ReactNode {
  const page = usePage()
  const ephemeral = view?.ephemeral
  const isOpen = view !== undefined && view.state.kind !== 'ended' && ephemeral !== undefined && isConnected(ephemeral)
  const due = usePageState(({ nowAt }) => (isOpen ? warningsDue(ephemeral.expiresAt, nowAt) : 0))
  const told = useRef(0)
  const [, setReadCount] = useState(0)
  const service = ephemeral?.service ?? ''
  useEffect(() => {
    if (due <= told.current) return
    told.current = due
    page.announce(warningSentence(shownName(service), due), 'assertive')
  }, [page, due, service])
  if (!isOpen) return null
  return (
    <>
      {!read.has(view.id) && (
        <Banner
          tone="idle"
          title="This is not one of the running containers."
          isFlush
          action={
            <Button
              size="small"
              onClick={() => {
                read.add(view.id)
                setReadCount(read.size)
              }}
            >
              Got it
            </Button>
          }
        >
          {beginWords(ephemeral)}
        </Banner>
      )}
      {ephemeral.orphanUntil !== undefined && (
        <Banner tone="waiting" title="The container may outlive this connection." isFlush>
          {orphanWords(ephemeral.orphanUntil)}
        </Banner>
      )}
      {due > 0 && (
        <Banner tone="waiting" title={due > 1 ? 'It ends within a minute.' : 'It ends within 10 minutes.'} isFlush>
          What runs in it ends as well. Save your work.
        </Banner>
      )}
    </>
  )
}

/** When the session ends, in the status line. */
export function EphemeralNote({ view }: { readonly view: TerminalView | undefined }): ReactNode {
  const expiresAt = view?.state.kind === 'ended' ? undefined : view?.ephemeral?.expiresAt
  const words = usePageState(({ nowAt }) => (expiresAt === undefined ? '' : countdownWords(expiresAt, nowAt)))
  const isSoon = usePageState(({ nowAt }) => warningsDue(expiresAt, nowAt) > 0)
  return words === '' ? null : (
    <span className={isSoon ? 'number ephemeral-end soon' : 'number ephemeral-end'}>{words}</span>
  )
}

/** The buttons of a session that has ended, in place of "Reconnect": its terminal would start another task. */
export function EphemeralEnd(props: { readonly view: TerminalView; readonly onRestart: () => void }): ReactNode {
  const { view, onRestart } = props
  const page = usePage()
  const error = view.state.kind === 'ended' ? view.state.error : undefined
  return (
    <>
      {error?.code === 'ephemeral-limit' && (
        <Button
          size="small"
          onClick={() => page.arrange({ containerDialog: { kind: 'sessions', environment: view.environment } })}
        >
          Show open sessions
        </Button>
      )}
      {view.ephemeral?.offer !== undefined && (
        <Button size="small" onClick={() => page.arrange({ containerDialog: { kind: 'derive', terminalId: view.id } })}>
          Use a derived definition…
        </Button>
      )}
      <Button size="small" onClick={onRestart}>
        Start another task
      </Button>
    </>
  )
}
