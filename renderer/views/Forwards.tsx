// The open forwards: where each listens, what it reaches and how it stands.

import { useEffect, useState, type ReactNode } from 'react'
import { toWireError } from '../../shared/errors'
import type { ForwardView } from '../../shared/model'
import { usePage, usePageState } from '../context'
import { useNow } from '../now'
import { addressOf, reachWords, tunnelWords } from '../words'
import { ForwardForm } from './ForwardForm'
import { State } from './State'

/** How long "Copied" stands. */
const COPIED_MS = 1_500

function CopyButton({ text }: { readonly text: string }): ReactNode {
  const [word, setWord] = useState('Copy')
  useEffect(() => {
    if (word === 'Copy') return
    const timer = setTimeout(() => setWord('Copy'), COPIED_MS)
    return () => clearTimeout(timer)
  }, [word])
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setWord('Copied'),
      () => setWord('Not allowed'),
    )
  }
  return (
    <button type="button" className="button small quiet" aria-label={`${word} ${text}`} onClick={copy}>
      {word}
    </button>
  )
}

function connectionWords(count: number): string {
  return count === 1 ? '1 connection' : `${count} connections`
}

function ForwardRow({ forward, nowAt }: { readonly forward: ForwardView; readonly nowAt: number }): ReactNode {
  const page = usePage()
  const items = usePageState((state) => state.instances.items)
  const [problem, setProblem] = useState<string | undefined>(undefined)
  const reach = reachWords(forward, items)
  const error = problem ?? forward.lastError?.message
  const words = tunnelWords(forward.state, nowAt)
  const close = (): void => {
    page.closeForward(forward.id).catch((thrown: unknown) => setProblem(toWireError(thrown).message))
  }
  return (
    <li className="forward" aria-label={`Forward to ${reach}`}>
      <div className="line">
        {forward.localPort === 0 ? (
          <span className="address faint">no port yet</span>
        ) : (
          <>
            <span className="address mono">{addressOf(forward)}</span>
            <CopyButton text={addressOf(forward)} />
          </>
        )}
        <button type="button" className="button small end" aria-label={`Close forward to ${reach}`} onClick={close}>
          Close
        </button>
      </div>
      <div className="reach">
        <span className="faint">to</span> <span className="mono">{reach}</span>
      </div>
      <div className="line">
        <State words={words} />
        <span className="connections end">{connectionWords(forward.openConnections)}</span>
      </div>
      {error !== undefined && error !== words.detail && <p className="last-error">Last: {error}</p>}
    </li>
  )
}

/** The form and the list under it. */
export function Forwards(): ReactNode {
  const forwards = usePageState((state) => state.snapshot?.forwards)
  const nowAt = useNow()
  return (
    <section className="view forwards" aria-labelledby="forwards-title">
      <div className="viewbar">
        <h1 id="forwards-title">Forwards</h1>
        <span className="count">{forwards !== undefined && forwards.length > 0 && `${forwards.length} open`}</span>
      </div>
      <div className="scroll">
        <ForwardForm />
        {forwards === undefined || forwards.length === 0 ? (
          <p className="empty">No forward is open. Choose an instance and a port above.</p>
        ) : (
          <ul className="forward-list">
            {forwards.map((forward) => (
              <ForwardRow key={forward.id} forward={forward} nowAt={nowAt} />
            ))}
          </ul>
        )}
      </div>
    </section>
  )
}
