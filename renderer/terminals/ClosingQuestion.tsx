// Asks before closing a terminal whose session is running.

import type { ReactNode } from 'react'
import { usePage, usePageState } from '../context'
import { ForeignName } from '../parts/text/Foreign'
import { Question } from '../parts/floats/Dialog'
import { panesOf } from '../store/layout'
import { isBusy, withoutPane } from '../store/panes'
import { tabLabel } from './words'

/** What closing ends. `containers`: how many of them are ephemeral sessions. */
function closingText(count: number, containers: number): string {
  if (count > 1) {
    const ends = containers === 0 ? '' : ` ${containers === 1 ? 'A container ends' : `${containers} containers end`}.`
    return `Its ${count} sessions end, and what runs in them.${ends}`
  }
  return containers === 1 ? 'Its container ends, and what runs in it.' : 'Its session ends, and what runs in it.'
}

/** The question, while it is open. */
export function ClosingQuestion(): ReactNode {
  const page = usePage()
  const question = usePageState((state) => state.closingQuestion)
  const tabs = usePageState((state) => state.tabs)
  const snapshot = usePageState((state) => state.snapshot)
  const tab = tabs.find(({ key }) => key === question?.tabKey)
  const closed = tab === undefined ? undefined : withoutPane(tab, question?.paneKey)?.gone
  if (closed === undefined || snapshot === undefined) return null
  const count = panesOf(closed.layout).filter((pane) =>
    isBusy({ ...closed, layout: { kind: 'pane', pane } }, snapshot.terminals),
  ).length
  const name = tabLabel(closed, snapshot.instances.items)
  const containers = panesOf(closed.layout).filter(({ ephemeral }) => ephemeral !== undefined).length
  return (
    <Question
      title={
        <>
          Close <ForeignName text={name} />?
        </>
      }
      text={closingText(count, containers)}
      confirm={count > 1 ? 'End sessions' : containers === 1 ? 'End container' : 'End session'}
      cancel="Keep"
      onConfirm={() => page.answerClosing(true)}
      onClose={() => page.answerClosing(false)}
    />
  )
}
