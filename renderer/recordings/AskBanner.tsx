// The question whether a terminal is recorded, where the rule of its environment is to ask. It lies at the foot of the pane until it is answered.

import { useState, type ReactNode } from 'react'
import { CAPTURE_WARNING } from '../../shared/capturewords'
import type { TerminalView } from '../../shared/model/terminal'
import { usePage, usePageState } from '../context'
import { Banner } from '../parts/Banner'
import { Button } from '../parts/controls/Button'
import { record } from './record'
import { ruleOf } from './rule'

/** The props of the question. */
export interface AskBannerProps {
  readonly view: TerminalView
  /** Called when it is answered: its buttons are gone then. */
  readonly onAnswered: () => void
}

/** Asks once for each terminal. */
export function AskBanner({ view, onAnswered }: AskBannerProps): ReactNode {
  const page = usePage()
  const [answeredId, setAnsweredId] = useState('')
  const rule = usePageState(({ snapshot }) => ruleOf(view, snapshot))
  const isDue = rule === 'ask' && view.state.kind === 'open' && view.recording === undefined && answeredId !== view.id
  if (!isDue) return null
  const answer = (isOn: boolean): void => {
    setAnsweredId(view.id)
    if (isOn) record(page, view, true)
    onAnswered()
  }
  return (
    <Banner
      tone="idle"
      title="Record this terminal?"
      isFlush
      action={
        <>
          <Button size="small" onClick={() => answer(true)}>
            Record
          </Button>
          <Button size="small" variant="quiet" onClick={() => answer(false)}>
            Don’t record
          </Button>
        </>
      }
    >
      What it shows from then on is kept in a file of this computer. {CAPTURE_WARNING}
    </Banner>
  )
}
