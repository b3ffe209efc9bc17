// The local port of a forward: empty means that one is chosen once and kept. Says who has the port, and offers a free one.

import { useEffect, useState, type ReactNode, type RefObject } from 'react'
import type { ForwardView } from '../../shared/model'
import { usePage } from '../context'
import { Button } from '../parts/Button'
import { Field, TextInput } from '../parts/Field'
import { Glyph } from '../parts/Glyph'
import { readPort } from './destination'
import { FIRST_FREE_FOR_ALL, localPortFor, portHolder } from './proposals'

/** How long a port stands as typed before the core is asked about it. */
const SETTLED_MS = 200

/** What the field is told. */
export interface LocalPortFieldProps {
  readonly input: RefObject<HTMLInputElement | null>
  readonly value: string
  readonly remotePort: string
  readonly problem: string | undefined
  /** The saved forwards without the one that is edited. */
  readonly others: readonly ForwardView[]
  /** The port that the edited forward holds itself; 0 for none. */
  readonly ownPort: number
  readonly onChange: (value: string) => void
}

/** The first free port at or above `from`; undefined while it is not known. */
function useFreePort(from: number | undefined): number | undefined {
  const page = usePage()
  const [answer, setAnswer] = useState<{ readonly from: number; readonly free: number } | undefined>(undefined)
  useEffect(() => {
    if (from === undefined) return
    let isWanted = true
    const timer = setTimeout(() => {
      page.request('port.suggest', { from }).then(
        ({ localPort }) => {
          if (isWanted) setAnswer({ from, free: localPort })
        },
        // A proposal that fails to come is none.
        () => undefined,
      )
    }, SETTLED_MS)
    return () => {
      isWanted = false
      clearTimeout(timer)
    }
  }, [page, from])
  return answer?.from === from ? answer?.free : undefined
}

/** The field with its hint and its offer. */
export function LocalPortField(props: LocalPortFieldProps): ReactNode {
  const { input, value, remotePort, problem, others, ownPort, onChange } = props
  const typed = readPort(value)
  const remote = readPort(remotePort)
  const isEmpty = value.trim() === ''
  const isOwn = typed !== undefined && typed === ownPort
  const free = useFreePort(
    isOwn ? undefined : (typed ?? (isEmpty && remote !== undefined ? localPortFor(remote) : undefined)),
  )
  const holder = typed === undefined || isOwn ? undefined : portHolder(typed, others)
  const isTaken = !isOwn && typed !== undefined && (holder !== undefined || (free !== undefined && free !== typed))
  // The port that a saved forward has may be free at the moment.
  const offer =
    useFreePort(holder === undefined || free !== typed || typed === undefined ? undefined : typed + 1) ?? free
  const isOffered = offer !== undefined && offer !== typed && (isEmpty || isTaken)

  const calmHint = (): string => {
    if (isEmpty) return 'Empty: one is chosen at the first start and kept.'
    if (isOwn) return 'The port of this forward.'
    if (typed !== undefined && typed < FIRST_FREE_FOR_ALL) return 'Below 1024 this computer may ask for special rights.'
    return typed !== undefined && typed === free ? `${typed} is free.` : ''
  }
  const hint = isTaken ? (
    <>
      <Glyph tone="waiting" size="small" />
      <span>
        {holder ?? `Another program has ${typed}.`} {isOffered && `${offer} is free.`}
      </span>
    </>
  ) : (
    calmHint()
  )
  return (
    <Field label="Local port (optional)" hint={hint} problem={problem}>
      {(control) => (
        <div className="with-offer">
          <TextInput
            {...control}
            ref={input}
            isMono
            prefix="localhost:"
            inputMode="numeric"
            placeholder="chosen"
            value={value}
            onChange={onChange}
          />
          {isOffered && (
            <Button size="large" onClick={() => onChange(String(offer))}>
              Use {offer}
            </Button>
          )}
        </div>
      )}
    </Field>
  )
}
