// What stands where a row's figures are: the figures, or the cause and what mends it.

import { useEffect, useState, type ReactNode } from 'react'
import { shownSentence } from '../../shared/foreigntext'
import type { ForwardView } from '../../shared/model/forward'
import { clockWords } from '../../shared/status'
import { usePage } from '../context'
import { Button } from '../parts/controls/Button'
import { Command } from '../parts/text/Command'
import { ForeignSentence } from '../parts/text/Foreign'
import { moveForward, retryForward } from './actions'
import { rateWords, roundTripWords } from './words/figures'
import { Sparkline } from './Sparkline'
import type { Remedy, Standing as StandingWords } from './words/trouble'
import { useCheck } from './editor/useCheck'

/** Offers a free port at or above `from` by its number. */
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
      // The button stays away then; another try stands beside it.
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
  return (
    <Button size="small" onClick={move} {...(isMoving ? { reason: `Moving to ${port}.` } : {})}>
      Use {port}
    </Button>
  )
}

/** Checks the way once. What it finds of the destination is the forward's next state; the rest is said. */
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
    case 'check':
      return <CheckButton view={view} label={remedy.label} />
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

/** The buttons that mend it, the best one first; nothing where there are none. */
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

/** Each in a place of its own width: nothing moves when a figure comes or grows. */
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

/** Figures, or a sentence of at most two lines (the whole of it on hover), or one and a command, with at most two buttons. */
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
