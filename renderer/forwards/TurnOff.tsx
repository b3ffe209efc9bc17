// Asks once before turning off forwards with open connections: those connections end.

import type { ReactNode } from 'react'
import type { ForwardView } from '../../shared/model/forward'
import { usePage, usePageState } from '../context'
import { Question } from '../parts/floats/Dialog'
import { ForeignName } from '../parts/text/Foreign'

function connectionWords(count: number): string {
  return count === 1 ? '1 connection ends.' : `${count} connections end.`
}

/** The question, while it is open. It closes by itself once none of its forwards is on. */
export function TurnOffQuestion(): ReactNode {
  const page = usePage()
  const ids = usePageState((state) => state.turningOff)
  const forwards = usePageState((state) => state.snapshot?.forwards)
  const views: readonly ForwardView[] = (forwards ?? []).filter(({ forward, isOn }) => isOn && ids.includes(forward.id))
  const [first, second] = views
  if (first === undefined) return null
  const count = views.reduce((sum, { openConnections }) => sum + openConnections, 0)
  return (
    <Question
      title={
        second === undefined ? (
          <>
            Turn off <ForeignName text={first.forward.name} />?
          </>
        ) : (
          `Turn off ${views.length} forwards?`
        )
      }
      text={count === 0 ? 'No connection is open any more.' : connectionWords(count)}
      confirm="Turn off"
      cancel="Keep on"
      onConfirm={() => {
        for (const { forward } of views) void page.ask('forward.stop', { forwardId: forward.id })
      }}
      onClose={() => page.askTurnOff([])}
    />
  )
}
