// Asks whether a terminal is recorded, where the rule of its environment is "ask". The question covers the foot of the pane until it is
// answered.

import type { ReactNode } from 'react'
import { CAPTURE_WARNING } from '../../shared/capturewords'
import type { TerminalView } from '../../shared/model/terminal'
import { usePage, usePageState } from '../context'
import { Banner } from '../parts/Banner'
import { Button } from '../parts/controls/Button'
import { record } from './record'
import { isAskDue, ruleOf } from './rule'

/** The props of the question. */
export interface AskBannerProps {
  readonly view: TerminalView
  /** Called when it is answered. Its buttons are removed, so the caller moves the focus. */
  readonly onAnswered: () => void
}

/** Asks once for each session of the terminal. The core remembers the answer, also for other windows. */
export function AskBanner({ view, onAnswered }: AskBannerProps): ReactNode {
  const page = usePage()
  const rule = usePageState(({ snapshot }) => ruleOf(view, snapshot))
  if (!isAskDue(view, rule)) return null
  const answer = (isOn: boolean): void => {
    if (isOn) record(page, view, true)
    else void page.ask('terminal.record', { terminalId: view.id, isOn: false })
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
      What it shows from now on is kept in a file on this computer. {CAPTURE_WARNING}
    </Banner>
  )
}
