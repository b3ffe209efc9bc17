// The last part of a forward's row: the figures, or the cause of a problem and the buttons that fix it.

import { useEffect, useState, type ReactNode } from 'react'
import { shownSentence } from '../../shared/foreigntext'
import type { ForwardView } from '../../shared/model/forward'
import { clockWords } from '../../shared/status'
import { usePage } from '../context'
import { Button } from '../parts/controls/Button'
import { Command } from '../parts/text/Command'
import { ForeignSentence } from '../parts/text/Foreign'
import { LoginButton } from '../questions/LoginButton'
import { moveForward, retryForward, takeAnyNamed } from './actions'
import { rateWords, roundTripWords } from './words/figures'
import { Sparkline } from './Sparkline'
import type { Remedy, Standing as StandingWords } from './words/trouble'
import { useCheck } from './editor/useCheck'

/** Offers a free port at or above `from`, by its number. */
function OtherPort({ view, from }: { readonly view: ForwardView; readonly from: number }): ReactNode {
  const page = usePage()
  const [port, setPort] = useState<number | undefined>(undefined)
  const [isMoving, setMoving] = useState(false)
  useEffect(() => {
    let isWanted = true
    page.request('port.suggest', { from }).then(
      ({ localPort }) => {
        if (isWanted) setPort(localPort)
      },
      // No port is known: this button is not shown. The button that tries again is next to it.
      () => undefined,
    )
    return () => {
      isWanted = false
    }
  }, [page, from])
  if (port === undefined) return null
  const move = (): void => {
    setMoving(true)
    void moveForward(page, view, port).then(() => setMoving(false))
  }
  // The row has set the tab order of its buttons before this one appears; see ForwardRow.tsx. In the detail there is no row.
  const order = (button: HTMLButtonElement | null): void => {
    const row = button?.closest<HTMLElement>('[role=row]')
    if (button !== null && row) button.tabIndex = row.tabIndex
  }
  return (
    <Button size="small" ref={order} onClick={move} {...(isMoving ? { reason: `Moving to ${port}.` } : {})}>
      Use {port}
    </Button>
  )
}

/** Checks the path once. The result for the destination becomes part of the forward's next state; the rest is announced. */
function CheckButton({ view, label }: { readonly view: ForwardView; readonly label: string }): ReactNode {
  const { isRunning, reason, run } = useCheck(view)
  return (
    <Button size="small" onClick={run} reason={reason}>
      {isRunning ? 'Checking' : label}
    </Button>
  )
}

function RemedyButton({ view, remedy, isFirst }: { view: ForwardView; remedy: Remedy; isFirst: boolean }): ReactNode {
  const page = usePage()
  const look = { size: 'small', variant: isFirst ? 'secondary' : 'quiet' } as const
  switch (remedy.kind) {
    case 'other-port':
      return <OtherPort view={view} from={remedy.from} />
    case 'login':
      return <LoginButton error={{ loginProfile: remedy.profile }} size="small" />
    case 'check':
      return <CheckButton view={view} label={remedy.label} />
    case 'any':
      return (
        <Button {...look} onClick={() => void takeAnyNamed(page, view, remedy.name)}>
          Any of these
        </Button>
      )
    case 'edit':
      return (
        <Button {...look} onClick={() => page.changeForward(view.forward.id)}>
          {remedy.label}
        </Button>
      )
    case 'start':
    case 'retry':
      return (
        <Button {...look} onClick={() => retryForward(page, view)}>
          {remedy.label}
        </Button>
      )
  }
}

/** The buttons that fix the problem, the best one first; renders nothing without any. */
export function Remedies({ view, remedies }: { view: ForwardView; remedies: readonly Remedy[] }): ReactNode {
  if (remedies.length === 0) return null
  return (
    <div className="remedies">
      {remedies.map((remedy, index) => (
        <RemedyButton key={remedy.kind} view={view} remedy={remedy} isFirst={index === 0} />
      ))}
    </div>
  )
}

function Figure({ value, name }: { readonly value: string; readonly name: string }): ReactNode {
  return (
    <span className="figure">
      {value}
      <span>{name}</span>
    </span>
  )
}

/** Each figure has a fixed width: the layout does not shift when a figure appears or grows. */
function Figures({ view: { health, openConnections } }: { readonly view: ForwardView }): ReactNode {
  const rate = health === undefined ? '–' : rateWords(health.bytesUpPerSecond + health.bytesDownPerSecond)
  return (
    <div className="figures">
      <Sparkline history={health?.history ?? []} />
      <Figure value={rate} name="rate" />
      <Figure value={roundTripWords(health?.roundTripMs)} name="round trip" />
      <Figure value={String(openConnections)} name="open" />
    </div>
  )
}

/**
 * The figures; or a sentence of at most two lines (in full on hover); or a sentence and a command. At most two buttons follow.
 */
export function Standing({ view, words }: { readonly view: ForwardView; readonly words: StandingWords }): ReactNode {
  switch (words.kind) {
    case 'nothing':
      return null
    case 'figures':
      return <Figures view={view} />
    case 'words': {
      const { sentence, at, command, remedies } = words
      const said = at === undefined ? sentence : `${clockWords(at)}: ${sentence}`
      return (
        <div className={command === undefined ? 'cause' : 'cause with-command'}>
          <div className="said">
            <p title={shownSentence(said)}>
              <ForeignSentence text={said} />
            </p>
            {command !== undefined && <Command text={command} />}
          </div>
          <Remedies view={view} remedies={remedies} />
        </div>
      )
    }
  }
}
